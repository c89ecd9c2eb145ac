"""What ships as content can be loaded, reads as it should, and its parts agree with each other."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import regex
import yaml
from pythainlp.tokenize import word_tokenize

from portal.knowledge.models import AssetKind, KnowledgeForm
from portal.markup.links import is_safe_link
from portal.people.models import Category, GroupKind, GroupRole, OrganisationKind, Rank, RoleName, UnitKind
from portal.plan.steps import ChangeElement, KMStep
from portal.thai.repair import repair

CONTENT = Path(__file__).resolve().parents[2] / "content"
HANDBOOK = sorted((CONTENT / "handbook").glob("*.md"))
ASSETS = sorted((CONTENT / "demo" / "assets").glob("*.md"))
STEPS = {*KMStep, *ChangeElement}
LINK = regex.compile(r"(?<!`)\[[^\]\n]+\]\(([^)\s]+)\)")
NOT_PROSE = regex.compile(r"!?\[[^\]]*\]\([^)]*\)|`[^`]*`|^\d+\. ", regex.MULTILINE)
ARABIC_NUMBER = regex.compile(
    r"(?<![A-Za-z0-9.-])[0-9]+(?![0-9A-Za-z-])"
)  # KM1, e-LAAS and COVID-19 are names
SHORTEST_LINE_THAT_COUNTS = 40  # "| หลักฐาน | ..." heads more than one table, a sentence stands once


@dataclass(frozen=True)
class Page:
    path: Path
    front: dict[str, Any]
    body: str

    @property
    def steps(self) -> list[str]:
        return list(self.front.get("steps") or [self.front["step"]])


@cache
def page(path: Path) -> Page:
    opening, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    assert not opening, f"{path.name} does not begin with ---"
    return Page(path, yaml.safe_load(front), body)


@cache
def town() -> dict[str, Any]:
    return dict(yaml.safe_load((CONTENT / "demo" / "town.yaml").read_text(encoding="utf-8")))


def words(text: str) -> list[str]:
    """Thai words as the dictionary cuts them; addresses of links, marks and spaces are none."""
    read = regex.sub(r"\]\([^)]*\)", "]", text)
    return [token for token in word_tokenize(read, engine="newmm") if regex.search(r"[\p{L}\p{N}]", token)]


def in_arabic(text: str) -> str:
    return text.translate(str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789"))


def by(key: str, records: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    found = {record[key]: record for record in records}
    assert len(found) == len(records), f"a {key} stands twice"
    return found


def line_of_units(code: str) -> set[str]:
    """The unit and those above it, without the root."""
    units = by("code", town()["units"])
    line: set[str] = set()
    while code in units:
        line.add(code)
        code = units[code].get("parent", "")
    return line


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


# The pages


def test_the_handbook_has_ten_pages_and_the_town_thirty_assets():
    assert len(HANDBOOK) == 10
    assert len(ASSETS) == 30


@pytest.mark.parametrize("path", HANDBOOK + ASSETS, ids=names(HANDBOOK + ASSETS))
def test_a_page_says_what_it_is_and_which_step_it_fulfils(path):
    front = page(path).front
    assert front["kind"] in set(AssetKind)
    assert front["knowledge"] in set(KnowledgeForm)
    assert front["title"] == front["title"].strip()
    assert front["title"]
    assert front["tags"]
    assert all(isinstance(tag, str) for tag in front["tags"])
    assert type(front["published_at"]) is date
    assert page(path).steps
    assert set(page(path).steps) <= STEPS
    assert front["audience"] in {"public", "organisation", "unit"}


def test_no_two_pages_share_an_external_id_or_a_title():
    pages = [page(path) for path in HANDBOOK + ASSETS]
    assert [key for key, times in Counter(p.front["external_id"] for p in pages).items() if times > 1] == []
    assert [key for key, times in Counter(p.front["title"] for p in pages).items() if times > 1] == []


@pytest.mark.parametrize(
    ("folder", "paths"), [("handbook", HANDBOOK), ("demo", ASSETS)], ids=["handbook", "demo"]
)
def test_the_number_in_a_files_name_is_the_one_in_its_id(folder, paths):
    for path in paths:
        assert page(path).front["external_id"] == f"{folder}-{path.name[:2]}"


@pytest.mark.parametrize("path", HANDBOOK, ids=names(HANDBOOK))
def test_a_handbook_page_is_neither_a_stub_nor_a_book(path):
    assert 400 <= len(words(page(path).body)) <= 900


@pytest.mark.parametrize("path", ASSETS, ids=names(ASSETS))
def test_an_asset_of_the_town_has_at_least_300_words(path):
    assert len(words(page(path).body)) >= 300


@pytest.mark.parametrize("path", HANDBOOK + ASSETS, ids=names(HANDBOOK + ASSETS))
def test_headings_begin_below_the_title_and_skip_no_level(path):
    levels = [len(marks) for marks in regex.findall(r"^(#+) ", page(path).body, regex.MULTILINE)]
    assert levels
    assert levels[0] == 2
    assert all(later - earlier <= 1 and later >= 2 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("path", HANDBOOK + ASSETS, ids=names(HANDBOOK + ASSETS))
def test_every_row_of_a_table_has_as_many_cells_as_its_head(path):
    for block in regex.split(r"\n\s*\n", page(path).body):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1, rows[:1]


@pytest.mark.parametrize("path", HANDBOOK + ASSETS, ids=names(HANDBOOK + ASSETS))
def test_the_text_holds_no_letter_that_would_need_repair(path):
    text = path.read_text(encoding="utf-8")
    assert repair(text) == text
    assert regex.findall(r"[\p{Co}\u00a0\u200b-\u200f\ufeff]|เเ|ํา", text) == []


@pytest.mark.parametrize("path", HANDBOOK + ASSETS, ids=names(HANDBOOK + ASSETS))
def test_a_page_does_not_mix_thai_and_arabic_numerals(path):
    prose = NOT_PROSE.sub("", page(path).body)
    assert not (ARABIC_NUMBER.findall(prose) and regex.findall(r"[๐-๙]", prose))


def test_no_sentence_of_the_content_stands_twice():
    seen: dict[str, str] = {}
    twice = []
    for path in HANDBOOK + ASSETS:
        for block in regex.split(r"\n\s*\n", page(path).body):
            whole = " ".join(block.split())
            for part in {whole, *(" ".join(line.split()) for line in block.splitlines())}:
                if len(part) < SHORTEST_LINE_THAT_COUNTS or part.startswith("#") or set(part) <= set("|- :"):
                    continue
                if part in seen:
                    twice.append((seen[part], path.name, part[:60]))
                seen[part] = path.name
    assert twice == []


# The handbook


def test_the_handbook_covers_every_step_and_every_change_element():
    assert {step for path in HANDBOOK for step in page(path).steps} == STEPS


@pytest.mark.parametrize("path", HANDBOOK, ids=names(HANDBOOK))
def test_everybody_may_read_the_handbook(path):
    front = page(path).front
    assert front["audience"] == "public"
    assert front["kind"] == AssetKind.MANUAL


@pytest.mark.parametrize("path", HANDBOOK, ids=names(HANDBOOK))
def test_a_link_of_the_handbook_leads_to_another_of_its_pages(path):
    for address in LINK.findall(page(path).body):
        if address == "ที่อยู่":  # the example of how a link is typed
            continue
        assert is_safe_link(address)
        assert (path.parent / address).is_file(), address
        assert address != path.name


def test_every_page_of_the_handbook_is_reached_from_the_first():
    reached, waiting = set(), [HANDBOOK[0]]
    while waiting:
        here = waiting.pop()
        if here.name in reached or not here.is_file():
            continue
        reached.add(here.name)
        waiting += [here.parent / address for address in LINK.findall(page(here).body)]
    assert reached == set(names(HANDBOOK))


def test_the_handbook_does_not_call_the_decree_a_duty_by_law_of_local_authorities():
    first = page(HANDBOOK[0]).body
    assert "มาตรา ๑๑" in first
    assert "มาตรา ๕๒" in first
    assert "คาดหวัง" in first


# The assets of the town


@pytest.mark.parametrize("path", ASSETS, ids=names(ASSETS))
def test_an_asset_was_written_by_somebody_who_works_in_or_above_its_unit(path):
    front = page(path).front
    author = by("username", town()["people"])[front["author"]]
    place = by("id", town()["positions"])[author["position"]]["unit"]
    assert front["unit"] in by("code", town()["units"])
    assert front["unit"] in line_of_units(place) or place in line_of_units(front["unit"])
    assert author["from"] <= front["published_at"]


@pytest.mark.parametrize("path", ASSETS, ids=names(ASSETS))
def test_an_asset_serves_a_goal_of_the_plan(path):
    assert page(path).front["goal"] in by("number", town()["plan"]["goals"])


def test_the_assets_are_of_every_kind_and_for_every_audience():
    fronts = [page(path).front for path in ASSETS]
    assert {front["kind"] for front in fronts} == set(AssetKind) - {AssetKind.DOCUMENT}
    readers = Counter(front["audience"] for front in fronts)
    assert readers["public"] >= 3
    assert readers["unit"] >= 2
    assert readers["organisation"] > len(fronts) / 2
    assert {step for path in ASSETS for step in page(path).steps} >= set(KMStep)


def test_the_assets_were_published_over_a_year():
    dates = sorted(page(path).front["published_at"] for path in ASSETS)
    assert date(2025, 10, 1) <= dates[0]
    assert dates[-1] <= date(2026, 11, 30)
    assert (dates[-1] - dates[0]).days > 300
    assert len(set(dates)) > len(dates) / 2


def test_a_public_page_shows_no_phone_or_e_mail_of_the_staff():
    theirs = {person[field] for person in town()["people"] for field in ("phone", "email")}
    public = [page(path) for path in HANDBOOK + ASSETS if page(path).front["audience"] == "public"]
    shown = [(p.path.name, contact) for p in public for contact in theirs if contact in in_arabic(p.body)]
    assert shown == []


# The town


def test_the_town_has_seven_units_below_the_root_and_each_has_a_head():
    units = town()["units"]
    top = [unit for unit in units if "parent" not in unit]
    positions = by("id", town()["positions"])
    assert len(top) == 7
    for unit in top:
        head = positions[unit["head"]]
        assert head["unit"] == unit["code"]
        assert head["rank"] == Rank.HEAD


def test_every_code_of_the_town_is_one_that_the_portal_knows():
    data = town()
    assert data["organisation"]["kind"] in set(OrganisationKind)
    assert {unit["kind"] for unit in data["units"]} <= set(UnitKind) - {UnitKind.ORGANISATION}
    assert {position["rank"] for position in data["positions"]} == set(Rank)
    assert {person["category"] for person in data["people"]} == set(Category)
    assert {role for person in data["people"] for role in person["roles"]} == set(RoleName)
    assert {group["kind"] for group in data["groups"]} <= set(GroupKind)
    assert {member["role"] for group in data["groups"] for member in group["members"]} <= set(GroupRole)


def test_every_reference_in_the_town_names_something_that_is_there():
    data = town()
    units, positions = by("code", data["units"]), by("id", data["positions"])
    people, root = by("username", data["people"]), data["organisation"]["code"]
    assert data["organisation"]["head"] in positions
    assert data["plan"]["unit"] == root
    for unit in data["units"]:
        assert unit.get("parent", unit["code"]) in units
        assert unit.get("head", data["organisation"]["head"]) in positions
    for position in data["positions"]:
        assert position["unit"] in {root, *units}
        assert position.get("superior", position["id"]) in positions
    assert {person["position"] for person in data["people"]} <= set(positions)
    for appointment in data["acting"]:
        assert appointment["position"] in positions
        assert appointment["by"] in people
    for group in data["groups"]:
        assert {member["username"] for member in group["members"]} <= set(people)
    strategies = by("number", data["plan"]["strategies"])
    assert {goal["strategy"] for goal in data["plan"]["goals"]} <= set(strategies)


def test_everything_that_has_a_name_has_an_english_one():
    data = town()
    for record in [data["organisation"], *data["units"], *data["groups"]]:
        assert regex.search(r"^[\p{Latin}\p{P}\p{Zs}]+$", record["name_en"])
    for record in [*data["positions"], data["plan"], *data["plan"]["strategies"], *data["plan"]["goals"]]:
        assert regex.search(r"^[\p{Latin}\p{P}\p{Zs}\d]+$", record["title_en"])


def test_about_forty_people_each_hold_a_post_and_one_post_is_vacant_and_acted_for():
    data = town()
    held = Counter(person["position"] for person in data["people"])
    vacant = {position["id"] for position in data["positions"]} - set(held)
    assert 38 <= len(by("username", data["people"])) <= 45
    assert max(held.values()) == 1
    assert vacant == {appointment["position"] for appointment in data["acting"]}
    assert len(vacant) == 1


def test_following_superiors_from_any_post_ends_at_the_mayor():
    data = town()
    positions, units = by("id", data["positions"]), by("code", data["units"])

    def superior(key: str) -> str:
        position = positions[key]
        if "superior" in position:
            return str(position["superior"])
        unit = units[position["unit"]]
        while unit.get("head", key) == key:
            unit = units[unit["parent"]]
        return str(unit["head"])

    for key in positions:
        chain = [key]
        while chain[-1] != "mayor":
            chain.append(superior(chain[-1]))
            assert len(chain) == len(set(chain)), chain


def test_a_group_is_headed_by_exactly_one_of_its_members():
    for group in town()["groups"]:
        by("username", group["members"])
        heads = [member["username"] for member in group["members"] if member["role"] == GroupRole.HEAD]
        assert heads == [group["head"]]


def test_nobody_in_the_town_can_be_rung_or_written_to():
    data = town()
    for record in [data["organisation"], *data["people"]]:
        assert regex.fullmatch(r"0-0000-\d{4}", record["phone"])
        assert regex.fullmatch(r"[a-z]+@example\.org", record["email"])
    assert len({person["email"] for person in data["people"]}) == len(data["people"])
    assert len({(person["first_name"], person["last_name"]) for person in data["people"]}) == len(
        data["people"]
    )


def test_five_accounts_are_shown_to_visitors_of_the_demo_and_can_do_what_their_label_says():
    shown = {p["demo_account"]["kind"]: p for p in town()["people"] if "demo_account" in p}
    assert set(shown) == {"staff", "head", "km_team", "executive", "admin"}
    assert all(person["demo_account"]["label"] for person in shown.values())
    positions, units = by("id", town()["positions"]), by("code", town()["units"])
    groups = by("code", town()["groups"])
    staff_unit = units[positions[shown["staff"]["position"]]["unit"]]
    head_unit = units[positions[shown["head"]["position"]]["unit"]]
    assert staff_unit["parent"] == head_unit["code"]
    assert head_unit["head"] == shown["head"]["position"]
    assert RoleName.ADMIN in shown["admin"]["roles"]
    assert RoleName.EXECUTIVE in shown["executive"]["roles"]
    assert shown["km_team"]["username"] in {m["username"] for m in groups["km_team"]["members"]}
    assert RoleName.ADMIN not in shown["staff"]["roles"]


def test_people_retire_on_the_last_day_of_a_fiscal_year():
    dates = [person["retirement_date"] for person in town()["people"] if "retirement_date" in person]
    assert len(dates) >= 3
    assert {(day.month, day.day) for day in dates} == {(9, 30)}


def test_the_plan_of_2570_has_three_goals_that_can_be_measured():
    plan = town()["plan"]
    assert plan["fiscal_year"] == 2570
    assert set(by("number", plan["goals"])) == {1, 2, 3}
    assert all(goal["measurable_unit"] for goal in plan["goals"])
