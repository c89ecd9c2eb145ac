"""What an award is called and what it was given for, in words for its reader: texts and communities are named to those alone
who may know of them."""

from collections.abc import Collection
from dataclasses import dataclass

from portal.communities.models import Community
from portal.db import session
from portal.items.models import Item, ItemState
from portal.items.views import page_of
from portal.people.models import Person
from portal.recognition.badges import BADGES, NAME_BY_HAND
from portal.recognition.models import Award
from portal.templating import in_language, number, page_url
from portal.templating import year as year_of_era
from portal.translating import gettext, ngettext


@dataclass(frozen=True)
class WordedAward:
    """`works` are (title, address) of what it rests on, as far as the reader may see that."""

    award: Award
    name: str
    reason: str
    works: tuple[tuple[str, str], ...] = ()

    @property
    def is_by_hand(self) -> bool:
        return self.award.given_by_id is not None


def name_of(award: Award) -> str:
    """What the award is called, in the reader's language."""
    badge = BADGES.get(award.badge)
    return gettext(badge.name if badge else NAME_BY_HAND)


def worded(awards: Collection[Award], reader: Person) -> list[WordedAward]:
    """Each with its words, in two queries whatever their number. A badge that is no rule any more is left out."""
    awards = [one for one in awards if one.badge in BADGES or one.given_by_id is not None]
    items = _items({item_id for one in awards for item_id in one.facts.get("items", ())}, reader)
    communities = _communities({one.community_id for one in awards if one.community_id}, reader)
    return [
        WordedAward(
            award,
            name_of(award),
            _reason(award, items, communities.get(award.community_id or 0)),
            tuple(
                (items[one].title, page_of(items[one]))
                for one in award.facts.get("items", ())
                if one in items
            )
            + _page_of(communities.get(award.community_id or 0)),
        )
        for award in awards
    ]


def _items(ids: Collection[int], reader: Person) -> dict[int, Item]:
    if not ids:
        return {}
    seen = Item.visible_to(reader).where(Item.id.in_(ids), Item.state == ItemState.PUBLISHED)
    return {item.id: item for item in session.scalars(seen)}


def _communities(ids: Collection[int], reader: Person) -> dict[int, Community]:
    if not ids:
        return {}
    return {one.id: one for one in session.scalars(Community.visible_to(reader).where(Community.id.in_(ids)))}


def _page_of(community: Community | None) -> tuple[tuple[str, str], ...]:
    if community is None:
        return ()
    address = page_url("communities.show_community", community_id=community.id)
    return ((in_language(community.group, "name"), address),)


def _reason(award: Award, items: dict[int, Item], community: Community | None) -> str:
    facts = award.facts
    if award.given_by_id is not None:
        return award.reason
    if award.badge == "lifted":
        item = next((items[one] for one in facts["items"] if one in items), None)
        if item is None:
            return gettext("For lifting knowledge out of talk into the knowledge store")
        return gettext("For lifting “%(title)s” out of talk into the knowledge store", title=item.title)
    if award.badge == "answers":
        return _answers(facts["count"])
    if award.badge == "used":
        return ngettext(
            "For knowledge that %(num)s colleague used",
            "For knowledge that %(num)s colleagues used",
            facts["count"],
            num=number(facts["count"]),
        )
    year = year_of_era(facts["year"])
    if award.badge == "on_time":
        return gettext(
            "For handing in every report on a training in time in the fiscal year %(year)s", year=year
        )
    if community is None:
        return gettext(
            "For keeping a community of practice awake all through the fiscal year %(year)s", year=year
        )
    return gettext(
        "For keeping the community of practice “%(community)s” awake all through the fiscal year %(year)s",
        year=year,
        community=in_language(community.group, "name"),
    )


def _answers(count: int) -> str:
    return ngettext(
        "For %(num)s answer to a colleague's question that was accepted",
        "For %(num)s answers to colleagues' questions that were accepted",
        count,
        num=number(count),
    )
