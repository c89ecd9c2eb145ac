"""Starting a thread, replying, accepting an answer, locking."""

from sqlalchemy import select, update

from portal.audit.recording import record
from portal.communities.hearing import tell_watchers
from portal.communities.models import Community
from portal.communities.permissions import is_member
from portal.communities.thread_models import TALK_OF, AcceptedAnswer, Thread, ThreadKind, ThreadLock
from portal.db import lock, now, session
from portal.errors import Conflict, Refused
from portal.items import audience
from portal.items.attaching import claim
from portal.items.fulfilling import GoalUnknown, set_fulfilments
from portal.items.last_reading import read_own
from portal.items.mentioning import tell_mentioned, with_people_named
from portal.items.minding import mind_opening, mind_rewriting
from portal.items.models import TITLE_LENGTH, Post
from portal.items.posting import EmptyPost, write_post
from portal.items.publishing import changed, publish
from portal.items.revising import newest, save_revision
from portal.people.audiences import group_token
from portal.people.models import Person
from portal.remembering import renew
from portal.thai.repair import repair
from portal.translating import N_


class ThreadLocked(Conflict):
    message = N_(
        "The thread was locked while you were writing. Your text is still in the box: keep a copy of it."
    )


class ThreadMoved(Conflict):
    message = N_(
        "The thread was moved while you were writing. Your text is still in the box: keep a copy of it and look where it is."
    )


class OpeningHidden(Conflict):
    message = N_(
        "The text that opens the thread was hidden while you were writing. Your text is still in the box: keep a copy of it."
    )


class NoMember(Refused):
    message = N_(
        "Only members write here, and you are not one now. Your text is still in the box: keep a copy of it, or join and send it again."
    )
    keeps_what_was_typed = True


class LockedAlready(Conflict):
    message = N_("Somebody has locked it already.")


def started_before(community: Community, *, by: Person, send_key: str | None) -> Thread | None:
    """The thread that was started in the community with this key: asked before the rates are, for it is not another text."""
    sent = _sent_before(by, send_key)
    return sent if sent is not None and sent.community_id == community.id else None


def _sent_before(by: Person, send_key: str | None) -> Thread | None:
    if not send_key:
        return None
    return session.scalar(select(Thread).where(Thread.send_key == send_key, Thread.author_id == by.id))


def start_thread(
    community: Community,
    *,
    by: Person,
    kind: ThreadKind,
    title: str,
    text: str,
    send_key: str | None = None,
    was_read: bool = False,
) -> Thread:
    """A published thread, open to whom the community is open to, which fulfils what the community serves. Sent twice with one
    key (a double click) it is the same thread; a key that was used in another community says nothing here. `was_read`: a
    moderator lets it through. EmptyPost, TooLong, and what `mind_text` refuses."""
    if (sent := _sent_before(by, send_key)) is not None:
        if sent.community_id == community.id:
            return sent
        send_key = None
    if not repair(title).strip() or not repair(text).strip():
        raise EmptyPost
    thread = Thread(
        organisation_id=community.organisation_id,
        author_id=by.id,
        community=community,
        title="",
        kind=kind,
        open_to=[group_token(community.group_id)],
        send_key=send_key or None,
    )
    session.add(thread)
    session.flush()
    audience.apply(thread)
    text = with_people_named(repair(text), by)
    mind_opening(community.group, f"{title}\n\n{text}", by=by, was_read=was_read)
    save_revision(thread, by=by, title=title[:TITLE_LENGTH], text=text, fields={"kind": str(kind)})
    fulfil_what_it_serves(thread, community)
    claim(thread, text, by)
    publish(thread, by=by)
    tell_mentioned(thread, text, by=by)
    tell_watchers(thread, by=by)
    read_own(thread, by, 0)
    return thread


def fulfil_what_it_serves(thread: Thread, community: Community) -> None:
    """The thread serves the goal and step of that community; when the goal was withdrawn meanwhile, the step alone."""
    try:
        set_fulfilments(thread, [(community.goal_id, community.step)])
    except GoalUnknown:
        set_fulfilments(thread, [(None, community.step)])


def edit_opening(thread: Thread, *, by: Person, title: str, text: str) -> None:
    """Write title and opening text anew; the former ones are kept for all who read it. EmptyPost, TooLong, TooManyMentions, and
    what `mind_rewriting` refuses."""
    if not repair(title).strip() or not repair(text).strip():
        raise EmptyPost
    text = with_people_named(repair(text), by)
    mind_rewriting(thread, f"{title}\n\n{text}", by=by)
    current = newest(thread)
    save_revision(
        thread,
        by=by,
        title=title[:TITLE_LENGTH],
        text=text,
        fields=current.fields if current else {"kind": thread.kind},
    )
    claim(thread, text, by)
    tell_mentioned(thread, text, by=by)
    changed(thread)


def mind_replying(thread: Thread, *, by: Person) -> None:
    """What keeps somebody who reads the thread from replying: NoMember, ThreadLocked, OpeningHidden. What `mind_text` refuses comes
    on top."""
    if not is_member(by, thread.community):
        raise NoMember
    if thread.lock is not None:
        raise ThreadLocked
    if not thread.is_published:
        raise OpeningHidden


def reply(
    thread: Thread, *, by: Person, text: str, send_key: str | None = None, was_read: bool = False
) -> Post:
    """Add a reply and tell who follows. ThreadLocked, ThreadMoved, OpeningHidden when that has just been done; EmptyPost,
    PostTooLong, and what `mind_text` refuses, unless a moderator has read it."""
    # One after the other: two replies at the same moment get two numbers, and none comes after the lock.
    hold_for_writing(thread)
    post = write_post(thread, by=by, text=text, send_key=send_key, was_read=was_read)
    session.execute(
        update(Thread)
        .where(Thread.id == thread.id, Thread.replies < post.number)
        .values(replies=post.number, last_posted_at=post.posted_at)
        .execution_options(synchronize_session=False, renewed=True),  # by the post
    )
    renew(session(), TALK_OF.format(thread.community_id))
    session.expire(thread, ["replies", "last_posted_at"])
    tell_watchers(thread, by=by, post=post)
    read_own(thread, by, post.number)
    return post


def hold_for_writing(thread: Thread) -> None:
    """Nobody moves, merges, hides or locks it till the transaction ends. ThreadMoved, OpeningHidden, ThreadLocked when that has
    just been done: who was allowed to write to these readers was not asked whether he may to those."""
    community_id = thread.community_id
    lock(thread)
    if thread.community_id != community_id or thread.is_merged:
        raise ThreadMoved
    session.refresh(thread, ["locks", "audience"])
    if thread.lock is not None:
        raise ThreadLocked
    if not thread.is_published:
        raise OpeningHidden


def accept_answer(thread: Thread, post: Post, *, by: Person) -> None:
    """This reply answered the question; another one may take its place."""
    lock(thread)
    session.refresh(thread, ["answer"])
    if thread.answer is None:
        thread.answer = AcceptedAnswer(post_id=post.id, accepted_by_id=by.id)
    elif thread.answer.post_id == post.id:
        return
    else:
        thread.answer.post_id, thread.answer.accepted_by_id, thread.answer.accepted_at = post.id, by.id, now()
    session.flush()
    record("thread.accept_answer", thread, by=by, post=post.number)


def take_back_answer(thread: Thread, post: Post, *, by: Person) -> None:
    """This one did not answer the question after all; another that was accepted meanwhile stays."""
    lock(thread)
    session.refresh(thread, ["answer"])
    if thread.answer is not None and thread.answer.post_id == post.id:
        thread.answer = None
        session.flush()
        record("thread.take_back_answer", thread, by=by)


def lock_thread(thread: Thread, *, by: Person, why: str) -> None:
    """Nobody replies any more. LockedAlready."""
    lock(thread)
    session.refresh(thread, ["locks"])
    if thread.lock is not None:
        raise LockedAlready
    thread.locks.append(ThreadLock(locked_by_id=by.id, why=repair(why).strip()))
    session.flush()
    record("thread.lock", thread, by=by)  # why stands with the lock, for who reads the thread


def lift_lock(thread: Thread, *, by: Person) -> None:
    """People may reply again; lifting twice is nothing new."""
    lock(thread)
    session.refresh(thread, ["locks"])
    if thread.lock is not None:
        thread.lock.lifted_by_id, thread.lock.lifted_at = by.id, now()
        session.flush()
        record("thread.lift_lock", thread, by=by)
