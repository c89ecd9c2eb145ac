"""The five documents of the field, and what ships with the portal, imported as they are."""

import re

import pytest
from sqlalchemy import func, select

from portal.db import session
from portal.demo import load_demo
from portal.files.storing import path_of
from portal.items.models import ImportedItem, Item, Origin
from portal.items.revising import newest, newest_with_rendering
from portal.knowledge.importing import import_paths
from portal.knowledge.models import KnowledgeAsset
from portal.paths import CONTENT
from tests.conftest import SEEDS
from tests.making import make_organisation

LEGACY = re.compile("[\uf700-\uf71a]")


def load(*paths):
    report = import_paths(paths, publish=True, as_person=None, organisation=make_organisation())
    session.commit()
    return report


def asset(number):
    return session.scalar(
        select(KnowledgeAsset)
        .join(ImportedItem, ImportedItem.item_id == KnowledgeAsset.id)
        .where(ImportedItem.external_id.startswith(f"{number}_"))
    )


def text_of(number):
    return newest(asset(number)).text


def html_of(number):
    return newest_with_rendering(asset(number))[1].html


@pytest.fixture
def seeds(app):
    report = load(SEEDS)
    assert (report.new, report.refused, report.notes) == (5, [], [])


@pytest.mark.shared
@pytest.mark.usefixtures("seeds")
class TestSeeds:
    def test_each_title_says_whose_plan_it_is_and_of_which_year_as_far_as_the_paper_says(self):
        titles = session.scalars(select(Item.title).order_by(Item.id)).all()
        assert titles == [
            "แผนการจัดการองค์ความรู้ องค์การบริหารส่วนตำบลบ่อทอง ประจำปีงบประมาณ พ.ศ. 2566",
            "แผนการจัดการความรู้ เทศบาลตำบลปากน้ำท่าเรือ",
            "โครงการ การจัดการความรู้ (Knowledge Management) เทศบาลตำบลเมืองชุม ประจำปีงบประมาณ พ.ศ. 2564",
            "แผนการจัดการความรู้ของกรมส่งเสริมการปกครองท้องถิ่น ประจำปีงบประมาณ พ.ศ. ๒๕๖๒",
            "การจัดการความรู้จังหวัดกาฬสินธุ์",
        ]

    def test_importing_again_changes_nothing(self):
        before = [(row.id, row.revision_number, row.changed_at) for row in session.scalars(select(Item))]
        report = load(SEEDS)
        assert (report.new, report.changed, report.unchanged, report.refused) == (0, 0, 5, [])
        session.expire_all()
        assert [
            (row.id, row.revision_number, row.changed_at) for row in session.scalars(select(Item))
        ] == before

    def test_old_glyphs_are_repaired_for_reading_and_kept_in_the_original(self, app):
        source = (SEEDS / asset("001").attachments[0].name).read_bytes()
        assert LEGACY.search(source.decode())
        assert not LEGACY.search(text_of("001"))
        assert "ได้รับการพัฒนาศักยภาพ" in text_of("001")
        for number in ("000", "001", "002", "003", "004"):
            original = asset(number).attachments[0]
            assert original.is_original
            assert (
                path_of(original.file, app.config["SETTINGS"]).read_bytes()
                == (SEEDS / original.name).read_bytes()
            )

    def test_the_department_s_plans_show_as_tables_of_eight_columns_with_their_42_rows(self):
        rows = 0
        for table in re.findall(r"<table>.*?</table>", html_of("003"), re.DOTALL):
            heads = re.findall(r"<th[ >]", table.partition("</thead>")[0])
            if len(heads) == 8:
                rows += sum(row.count("<td") == 8 for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL))
        assert rows == 42

    def test_no_tag_of_the_papers_is_seen(self, client):
        for number in ("000", "001", "002", "003", "004"):
            html = html_of(number)
            for trace in ("&lt;p", "&lt;ul", "&lt;li", "style=", "&lt;br"):
                assert trace not in html, f"{trace} in {number}"


def test_the_handbook_ships_whole(app):
    report = load(CONTENT / "handbook")
    assert (report.new, report.refused, report.notes) == (10, [], [])
    assert all(row.is_published for row in session.scalars(select(Item)))
    addresses = [
        address
        for row in session.scalars(select(KnowledgeAsset))
        for address in re.findall(r"\]\(([^)]*)\)", newest(row).text)
    ]
    assert addresses
    assert not [address for address in addresses if ".md" in address]


def test_the_demonstration_town_ships_whole_with_its_pictures(app, monkeypatch):
    monkeypatch.setattr("portal.demo.index_pending", lambda _settings: 0)  # searching it is tested elsewhere
    load_demo(app.config["SETTINGS"])
    assert session.scalar(select(func.count()).select_from(ImportedItem)) == 40
    with_pictures = [
        row
        for row in session.scalars(select(KnowledgeAsset))
        if "](/files/" in newest(row).text and row.is_published
    ]
    assert len(with_pictures) == 8
    assert not [row.title for row in session.scalars(select(KnowledgeAsset)) if "../" in newest(row).text]
    assert session.scalar(select(func.count()).select_from(Origin)) == 3
