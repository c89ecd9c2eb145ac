"""A text names a file that has no place yet by its whole address; a number alone could be guessed by others.

What was being typed, waits for a moderator or stands in notes that are not open yet names its writer's own files by their
numbers: each gets the rest of its address, or the file would never find its place.

Revision ID: 0016
Revises: 0015
"""

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

NUMBER = re.compile(r'/files/([0-9]{1,9})(?![0-9/])')
DRAFT = sa.table('draft', sa.column('person_id'), sa.column('form'), sa.column('fields', sa.JSON))
HELD = sa.table('held_text', sa.column('id'), sa.column('author_id'), sa.column('text'))
NOTE = sa.table(
    'event_note', sa.column('id'), sa.column('written_by_id'), sa.column('changed_by_id'), sa.column('text')
)
ATTACHMENT = sa.table(
    'attachment', sa.column('id'), sa.column('file_id'), sa.column('uploaded_by_id'), sa.column('item_id')
)
FILE = sa.table('stored_file', sa.column('id'), sa.column('sha256'))


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(ATTACHMENT.c.id, ATTACHMENT.c.uploaded_by_id, FILE.c.sha256)
        .join(FILE, FILE.c.id == ATTACHMENT.c.file_id)
        .where(ATTACHMENT.c.item_id.is_(None))
    )
    files = {row[0]: (row[1], row[2][:16]) for row in rows}
    if not files:
        return

    def whole_for(*people: int | None) -> Callable[[re.Match[str]], str]:
        def whole(found: re.Match[str]) -> str:
            uploader, key = files.get(int(found[1]), (None, ''))
            return f'{found[0]}/{key}' if uploader is not None and uploader in people else found[0]

        return whole

    for draft in connection.execute(sa.select(DRAFT)).all():
        fields = _with_addresses(draft.fields, whole_for(draft.person_id))
        if fields != draft.fields:
            place = sa.and_(DRAFT.c.person_id == draft.person_id, DRAFT.c.form == draft.form)
            connection.execute(sa.update(DRAFT).where(place).values(fields=fields))
    for held in connection.execute(sa.select(HELD).where(HELD.c.text.contains('/files/'))).all():
        text = NUMBER.sub(whole_for(held.author_id), held.text)
        connection.execute(sa.update(HELD).where(HELD.c.id == held.id).values(text=text))
    for note in connection.execute(sa.select(NOTE).where(NOTE.c.text.contains('/files/'))).all():
        text = NUMBER.sub(whole_for(note.written_by_id, note.changed_by_id), note.text)
        connection.execute(sa.update(NOTE).where(NOTE.c.id == note.id).values(text=text))


def _with_addresses(value: Any, whole: Callable[[re.Match[str]], str]) -> Any:
    """What was typed into the fields of a form, however it is put together."""
    if isinstance(value, str):
        return NUMBER.sub(whole, value)
    if isinstance(value, list):
        return [_with_addresses(one, whole) for one in value]
    if isinstance(value, dict):
        return {name: _with_addresses(one, whole) for name, one in value.items()}
    return value

