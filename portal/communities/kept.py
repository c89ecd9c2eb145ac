"""What a thread's page tells of how it was kept in order: who did what, when and why, and where replies went."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from portal.communities.keeping_models import ActKind, PostStub, ThreadAct, ThreadPin
from portal.communities.models import Community
from portal.communities.pinning import pin_of
from portal.communities.thread_models import Thread
from portal.db import session
from portal.items.models import ItemRedirect, Post
from portal.people.models import Person
from portal.templating import in_language, page_url


@dataclass(frozen=True)
class Told:
    """An act on this thread. `where` is the title of the other thread or the name of the other community, `url` its page;
    both empty when the reader may not know of it. `is_here`: the replies came to this thread, not from it."""

    act: ThreadAct
    is_here: bool
    where: str
    url: str

    @property
    def kind(self) -> str:
        return f"{self.act.kind}_{'here' if self.is_here else 'away'}"


@dataclass(frozen=True)
class Keeping:
    """`arrivals`: by number, the act that brought the replies from there on; `gone`: by the id of a stub, the title and the
    address of where its reply stands now, both empty when that is not open to the reader."""

    pin: ThreadPin | None
    acts: Sequence[Told]
    arrivals: dict[int, Told]
    gone: dict[int, tuple[str, str]]


def keeping_of(thread: Thread, posts: Sequence[Post], person: Person | None) -> Keeping:
    """Of a thread and the posts of one of its pages; six queries at most, however much was done."""
    acts = session.scalars(
        select(ThreadAct)
        .where(or_(ThreadAct.thread_id == thread.id, ThreadAct.other_id == thread.id))
        .options(joinedload(ThreadAct.by))
        .order_by(ThreadAct.id)
    ).all()
    stubs = _stubs([post.id for post in posts if post.hidden_at is not None])
    others = {act.other_id if act.thread_id == thread.id else act.thread_id for act in acts}
    others |= {post.item_id for post in stubs.values()}
    titles = _titles(others - {None} - _with_hidden_opening(thread, acts), thread, person)
    names = _names({act.from_community_id for act in acts} - {None}, person)
    told = [_told(act, thread, titles, names) for act in acts]
    return Keeping(
        pin=pin_of(thread),
        acts=told,
        arrivals={one.act.first: one for one in told if one.kind == "merged_here"},
        gone={
            stub_id: (titles[post.item_id], _address(post.item_id, post.number))
            if post.item_id in titles
            else ("", "")
            for stub_id, post in stubs.items()
        },
    )


def address_after_merge(thread: Thread, number: int | None = None) -> str:
    """Where its talk, or the reply of that number, stands since it was merged into another; empty for one that was not."""
    moved = session.get(ItemRedirect, thread.id)
    if moved is None:
        return ""
    act = session.scalar(
        select(ThreadAct)
        .where(ThreadAct.thread_id == thread.id, ThreadAct.kind == ActKind.MERGED)
        .order_by(ThreadAct.id.desc())
        .limit(1)
    )
    return _address(moved.to_item_id, (act.first if act is not None else 1) + (number or 0))


def _address(thread_id: int, number: int) -> str:
    return page_url("threads.show_thread", thread_id=thread_id, post=str(number), _anchor=f"post-{number}")


def _stubs(ids: Collection[int]) -> dict[int, Post]:
    if not ids:
        return {}
    rows = session.execute(
        select(PostStub.stub_id, Post)
        .join(Post, Post.id == PostStub.post_id)
        .where(PostStub.stub_id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}


def stood_on(post: Post) -> Collection[int]:
    """The ids of the threads out of which the reply was split."""
    stubs = select(PostStub.stub_id).where(PostStub.post_id == post.id)
    return session.scalars(select(Post.item_id).where(Post.id.in_(stubs))).all()


def _with_hidden_opening(thread: Thread, acts: Sequence[ThreadAct]) -> set[int]:
    """The threads merged into this one whose opening texts were hidden here: their titles with them."""
    merged = {
        act.first: act.thread_id for act in acts if act.kind == ActKind.MERGED and act.other_id == thread.id
    }
    if not merged:
        return set()
    hidden = select(Post.number).where(
        Post.item_id == thread.id, Post.number.in_(merged), Post.hidden_at.is_not(None)
    )
    return {merged[number] for number in session.scalars(hidden)}


def _titles(ids: Collection[int | None], thread: Thread, person: Person | None) -> dict[int, str]:
    """Of those merged into this one, too; of one merged elsewhere it is not known here whether its title was hidden there."""
    if not ids:
        return {}
    elsewhere = exists().where(ItemRedirect.item_id == Thread.id, ItemRedirect.to_item_id != thread.id)
    visible = Thread.visible_to(person).where(Thread.id.in_(ids), ~elsewhere.correlate(Thread))
    return {row.id: row.title for row in session.execute(visible.with_only_columns(Thread.id, Thread.title))}


def _names(ids: Collection[int | None], person: Person | None) -> dict[int, str]:
    if not ids:
        return {}
    visible = Community.visible_to(person).where(Community.id.in_(ids))
    return {one.id: in_language(one.group, "name") for one in session.scalars(visible)}


def _told(act: ThreadAct, thread: Thread, titles: dict[int, str], names: dict[int, str]) -> Told:
    if act.kind == ActKind.MOVED:
        source = act.from_community_id or 0
        address = page_url("communities.show_community", community_id=source) if source in names else ""
        return Told(act, True, names.get(source, ""), address)
    is_here = act.other_id == thread.id
    other = (act.thread_id if is_here else act.other_id) or 0
    address = page_url("threads.show_thread", thread_id=other) if other in titles else ""
    return Told(act, is_here, titles.get(other, ""), address)
