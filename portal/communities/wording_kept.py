"""The words of the notice that what one wrote stands elsewhere now, for who may still read it there."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.communities.keeping_models import ActKind, ThreadAct
from portal.communities.thread_models import Thread
from portal.db import session
from portal.items.merged import where_they_went
from portal.notices.models import Notice
from portal.notices.wording import Worded
from portal.people.models import Person
from portal.templating import page_url
from portal.translating import N_, gettext

_SAID = {
    ActKind.MOVED: N_("%(name)s moved “%(title)s” to another community: %(why)s"),
    ActKind.MERGED: N_("%(name)s merged your thread into “%(title)s”: %(why)s"),
    ActKind.SPLIT: N_("%(name)s put replies of yours into a thread of their own, “%(title)s”: %(why)s"),
}


def carried_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """Who carried it where, and why."""
    acts = {
        act.id: act
        for act in session.scalars(
            select(ThreadAct)
            .where(ThreadAct.id.in_({notice.subject_id for notice in notices}))
            .options(joinedload(ThreadAct.by))
        )
    }
    wanted = {act.other_id or act.thread_id for act in acts.values()}
    went = where_they_went(wanted)
    now = {went.get(one, one) for one in wanted}
    threads = {one.id: one for one in session.scalars(Thread.visible_to(person).where(Thread.id.in_(now)))}
    found: dict[int, Worded | None] = {}
    for notice in notices:
        act = acts.get(notice.subject_id)
        if act is None:
            continue
        at = act.other_id or act.thread_id
        if (thread := threads.get(went.get(at, at))) is None:
            continue
        text = gettext(_SAID[act.kind], name=act.by.name, title=thread.title, why=act.why)
        found[notice.id] = Worded(text, page_url("threads.show_thread", thread_id=thread.id))
    return found
