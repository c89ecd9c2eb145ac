"""A portal with a store of any size: rows put into the database directly, the index written by the portal's own `write`."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bench.search.portal_engine import document, words_already_cut
from bench.search.texts import UNITS, Text, texts
from portal.app import create_app
from portal.config import Settings
from portal.db import bound_engine, session
from portal.initialising import initialise
from portal.items.models import Fulfilment, Item, ItemAudience, Revision
from portal.knowledge.models import KnowledgeAsset
from portal.people.audiences import PUBLIC, organisation_token, unit_token
from portal.people.founding import FirstAdmin, found_organisation, read_units
from portal.people.models import OrganisationKind, Person, Unit
from portal.search.analysis import normal_line
from portal.search.documents import Document
from portal.search.embedded.index import Index, write
from portal.search.models import SearchText
from portal.thai.sorting import sort_key

ACCOUNT, PASSWORD = "bench", "ปลาทูว่ายในคลอง"
AT_ONCE = 2_000
REWRITTEN = 1_000  # items with a revision, which the worker can index anew
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def build(home: Path, count: int) -> dict[str, float]:
    """Make the portal at `home`; answers the seconds of CPU that rows and index took."""
    settings = Settings.from_environment(os.environ)
    app = create_app(settings)
    with app.app_context():
        initialise(settings)
        organisation, admin = found_organisation(
            name="เทศบาลขนาดใหญ่",
            kind=OrganisationKind.CITY_MUNICIPALITY,
            admin=FirstAdmin(ACCOUNT, PASSWORD, "ผู้วัด"),
            units=read_units("\n".join(f"กองที่ {number}" for number in range(1, UNITS + 1))),
        )
        session.commit()
        maker = Maker(organisation, admin)
        began = time.process_time()
        _put_rows(maker, count)
        rows = time.process_time()
        index = Index(settings.search_index_dir)
        path = index.create()
        with words_already_cut():
            write(path, (maker.document(one) for one in texts(count)), memory_mb=256)
        index.put_in_place(path)
        written = time.process_time()
        session.remove()
    bound_engine().dispose()
    return {"rows": rows - began, "index": written - rows}


class Maker:
    """Makes of a text what the database and the index hold of it."""

    def __init__(self, organisation: Unit, author: Person):
        self.organisation, self.author = organisation, author
        units = session.query(Unit.id).where(Unit.parent_id == organisation.id).order_by(Unit.id)
        self.units = [unit_id for (unit_id,) in units]

    def unit_of(self, text: Text) -> int | None:
        return self.units[text.unit] if text.unit >= 0 else None

    def audience_of(self, text: Text) -> tuple[str, ...]:
        unit_id = self.unit_of(text)
        if text.readers == "unit" and unit_id is not None:
            return (unit_token(unit_id),)
        everybody = organisation_token(self.organisation.id)
        return (everybody, PUBLIC) if text.readers == "public" else (everybody,)

    def published(self, text: Text) -> datetime:
        return FIRST_DAY + timedelta(minutes=text.number)

    def sections(self, text: Text) -> Iterator[tuple[str, str, str]]:
        for number, words in enumerate(text.sections):
            yield " ".join(words[:3]), f"s-{number}", " ".join(words)

    def document(self, text: Text) -> Document:
        return document(
            text.number,
            " ".join(text.title),
            list(self.sections(text)),
            int(self.published(text).timestamp()),
            kind=text.kind,
            unit_id=self.unit_of(text),
            steps=text.steps,
            fiscal_year=text.year,
            audience=self.audience_of(text),
        )


def _put_rows(maker: Maker, count: int) -> None:
    waiting: list[Text] = []
    for text in texts(count):
        waiting.append(text)
        if len(waiting) == AT_ONCE or text.number == count:
            _put(maker, waiting)
            waiting = []


def _put(maker: Maker, some: list[Text]) -> None:
    items, kept = [], []
    for one in some:
        title, at = " ".join(one.title), maker.published(one)
        items.append(
            {
                "id": one.number,
                "type": "knowledge_asset",
                "organisation_id": maker.organisation.id,
                "unit_id": maker.unit_of(one),
                "author_id": maker.author.id,
                "title": title,
                "sort_key": sort_key(title)[:1200],
                "state": "published",
                "kind": one.kind,
                "created_at": at,
                "changed_at": at,
                "published_at": at,
                "revision_number": 1,
                "open_to": list(maker.audience_of(one)),
            }
        )
        kept += [
            {
                "item_id": one.number,
                "number": number,
                "revision_number": 1,
                "heading": heading,
                "anchor": anchor,
                "text": text,
                "normal": normal_line(f"{title}\n{heading}\n{text}"),
            }
            for number, (heading, anchor, text) in enumerate(maker.sections(one))
        ]
    tables = {
        Item: items,
        KnowledgeAsset: [{"id": one.number, "knowledge": "explicit"} for one in some],
        ItemAudience: [
            {"item_id": one.number, "token": token} for one in some for token in maker.audience_of(one)
        ],
        Fulfilment: [{"item_id": one.number, "step": step} for one in some for step in one.steps],
        SearchText: kept,
        Revision: [
            {
                "item_id": one.number,
                "number": 1,
                "author_id": maker.author.id,
                "title": " ".join(one.title),
                "text": "\n\n".join(f"## {heading}\n\n{text}" for heading, _, text in maker.sections(one)),
                "fields": {},
                "note": "",
                "saved_at": maker.published(one),
            }
            for one in some
            if one.number <= REWRITTEN
        ],
    }
    for table, rows in tables.items():
        if rows:
            session.connection().execute(insert(table.__table__), rows)
    session.commit()
