"""The words of notices about saved searches, wanted knowledge and leaks, as long as there is something to show their reader."""

from flask import url_for
from sqlalchemy import select

from portal.db import session
from portal.items.merged import named_to
from portal.items.models import Item, ItemState
from portal.items.views import page_of
from portal.notices.models import Notice
from portal.notices.wording import Worded
from portal.people.models import Person
from portal.people.permissions import can_administer
from portal.plan.models import KnowledgeNeed, NeedState
from portal.search.check_models import SearchCheck
from portal.search.models import SavedSearch
from portal.templating import number, page_url
from portal.translating import gettext, ngettext


def new_hits_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """How many results are new, of those he may see at this moment; nothing when there are none or the search is gone."""
    of = {
        one.id: one
        for one in session.scalars(
            SavedSearch.visible_to(person).where(SavedSearch.id.in_(_subjects(notices)))
        )
    }
    ids = {item_id for notice in notices for item_id in notice.details.get("items", ())}
    seen = Item.visible_to(person).where(Item.id.in_(ids), Item.state == ItemState.PUBLISHED)
    visible = set(session.scalars(seen.with_only_columns(Item.id)))
    found: dict[int, Worded | None] = {}
    for notice in notices:
        saved, new = of.get(notice.subject_id), visible.intersection(notice.details.get("items", ()))
        if saved is not None and new:
            text = ngettext(
                "%(num)s new result of “%(name)s”",
                "%(num)s new results of “%(name)s”",
                len(new),
                num=number(len(new)),
                name=saved.name,
            )
            found[notice.id] = Worded(text, page_url("search.open_saved", saved_id=saved.id))
    return found


def need_closed_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """What became of knowledge that he needs; to the item that answers it, when that is open to him."""
    of = {
        need.id: need
        for need in session.scalars(
            KnowledgeNeed.visible_to(person).where(KnowledgeNeed.id.in_(_subjects(notices)))
        )
    }
    answers = named_to(person).where(Item.id.in_({need.item_id for need in of.values() if need.item_id}))
    items = {item.id: item for item in session.scalars(answers)}
    found: dict[int, Worded | None] = {}
    for notice in notices:
        need = of.get(notice.subject_id)
        if need is None or need.state == NeedState.OPEN:
            continue
        item = items.get(need.item_id or 0)
        address = page_url("search.list_needs", state=need.state, _anchor=f"need-{need.id}")
        if need.state == NeedState.DECLINED:
            text = gettext(
                "“%(words)s”, which you need, was declined: %(reply)s", words=need.words, reply=need.reply
            )
        elif item is not None:
            text = gettext(
                "“%(words)s”, which you need, is answered by “%(title)s”", words=need.words, title=item.title
            )
            address = page_of(item)
        else:
            text = gettext("“%(words)s”, which you need, is answered", words=need.words)
        found[notice.id] = Worded(text, address)
    return found


def _subjects(notices: list[Notice]) -> set[int]:
    return {notice.subject_id for notice in notices}


def leak_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """At how many places a self-check saw what is restricted; nothing for who does not administer any more."""
    if not can_administer(person):
        return {}
    ids = {notice.subject_id for notice in notices}
    found = session.scalars(select(SearchCheck).where(SearchCheck.id.in_(ids)))
    checks = {check.id: check for check in found}
    return {
        notice.id: _leak_said(checks[notice.subject_id]) for notice in notices if notice.subject_id in checks
    }


def _leak_said(check: SearchCheck) -> Worded:
    text = ngettext(
        "The self-check found %(num)s place that shows restricted items to people who may not read them",
        "The self-check found %(num)s places that show restricted items to people who may not read them",
        len(check.leaks),
        num=number(len(check.leaks)),
    )
    return Worded(text, url_for("admin.list_search_checks"), gettext("Act now"), "late")
