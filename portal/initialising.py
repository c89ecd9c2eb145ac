"""`portal init`: what must be there before anything runs."""

import os

from sqlalchemy import select

from portal.config import Settings
from portal.db import session
from portal.items.revising import renew_renderings
from portal.migrating import newest_revision, upgrade
from portal.people.models import Unit
from portal.search.indexing import ensure_index
from portal.training.rules import ship_rules


def initialise(settings: Settings) -> str:
    """Create or upgrade database, folders and index; can be run again. Answers one line of what was done."""
    folders = [settings.files_dir, settings.log_dir]
    if not settings.on_postgresql:  # else the index lies in the database
        folders.append(settings.search_index_dir)
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        settings.files_dir.chmod(0o700)
    upgraded = upgrade()
    renewed = renew_renderings()
    for organisation_id in session.scalars(select(Unit.id).where(Unit.parent_id.is_(None))).all():
        ship_rules(organisation_id)
    session.commit()
    ensure_index(settings)
    what = "upgraded to" if upgraded else "is at"
    return f"database {what} {newest_revision()}, {renewed} texts rendered anew, search index ready"
