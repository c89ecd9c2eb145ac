"""What a person began and has not finished: drafts of assets, and what he typed into a form and never sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.communities.models import Community
from portal.communities.thread_permissions import can_start_thread
from portal.db import session
from portal.drafts.keeping import unsent
from portal.drafts.models import Draft
from portal.items.merged import where_they_went
from portal.items.models import Item, ItemState, Post
from portal.items.permissions import can_edit, can_rewrite
from portal.knowledge.drafting import NEW
from portal.meetings.models import Event
from portal.meetings.permissions import can_edit_event, can_take_notes
from portal.people.audiences import memberships_of
from portal.people.models import Person
from portal.training.report_models import ReportStage, TrainingReport
from portal.translating import N_

_OF_ITEM = re.compile(r"(knowledge|comment|report|reply|opening)-([0-9]{1,9})")
_POST = re.compile(r"post-([0-9]{1,9})")
_THREAD_OF = re.compile(r"thread-([0-9]{1,9})")
_OF_EVENT = re.compile(r"event-(note-)?([0-9]{1,9})")
_EVENT_OF = re.compile(r"event-new(?:-([0-9]{1,9}))?")

# Where changes of an item are typed, by the name of the form.
_FORMS = {
    "report": ("training.write_report", "report_id"),
    "knowledge": ("knowledge.edit_asset", "asset_id"),
    "opening": ("threads.edit", "thread_id"),
}

DRAFT = N_("Draft")
REPORT = N_("Report, not handed in yet")
RETURNED_REPORT = N_("Report that was sent back")
CHANGED_REPORT = N_("Report, with changes not saved yet")
CHANGED_DRAFT = N_("Draft, with changes not saved yet")
NEW_TEXT = N_("New text, not saved yet")
CHANGES = N_("Changes not saved yet")
NEW_EVENT = N_("New meeting, not called yet")
NOTE = N_("Note of a meeting, not noted yet")
NEW_THREAD = N_("New thread, not sent yet")
COMMENT = N_("Comment not sent yet")

DELETE = N_("The draft, its earlier versions and its files are gone for good then. Delete it?")
THROW_AWAY = N_("What you typed and did not send is gone for good then. Throw it away?")


@dataclass(frozen=True)
class Unfinished:
    """One line: what it is (a msgid), where one goes on, and how one gets rid of it (empty: one does not)."""

    title: str
    what: str
    url: str
    changed_at: datetime
    discard_url: str
    question: str


def unfinished_of(person: Person) -> list[Unfinished]:
    """All that the person left unfinished, last touched first. What he typed about an item is left out when the item is
    no longer open to him."""
    typed = {draft.form: draft for draft in unsent(person)}
    drafts = session.scalars(
        Item.visible_to(person).where(Item.author_id == person.id, Item.state == ItemState.DRAFT)
    ).all()
    lines = [
        _report_line(item, typed.pop(f"report-{item.id}", None))
        if isinstance(item, TrainingReport)
        else _draft_line(item, typed.pop(f"knowledge-{item.id}", None))
        for item in drafts
        if can_edit(person, item)
    ]
    lines += [_new_line(draft) for form, draft in typed.items() if form.startswith(NEW)]
    lines += _lines_about_items(person, list(typed.values()))
    lines += _threads_begun(person, list(typed.values()))
    lines += _posts_rewritten(person, list(typed.values()))
    lines += _meetings_begun(person, list(typed.values()))
    return sorted(lines, key=lambda line: line.changed_at, reverse=True)


def _draft_line(item: Item, typed: Draft | None) -> Unfinished:
    return Unfinished(
        title=item.title,
        what=CHANGED_DRAFT if typed else DRAFT,
        url=url_for("knowledge.edit_asset", asset_id=item.id, draft=1 if typed else None),
        changed_at=max(item.changed_at, typed.saved_at) if typed else item.changed_at,
        discard_url=url_for("knowledge.delete_asset", asset_id=item.id),
        question=DELETE,
    )


def _report_line(report: TrainingReport, typed: Draft | None) -> Unfinished:
    """A report that was sent back is never thrown away; what was typed into it and not saved may be."""
    is_returned = report.stage == ReportStage.RETURNED
    discard_url = url_for("training.delete_report", report_id=report.id)
    if is_returned:
        discard_url = url_for("drafts.throw_away", form=typed.form) if typed else ""
    return Unfinished(
        title=report.title,
        what=RETURNED_REPORT if is_returned else CHANGED_REPORT if typed else REPORT,
        url=url_for("training.write_report", report_id=report.id, draft=1 if typed else None),
        changed_at=max(report.changed_at, typed.saved_at) if typed else report.changed_at,
        discard_url=discard_url,
        question=THROW_AWAY if is_returned else DELETE,
    )


def _new_line(draft: Draft) -> Unfinished:
    url = url_for("knowledge.write_asset", draft=draft.form.removeprefix(NEW))
    return _typed_line(draft, draft.title, NEW_TEXT, url)


def _lines_about_items(person: Person, typed: Sequence[Draft]) -> list[Unfinished]:
    about = {draft: match for draft in typed if (match := _OF_ITEM.fullmatch(draft.form))}
    numbers = {int(match[2]) for match in about.values()}
    went = where_they_went(numbers) if about else {}
    wanted = Item.visible_to(person).where(Item.id.in_({went.get(one, one) for one in numbers}))
    items = {item.id: item for item in session.scalars(wanted)} if about else {}
    lines = []
    for draft, match in about.items():
        number = int(match[2])
        item = items.get(went.get(number, number))
        if item is not None and match[1] in ("comment", "reply"):
            url = url_for("items.show_item", item_id=item.id, draft=1, _anchor="comments")
            lines.append(_typed_line(draft, item.title, COMMENT, url))
        elif item is not None and item.id == number and can_edit(person, item):
            endpoint, argument = _FORMS[match[1]]
            url = url_for(endpoint, **{argument: item.id, "draft": 1})  # type: ignore[arg-type]
            lines.append(_typed_line(draft, item.title, CHANGES, url))
    return lines


def _posts_rewritten(person: Person, typed: Sequence[Draft]) -> list[Unfinished]:
    about = {draft: int(match[1]) for draft in typed if (match := _POST.fullmatch(draft.form))}
    wanted = select(Post).where(Post.id.in_(about.values())).options(joinedload(Post.item))
    known = {one.id: one for one in session.scalars(wanted)} if about else {}
    return [
        _typed_line(draft, post.item.title, CHANGES, url_for("posts.rewrite", post_id=post.id, draft=1))
        for draft, post_id in about.items()
        if (post := known.get(post_id)) is not None and can_rewrite(person, post)
    ]


def _threads_begun(person: Person, typed: Sequence[Draft]) -> list[Unfinished]:
    about = {draft: int(match[1]) for draft in typed if (match := _THREAD_OF.fullmatch(draft.form))}
    wanted = Community.visible_to(person).where(Community.id.in_(about.values()))
    known = {one.id: one for one in session.scalars(wanted)} if about else {}
    return [
        _typed_line(
            draft, draft.title, NEW_THREAD, url_for("threads.start", community_id=community.id, draft=1)
        )
        for draft, community_id in about.items()
        if (community := known.get(community_id)) is not None and can_start_thread(person, community)
    ]


def _meetings_begun(person: Person, typed: Sequence[Draft]) -> list[Unfinished]:
    """What was typed about meetings: new ones, changes of one, notes; as far as he may still send it."""
    groups = memberships_of(person)
    lines = [
        _typed_line(draft, draft.title, NEW_EVENT, url_for("meetings.write_event", group=match[1], draft=1))
        for draft in typed
        if (match := _EVENT_OF.fullmatch(draft.form)) and (match[1] is None or int(match[1]) in groups)
    ]
    about = {draft: match for draft in typed if (match := _OF_EVENT.fullmatch(draft.form))}
    wanted = Event.visible_to(person).where(Event.id.in_({int(match[2]) for match in about.values()}))
    events = {event.id: event for event in session.scalars(wanted)} if about else {}
    for draft, match in about.items():
        event = events.get(int(match[2]))
        if event is None:
            continue
        if match[1] and can_take_notes(person, event):
            url = url_for("meetings.take_notes", event_id=event.id, draft=1)
            lines.append(_typed_line(draft, event.title, NOTE, url))
        elif not match[1] and can_edit_event(person, event):
            url = url_for("meetings.edit_event", event_id=event.id)
            lines.append(_typed_line(draft, event.title, CHANGES, url))
    return lines


def _typed_line(draft: Draft, title: str, what: str, url: str) -> Unfinished:
    return Unfinished(
        title=title,
        what=what,
        url=url,
        changed_at=draft.saved_at,
        discard_url=url_for("drafts.throw_away", form=draft.form),
        question=THROW_AWAY,
    )
