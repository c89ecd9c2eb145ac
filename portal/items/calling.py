"""What is offered while one writes: colleagues after an @, items after a #."""

from typing import Any, Final

from sqlalchemy import Select, exists, or_, select

from portal.db import session
from portal.items.mentioning import how_to_call
from portal.items.models import Item, ItemState
from portal.items.permissions import can_see
from portal.items.views import page_of
from portal.people.audiences import groups_in, memberships_of, tokens_of, valid_on
from portal.people.models import Group, GroupMembership, Openness, Person
from portal.people.thai_names import split_prefix
from portal.thai.dates import bangkok_today
from portal.thai.repair import repair
from portal.web.numbers import whole_number

OFFERED: Final = 8
_LOOKED_AT: Final = 100


def people_to_call(
    begun: str, person: Person, item: Item | None = None, *, group_id: int | None = None
) -> list[dict[str, str]]:
    """Colleagues whose first name, surname or user name begins so, in the order of their names: `name`, `note` (the user
    name) and `text`, what is written to call them. Only who may read what is written: the item, or in the group if the
    person may himself."""
    words = split_prefix(repair(begun).strip()[:80])[1].split()
    query = Person.visible_to(person).where(Person.deactivated_at.is_(None), Person.id != person.id)
    for word in words[:3]:
        query = query.where(
            or_(
                *(
                    named.istartswith(word, autoescape=True)
                    for named in (Person.first_name, Person.last_name, Person.username)
                )
            )
        )
    if group_id is not None and group_id in groups_in(tokens_of(person)) | memberships_of(person):
        query = _narrowed(query, {group_id})
    elif item is not None:
        tokens = {row.token for row in item.audience}
        if all(token.startswith("group:") for token in tokens):
            query = _narrowed(query, set(groups_in(tokens)))
    found = session.scalars(query.order_by(Person.sort_key, Person.id).limit(_LOOKED_AT))
    offered = [one for one in found if item is None or can_see(one, item)][:OFFERED]
    return [{"name": one.name, "note": one.username, "text": how_to_call(one)} for one in offered]


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


def _narrowed(query: Select[Person], group_ids: set[int]) -> Select[Person]:
    """Those who read what is open to the groups: their members, and everybody for an open community."""
    is_open = exists().where(Group.id.in_(group_ids), Group.openness == Openness.OPEN)
    if session.scalar(select(is_open)):
        return query
    belongs = exists().where(
        GroupMembership.group_id.in_(group_ids),
        GroupMembership.person_id == Person.id,
        valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date),
    )
    return query.where(belongs)
