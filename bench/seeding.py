"""A database of some size: the demonstration town and thousands of assets made of its sentences."""

import os
import random
from pathlib import Path

from sqlalchemy import select

from portal.app import create_app
from portal.config import Settings
from portal.db import bound_engine, session
from portal.demo import load_demo
from portal.initialising import initialise
from portal.items import audience
from portal.items.fulfilling import set_fulfilments
from portal.items.models import Item, Revision
from portal.items.publishing import publish
from portal.knowledge.models import AssetKind, KnowledgeForm
from portal.knowledge.writing import save, start, unit_of
from portal.people.models import Person
from portal.search.indexing import reindex

PARAGRAPHS = 12
COMMIT_EVERY = 100


def seed(home: Path, assets: int) -> None:
    """Make the portal at `home` with so many assets besides those of the town; the same ones each time."""
    settings = Settings.from_environment(os.environ)
    app = create_app(settings)
    with app.app_context():
        initialise(settings)
        load_demo(settings)
        _more(assets)
        reindex(settings)
        session.remove()
    bound_engine().dispose()


def _more(assets: int) -> None:
    chance = random.Random(20261121)  # noqa: S311 - the same texts each time
    texts = session.scalars(
        select(Revision.text).join(Item, Item.id == Revision.item_id).where(Item.type == "knowledge_asset")
    ).all()
    paragraphs = sorted(
        {part.strip() for text in texts for part in text.split("\n\n") if len(part.strip()) > 80}
    )
    titles = session.scalars(select(Item.title).order_by(Item.id)).all()
    people = session.scalars(select(Person).where(Person.is_system.is_(False)).order_by(Person.id)).all()
    kinds, steps = list(AssetKind), [f"KM{number}" for number in range(1, 8)]
    for number in range(1, assets + 1):
        author = people[number % len(people)]
        asset = start(author, author.organisation_id, unit_of(author))
        parts = chance.sample(paragraphs, PARAGRAPHS)
        save(
            asset,
            by=author,
            title=f"{chance.choice(titles)} ({number})",
            text="\n\n".join(
                f"## {part[:30]}\n\n{part}" if place % 4 == 0 else part for place, part in enumerate(parts)
            ),
            kind=chance.choice(kinds),
            knowledge=KnowledgeForm.EXPLICIT,
        )
        set_fulfilments(asset, [(None, chance.choice(steps))])
        readers = (
            "public" if number % 5 == 0 else "unit" if number % 7 == 0 and asset.unit_id else "organisation"
        )
        audience.open_to(asset, audience.tokens_for(readers, asset))
        publish(asset, by=author)
        if number % COMMIT_EVERY == 0:
            session.commit()
    session.commit()
