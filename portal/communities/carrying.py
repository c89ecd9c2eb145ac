"""Carrying talk to where it belongs: a thread to another community, into another thread, or some replies into one of their own.

Whoever holds several rows holds the communities first and then the threads in the order of their numbers, so that no two wait
for each other. What hangs on a post goes with it; posts keep their ids, so that an address by id always leads right.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Row, Table, func, select, update

from portal.audit.recording import record
from portal.communities.keeping_models import ActKind, PostStub, ThreadAct
from portal.communities.keeping_permissions import takes_in
from portal.communities.models import Community
from portal.communities.pinning import lift_pin
from portal.communities.poll_models import Poll
from portal.communities.talking import fulfil_what_it_serves, start_thread
from portal.communities.thread_models import TALK_OF, AcceptedAnswer, Thread, ThreadKind
from portal.db import Base, insert_into, lock, session
from portal.drafts.keeping import hand_on
from portal.errors import BadInput, Conflict
from portal.items import audience
from portal.items.following import follow
from portal.items.merged import known_as
from portal.items.minding import turn_back_what_waits
from portal.items.models import FOLLOWING_OF, Item, Post, Subscription
from portal.items.order_models import HeldText
from portal.items.posting import html_of_post
from portal.items.publishing import changed, merge_into
from portal.items.revising import newest
from portal.items.talk_models import LastRead
from portal.markup.rendering import RENDERER_VERSION
from portal.notices.telling import Kind, tell
from portal.people.audiences import group_token
from portal.people.models import Person
from portal.remembering import renew
from portal.thai.repair import repair
from portal.translating import N_

CARRIED: Final = Kind("communities.thread_carried", N_("Your talk stands elsewhere now"))
MOST_AT_ONCE: Final = 500


class StandsElsewhere(Conflict):
    message = N_("Somebody else has moved or merged it in the meantime.")


class MoreOpen(Conflict):
    message = N_(
        "Some who read there could not read it here, so what was said here stays here. Put a link to it there, or ask them to join here first."
    )


class NotTogether(BadInput):
    message = N_("Only two threads of one community can become one.")


class NothingChosen(BadInput):
    message = N_("Choose the replies that become a thread of their own.")


def move_thread(thread: Thread, target: Community, *, by: Person, why: str) -> ThreadAct:
    """The thread belongs to that community from now on and is open to whom that one is open to, with all its pictures;
    whoever does not read there reads it no more. What waits on it for a moderator goes back to who wrote it. StandsElsewhere,
    MoreOpen."""
    source = thread.community
    _hold([source, target], [thread])
    session.refresh(source.group)
    session.refresh(target.group)
    if thread.community_id != source.id or not thread.is_published:
        raise StandsElsewhere
    if target.is_closed_down or not takes_in(target, source):
        raise MoreOpen
    lift_pin(thread, by=by)
    renew(session(), TALK_OF.format(source.id))  # of the other one the thread itself tells
    for one in [thread, *_merged_into(thread)]:
        one.community = target
        audience.open_to(one, [group_token(target.group_id)], by=by)
    turn_back_what_waits(thread, source.group, by=by)
    fulfil_what_it_serves(thread, target)
    act = _note(ActKind.MOVED, thread, by=by, why=why, from_community_id=source.id, to_community_id=target.id)
    record("thread.move", thread, by=by, before=source.id, after=target.id)
    _tell({thread.author_id}, act, target)
    return act


def merge_thread(thread: Thread, into: Thread, *, by: Person, why: str) -> ThreadAct:
    """Its opening text and its replies stand at the end of the other thread, its address leads there, and who followed it
    follows the other. StandsElsewhere, NotTogether."""
    community = thread.community
    _hold([community], [thread, into])
    if not thread.is_published or not into.is_published or thread.community_id != community.id:
        raise StandsElsewhere
    if thread.id == into.id or into.community_id != community.id:
        raise NotTogether
    lift_pin(thread, by=by)
    first = max(into.replies, _last_number(into)) + 1
    opening = _opening_as_post(thread, into, first)
    posts = session.scalar(select(func.count()).where(Post.item_id == thread.id)) or 0
    moving = select(Post.id).where(Post.item_id == thread.id).order_by(Post.number)
    ids = list(session.scalars(moving))
    session.execute(
        update(_POST)
        .where(_POST.c.item_id == thread.id)
        .values(item_id=into.id, number=_POST.c.number + first)
    )
    _name_anchors_anew(ids)
    for table, item_column, post_column in _hanging_on_posts():
        of_thread = table.c[item_column] == thread.id
        if table is not HeldText.__table__:  # there "no post" is one that is yet to be, not the opening text
            of_opening = [of_thread, table.c[post_column].is_(None)]
            if "poll_id" in table.columns:  # what is about a poll goes along with that
                of_opening.append(table.c.poll_id.is_(None))
            session.execute(
                update(table).where(*of_opening).values({item_column: into.id, post_column: opening.id})
            )
        session.execute(update(table).where(of_thread).values({item_column: into.id}))
    _carry_answer(thread, into)
    _carry_followers(thread, into)
    hand_on(f"reply-{thread.id}", f"reply-{into.id}")
    session.execute(update(Poll).where(Poll.thread_id == thread.id).values(thread_id=into.id))
    into.replies = first + posts
    into.last_posted_at = max(into.last_posted_at, thread.last_posted_at)
    act = _note(ActKind.MERGED, thread, by=by, why=why, other_id=into.id, first=first, posts=posts + 1)
    merge_into(thread, into, by=by)
    _settle(thread, into)
    _tell({thread.author_id}, act, community)
    return act


def split_thread(
    thread: Thread,
    numbers: Collection[int],
    *,
    by: Person,
    why: str,
    title: str,
    text: str,
    kind: ThreadKind,
) -> Thread:
    """The new thread: it opens with this text, by who splits, and its replies are those of these numbers in their order, at most
    MOST_AT_ONCE; a number without a reply is passed over. Where they stood a line says where they went; an accepted answer goes
    along if the new thread is a question. Who wrote them follows it and is told. StandsElsewhere, NothingChosen, EmptyPost."""
    community = thread.community
    _hold([community], [thread])
    if not thread.is_published or thread.community_id != community.id:
        raise StandsElsewhere
    posts = session.execute(
        select(Post.id, Post.number, Post.author_id, Post.posted_at, Post.hidden_at)
        .where(Post.item_id == thread.id, Post.number.in_(set(numbers)))
        .where(Post.id.not_in(select(PostStub.stub_id)))
        .order_by(Post.number)
        .limit(MOST_AT_ONCE)
    ).all()
    if not posts:
        raise NothingChosen
    new = start_thread(community, by=by, kind=kind, title=title, text=text)
    session.flush()
    for number, post in enumerate(posts, 1):
        session.execute(update(_POST).where(_POST.c.id == post.id).values(item_id=new.id, number=number))
    ids = [post.id for post in posts]
    _name_anchors_anew(ids)
    for table, item_column, post_column in _hanging_on_posts():
        session.execute(update(table).where(table.c[post_column].in_(ids)).values({item_column: new.id}))
    _leave_stubs(thread, posts, by)
    if thread.answer is not None and thread.answer.post_id in ids:
        _carry_answer(thread, new)
    new.replies, new.last_posted_at = len(posts), max(post.posted_at for post in posts)
    thread.last_posted_at = _last_writing(thread)
    _carry_readers(thread, new, [post.number for post in posts])
    writers = {post.author_id for post in posts}
    for person in session.scalars(select(Person).where(Person.id.in_(writers - {by.id}))):
        follow(new, person)
    act = _note(ActKind.SPLIT, thread, by=by, why=why, other_id=new.id, first=1, posts=len(posts))
    record("thread.split", thread, by=by, into=new.id)
    _settle(thread, new)
    _tell(writers, act, community)
    return new


_POST: Final[Table] = Post.__table__  # type: ignore[assignment]


def _hold(communities: Collection[Community], threads: Collection[Thread]) -> None:
    for community in sorted({one.id: one for one in communities}.values(), key=lambda one: one.id):
        lock(community)
    for thread in sorted({one.id: one for one in threads}.values(), key=lambda one: one.id):
        lock(thread)


def _hanging_on_posts() -> list[tuple[Table, str, str]]:
    """The tables that name a post and beside it the item on which it stands (post_id and item_id, from_post_id and
    from_item_id), so that whatever comes to hang on posts goes along by itself."""
    found = []
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            item_column = key.parent.name.replace("post", "item")
            if key.column.table is _POST and item_column in table.columns and item_column != key.parent.name:
                found.append((table, item_column, key.parent.name))
    return found


def _last_number(thread: Thread) -> int:
    return session.scalar(select(func.max(Post.number)).where(Post.item_id == thread.id)) or 0


def _opening_as_post(thread: Thread, into: Thread, number: int) -> Post:
    """What the thread began with, by who wrote it and when; its title stands above it, so that its words are still found."""
    revision = newest(thread)
    title = "".join(f"\\{letter}" if letter in r"\`*_[]<>#!|" else letter for letter in thread.title)
    text = f"**{title}**\n\n{revision.text if revision is not None else ''}".strip()
    post = Post(
        item_id=into.id,
        number=number,
        author_id=thread.author_id,
        text=text,
        html=html_of_post(text, number),
        renderer_version=RENDERER_VERSION,
        posted_at=thread.published_at or thread.created_at,
    )
    session.add(post)
    session.flush()
    return post


def _name_anchors_anew(ids: Collection[int]) -> None:
    """Headings in a post are named after its number: two posts of a page must not name theirs alike."""
    with_anchors = session.execute(
        select(_POST.c.id, _POST.c.number, _POST.c.text).where(
            _POST.c.id.in_(ids), _POST.c.html.contains(' id="p')
        )
    ).all()
    for post in with_anchors:
        session.execute(
            update(_POST)
            .where(_POST.c.id == post.id)
            .values(html=html_of_post(post.text, post.number), renderer_version=RENDERER_VERSION)
        )


def _leave_stubs(
    thread: Thread, posts: Sequence[Row[int, int, int, datetime, datetime | None]], by: Person
) -> None:
    for post in posts:
        stub = Post(
            item_id=thread.id,
            number=post.number,
            author_id=by.id,
            text="",
            html="",
            renderer_version=RENDERER_VERSION,
            posted_at=post.posted_at,
            hidden_at=post.hidden_at or post.posted_at,
            hidden_by_id=by.id,
        )
        session.add(stub)
        session.flush()
        session.add(PostStub(stub_id=stub.id, post_id=post.id))


def _last_writing(thread: Thread) -> datetime:
    newest_post = session.scalar(
        select(func.max(Post.posted_at)).where(
            Post.item_id == thread.id, Post.id.not_in(select(PostStub.stub_id))
        )
    )
    return newest_post or thread.published_at or thread.created_at


def _carry_answer(thread: Thread, into: Thread) -> None:
    """The answer goes along where it can answer something that nothing has answered yet."""
    answer = thread.answer
    if answer is None:
        return
    kept = {name: getattr(answer, name) for name in ("post_id", "accepted_by_id", "accepted_at")}
    thread.answer = None
    session.flush()
    if into.kind == ThreadKind.QUESTION and into.answer is None:
        into.answer = AcceptedAnswer(**kept)
        session.flush()


def _carry_followers(thread: Thread, into: Thread) -> None:
    """Who followed the one follows the other, unless he has said of that one what he wants."""
    chosen = dict(
        session.execute(
            select(Subscription.person_id, Subscription.muted).where(Subscription.item_id == thread.id)
        ).all()
    )
    chosen.setdefault(thread.author_id, False)
    known = set(session.scalars(select(Subscription.person_id).where(Subscription.item_id == into.id))) | {
        into.author_id
    }
    for person_id in sorted(one for one, muted in chosen.items() if not muted and one not in known):
        session.add(Subscription(item_id=into.id, person_id=person_id))
        renew(session(), FOLLOWING_OF.format(person_id))


def _carry_readers(thread: Thread, new: Thread, numbers: Sequence[int]) -> None:
    """What somebody had read where it stood he has read where it stands now."""
    readers = session.execute(
        select(LastRead.person_id, LastRead.number).where(
            LastRead.item_id == thread.id, LastRead.number >= numbers[0]
        )
    ).all()
    if readers:
        statement = insert_into(LastRead.__table__).values(
            [
                {
                    "item_id": new.id,
                    "person_id": one.person_id,
                    "number": sum(number <= one.number for number in numbers),
                    "read_at": new.last_posted_at,
                }
                for one in readers
            ]
        )
        # Who opens the new thread has read his own text already.
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["item_id", "person_id"], set_={"number": statement.excluded.number}
            )
        )


def _merged_into(thread: Thread) -> Sequence[Thread]:
    """The threads whose addresses lead to this one, by whatever way: they are opened and closed with it."""
    others = known_as([thread.id]).keys() - {thread.id}
    return session.scalars(select(Thread).where(Thread.id.in_(others))).all() if others else []


def _note(kind: ActKind, thread: Thread, *, by: Person, why: str, **more: int | None) -> ThreadAct:
    act = ThreadAct(kind=kind, thread_id=thread.id, by_id=by.id, why=repair(why).strip(), **more)
    session.add(act)
    session.flush()
    return act


def _settle(*items: Item) -> None:
    """What was changed behind the session's back is read anew, here and by whoever remembered it; the search is told."""
    session.flush()
    for item in items:
        renew(session(), f"item:{item.id}")
        changed(item)
    session.expire_all()


def _tell(writers: set[int], act: ThreadAct, community: Community) -> None:
    tell(
        writers - {act.by_id},
        CARRIED,
        act,
        key=f"carried:{act.id}",
        token=group_token(community.group_id),
    )
