"""What was being written when the portal was upgraded still finds its files a place (revision 0016)."""

from sqlalchemy import Engine, select, update

from portal.backup.rows import tables_of
from portal.migrating import upgrade
from tests.filling import fill_every_table

KEY = "0123456789abcdef"


def test_ones_own_files_are_named_by_their_whole_address_in_what_is_not_sent_yet(empty: Engine) -> None:
    upgrade("0015")
    with empty.begin() as connection:
        fill_every_table(connection)
        table = {one.name: one for one in tables_of(connection)}
        loose, placed, others = 1, 2, 3
        files, person = table["attachment"], 1
        for number in (loose, placed, others):
            digest = f"{KEY[:-1]}{number}".ljust(64, "0")
            file = connection.scalar(select(files.c.file_id).where(files.c.id == number))
            connection.execute(
                update(table["stored_file"]).where(table["stored_file"].c.id == file).values(sha256=digest)
            )
            connection.execute(
                update(files)
                .where(files.c.id == number)
                .values(
                    item_id=1 if number == placed else None,
                    post_id=None,
                    uploaded_by_id=2 if number == others else person,
                )
            )
        text = "![ก](/files/1) [ข](/files/2) [ค](/files/3) [ง](/files/4) [จ](/files/1/ชื่อ.png) /files/12"
        drafts = table["draft"]
        connection.execute(
            update(drafts).where(drafts.c.person_id == person).values(fields={"text": text, "more": [text]})
        )
        connection.execute(update(table["held_text"]).values(text=text, author_id=person))
        connection.execute(
            update(table["event_note"]).values(text=text, written_by_id=person, changed_by_id=2)
        )
    upgrade()
    whole = (
        f"![ก](/files/1/{KEY[:-1]}1) [ข](/files/2) [ค](/files/3) [ง](/files/4) [จ](/files/1/ชื่อ.png) /files/12"
    )
    both = whole.replace("[ค](/files/3)", f"[ค](/files/3/{KEY[:-1]}3)")
    with empty.connect() as connection:
        fields = connection.scalars(select(drafts.c.fields).where(drafts.c.person_id == person)).all()
        assert fields
        assert all(one == {"text": whole, "more": [whole]} for one in fields)
        assert set(connection.scalars(select(table["held_text"].c.text))) == {whole}
        assert set(connection.scalars(select(table["event_note"].c.text))) == {both}
