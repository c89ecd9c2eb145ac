"""The words of notices about the search."""

from flask import url_for
from sqlalchemy import select

from portal.db import session
from portal.notices.models import Notice
from portal.notices.wording import Worded
from portal.people.models import Person
from portal.people.permissions import can_administer
from portal.search.check_models import SearchCheck
from portal.templating import number
from portal.translating import gettext, ngettext


def leak_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """At how many places a self-check saw what is restricted; nothing for who does not administer any more."""
    if not can_administer(person):
        return {}
    ids = {notice.subject_id for notice in notices}
    found = session.scalars(select(SearchCheck).where(SearchCheck.id.in_(ids)))
    checks = {check.id: check for check in found}
    return {notice.id: _words(checks[notice.subject_id]) for notice in notices if notice.subject_id in checks}


def _words(check: SearchCheck) -> Worded:
    text = ngettext(
        "The self-check found %(num)s place that shows restricted items to people who may not read them",
        "The self-check found %(num)s places that show restricted items to people who may not read them",
        len(check.leaks),
        num=number(len(check.leaks)),
    )
    return Worded(text, url_for("admin.list_search_checks"), gettext("Act now"), "late")
