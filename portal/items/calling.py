"""What is offered while one writes: colleagues after an @, items after a #."""

from typing import Any, Final

from portal.db import session
from portal.items.mentioning import how_to_call
from portal.items.models import Item, ItemState
from portal.items.views import page_of
from portal.people.audiences import group_token, groups_in, holds_one_of, memberships_of, tokens_of
from portal.people.by_name import begins_with
from portal.people.models import Person
from portal.thai.repair import repair
from portal.web.numbers import whole_number

OFFERED: Final = 8


def people_to_call(
    begun: str, person: Person, item: Item | None = None, *, group_id: int | None = None
) -> list[dict[str, str]]:
    """Colleagues whose first name, surname or user name begins so, in the order of their names: `name`, `note` (the user
    name) and `text`, what is written to call them. Only who may read what is written: the item, or in the group if the
    person may himself. One query."""
    query = begins_with(Person.visible_to(person), begun).where(
        Person.deactivated_at.is_(None), Person.id != person.id
    )
    if group_id is not None and group_id in groups_in(tokens_of(person)) | memberships_of(person):
        query = query.where(holds_one_of({group_token(group_id)}))
    elif item is not None:
        query = query.where(holds_one_of(row.token for row in item.audience))
    found = session.scalars(query.order_by(Person.sort_key, Person.id).limit(OFFERED))
    return [{"name": one.name, "note": one.username, "text": how_to_call(one)} for one in found]


def titles_to_link(begun: str, person: Person) -> list[dict[str, Any]]:
    """Published items the person reads, by their number or by words of their titles, newest first: `name` (the title), `note`
    (the number) and `text`, what is written to link to them. What stands there as the title is found when it is read."""
    wanted = repair(begun).strip()[:80]
    query = Item.visible_to(person).where(Item.state == ItemState.PUBLISHED)
    if (number := whole_number(wanted)) is not None:
        query = query.where(Item.id == number)
    else:
        for word in wanted.split()[:5]:
            query = query.where(Item.title.icontains(word, autoescape=True))
    found = session.scalars(query.order_by(Item.id.desc()).limit(OFFERED)) if wanted else ()
    return [
        {
            "name": one.title,
            "note": f"#{one.id}",
            "text": f"[#{one.id}](/items/{one.id})",
            "url": page_of(one),
        }
        for one in found
    ]
