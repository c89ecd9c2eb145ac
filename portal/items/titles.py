"""Links to items show their titles, as far as whoever reads may know them.

A text says `[#12](/items/12)`; its HTML is kept as written and holds nothing that depends on the reader. The title is put
in when the page is made, so it is today's, and of what is closed to the reader the number stays.
"""

from collections.abc import Hashable, Mapping
from typing import Final, TypeVar

import regex
from markupsafe import escape

from portal.db import session
from portal.items.merged import named_to
from portal.items.models import Item
from portal.people.models import Person

_LINK: Final = regex.compile(r'(<a href="/items/([0-9]{1,9})"[^<>]*>)#\2(</a>)')
_MOST: Final = 200  # items of one page whose titles are looked up

Key = TypeVar("Key", bound=Hashable)


def with_titles(texts: Mapping[Key, str], person: Person | None) -> dict[Key, str]:
    """Those of these texts (clean HTML by any key) that link to items by number, with the titles the person may know in the
    place of the numbers; texts without such links are left out. At most one query."""
    linking = {key: html for key, html in texts.items() if 'href="/items/' in html}
    ids = {int(number) for html in linking.values() for _, number, _ in _LINK.findall(html)}
    if not ids:
        return {}
    rows = named_to(person).with_only_columns(Item.id, Item.title).where(Item.id.in_(sorted(ids)[:_MOST]))
    titles: dict[int, str] = {row[0]: row[1] for row in session.execute(rows)}

    def named(link: regex.Match[str]) -> str:
        title = titles.get(int(link[2]))
        return f"{link[1]}{escape(title)}{link[3]}" if title else link[0]

    return {key: _LINK.sub(named, html) for key, html in linking.items()}
