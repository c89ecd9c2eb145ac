"""A community as large as a province's: ten thousand threads and two hundred thousand replies, for measuring and for looking.

The texts are put together from what ships with the portal, the same each time; only the days follow the calendar. The rows are
written in bulk, as the domains would have left them; what follows from them (the index) is made anew afterwards.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table, func, insert, literal, select

from portal.communities.founding import About, found_community
from portal.communities.joining import belong
from portal.communities.models import Community, CommunityReading
from portal.communities.thread_models import AcceptedAnswer, Thread, ThreadKind
from portal.db import now, session
from portal.demo_texts import FIRST_NAMES, KINDS, LAST_NAMES, PLACES, TITLES, material
from portal.errors import Conflict
from portal.items.models import (
    FOLLOWING_OF,
    Fulfilment,
    Item,
    ItemAudience,
    ItemState,
    Post,
    Rendering,
    Revision,
    Subscription,
)
from portal.items.talk_models import LastRead, Reaction, ReactionSort
from portal.markup.rendering import RENDERER_VERSION
from portal.people.audiences import group_token
from portal.people.models import Group, GroupMembership, Openness, Person, Unit
from portal.remembering import PEOPLE, renew
from portal.thai.sorting import sort_key
from portal.translating import N_

NAME: Final = "ชุมชนคนท้องถิ่นทั้งจังหวัด"
THREADS: Final = 10_000
POSTS: Final = 200_000
MEMBERS: Final = 400
YEARS: Final = 5
LONGEST: Final = 1_000  # replies of the first thread, where there are enough for it
BATCH: Final = 500
Progress = Callable[[int, int], None]


class NotOfTheDemonstration(Conflict):
    message = N_("The large community is added to a demonstration only.")


def load_large(
    organisation: Unit,
    founder: Person,
    *,
    readers: Sequence[Person] = (),
    threads: int = THREADS,
    posts: int = POSTS,
    members: int = MEMBERS,
    progress: Progress | None = None,
) -> Community | None:
    """The community with so many threads, replies and members, in the caller's transaction; None when it is there already.
    The founder and the readers belong to it from its first day and have read half of it. `progress` is told (done, all) of what was written."""
    known = select(Group.id).where(Group.organisation_id == organisation.id, Group.name == NAME)
    if session.scalar(known) is not None:
        return None
    about = About(
        name=NAME,
        name_en="Community of the Whole Province",
        purpose="ใครทำงานท้องถิ่นเรื่องใด ถามและเล่าให้กันฟังที่นี่",
        openness=Openness.OPEN,
    )
    community = found_community(organisation, about, by=founder)
    chance = random.Random(20261128)  # noqa: S311 - the same texts each time
    people = _people(community, members, chance)
    for reader in readers:
        belong(community, reader, by=reader)
    # The worker and the web may be writing: nobody should be told of what was said years ago, so nothing is told here.
    writer = _Writer(community, [founder.id, *people], chance, now())
    done = 0
    for counts in _in_batches(_replies(threads, posts, chance)):
        writer.write(counts)
        done += len(counts) + sum(counts)
        if progress is not None:
            progress(done, threads + posts)
    _have_read(community, [founder, *readers], chance)
    renew(session(), PEOPLE)
    for person_id in writer.people:
        renew(session(), FOLLOWING_OF.format(person_id))
    session.flush()
    return community


def _people(community: Community, many: int, chance: random.Random) -> list[int]:
    first, last = FIRST_NAMES.split(), LAST_NAMES.split()
    names = [(chance.choice(first), chance.choice(last)) for _ in range(many)]
    rows = [
        {
            "organisation_id": community.organisation_id,
            "username": f"province-{number:04}",
            "first_name": first,
            "last_name": last,
            "sort_key": sort_key(f"{first} {last}")[:800],
        }
        for number, (first, last) in enumerate(names, 1)
    ]
    ids = _insert(Person, rows)
    since = (now() - timedelta(days=365 * YEARS)).date()
    _insert(
        GroupMembership,
        [{"group_id": community.group_id, "person_id": one, "from_date": since} for one in ids],
        returning=False,
    )
    return ids


def _have_read(community: Community, people: Sequence[Person], chance: random.Random) -> None:
    """Each has read half of the threads to some place, and of the others nothing; all of it is unread till then."""
    beginning = now() - timedelta(days=366 * YEARS)
    for person in {one.id: one for one in people}.values():
        reading = session.get_one(CommunityReading, (community.id, person.id))
        reading.read_till = beginning
    threads = session.execute(
        select(Thread.id, Thread.replies).where(Thread.community_id == community.id).order_by(Thread.id)
    ).all()
    rows = [
        {"item_id": thread_id, "person_id": person_id, "number": chance.randint(0, replies)}
        for person_id in sorted({one.id for one in people})
        for thread_id, replies in threads
        if chance.random() < 0.5
    ]
    _insert(LastRead, rows, returning=False)


def _replies(threads: int, posts: int, chance: random.Random) -> list[int]:
    """How many replies each thread gets: most a few, some many, one very many, all together exactly `posts`."""
    longest = LONGEST if posts > 2 * LONGEST else 0
    weights = [chance.paretovariate(1.6) for _ in range(threads)]
    share = (posts - longest) / sum(weights)
    counts = [int(weight * share) for weight in weights]
    for number in range(posts - longest - sum(counts)):
        counts[number % threads] += 1
    counts[0] += longest
    return counts


def _in_batches(counts: Sequence[int]) -> Iterator[Sequence[int]]:
    return (counts[start : start + BATCH] for start in range(0, len(counts), BATCH))


class _Writer:
    """Writes threads with their replies, some hundred at a time."""

    def __init__(self, community: Community, people: list[int], chance: random.Random, moment: datetime):
        self.community, self.people, self.chance, self.moment = community, people, chance, moment
        self.material = material()
        self.token = group_token(community.group_id)

    def write(self, counts: Sequence[int]) -> None:
        """A thread for each of these, with so many replies."""
        threads = [self._thread(count) for count in counts]
        ids = _insert(Item, [one["item"] for one in threads])
        for number, one in zip(ids, threads, strict=True):
            one["id"] = number
        _insert(
            Thread,
            [
                {
                    "id": one["id"],
                    "community_id": self.community.id,
                    "replies": len(one["posts"]),
                    "last_posted_at": one["posts"][-1]["posted_at"] if one["posts"] else one["at"],
                    "listed_as": one["item"]["kind"],
                    "has_answer": one["is_answered"],
                }
                for one in threads
            ],
            returning=False,
        )
        _insert(
            ItemAudience, [{"item_id": one["id"], "token": self.token} for one in threads], returning=False
        )
        _insert(
            Fulfilment,
            [{"item_id": one["id"], "goal_id": None, "step": self.community.step} for one in threads],
            returning=False,
        )
        revisions = _insert(Revision, [self._revision(one) for one in threads])
        _insert(
            Rendering,
            [
                {
                    "revision_id": revision,
                    "renderer_version": RENDERER_VERSION,
                    "html": one["html"],
                    "headings": [],
                }
                for revision, one in zip(revisions, threads, strict=True)
            ],
            returning=False,
        )
        posts = [{"item_id": one["id"], **post} for one in threads for post in one["posts"]]
        _insert(Post, posts, returning=False)
        followers = dict.fromkeys(
            (one["id"], post["author_id"])
            for one in threads
            for post in one["posts"]
            if post["author_id"] != one["item"]["author_id"]
        )
        _insert(
            Subscription,
            [{"item_id": item_id, "person_id": person_id} for item_id, person_id in followers],
            returning=False,
        )
        self._answer([one["id"] for one in threads if one["is_answered"]])
        self._thank(ids)

    def _thread(self, replies: int) -> dict[str, Any]:
        chance = self.chance
        kind = chance.choice(KINDS)
        title = chance.choice(TITLES[kind]).format(
            topic=chance.choice(self.material.topics), place=chance.choice(PLACES.split())
        )
        text, html = self.material.text_of(
            chance.sample(self.material.paragraphs, chance.choice((1, 1, 2, 3)))
        )
        author = chance.choice(self.people)
        at = self.moment - timedelta(seconds=chance.randrange(3600, YEARS * 365 * 86400))
        return {
            "item": {
                "type": "thread",
                "organisation_id": self.community.organisation_id,
                "author_id": author,
                "title": title,
                "sort_key": sort_key(title)[:1200],
                "state": ItemState.PUBLISHED,
                "kind": str(kind),
                "created_at": at,
                "changed_at": at,
                "published_at": at,
                "revision_number": 1,
                "open_to": [self.token],
            },
            "at": at,
            "text": text,
            "html": html,
            "posts": self._posts(at, replies),
            "is_answered": kind == ThreadKind.QUESTION and replies > 1 and chance.random() < 0.8,
        }

    def _posts(self, at: datetime, many: int) -> list[dict[str, Any]]:
        # All within some months, as talk is, and none in the future.
        room = min(self.moment - at, timedelta(days=120)).total_seconds()
        moments = sorted(self.chance.random() ** 2 * room for _ in range(many))
        posts = []
        for number, seconds in enumerate(moments, 1):
            parts = [self.chance.choice(self.material.beginnings)]
            parts += self.chance.sample(self.material.paragraphs, self.chance.choice((0, 1, 1, 2)))
            text, html = self.material.text_of(parts)
            posts.append(
                {
                    "number": number,
                    "author_id": self.chance.choice(self.people),
                    "text": text,
                    "html": html,
                    "renderer_version": RENDERER_VERSION,
                    "posted_at": at + timedelta(seconds=seconds),
                }
            )
        return posts

    def _revision(self, thread: dict[str, Any]) -> dict[str, Any]:
        item = thread["item"]
        return {
            "item_id": thread["id"],
            "number": 1,
            "author_id": item["author_id"],
            "title": item["title"],
            "text": thread["text"],
            "fields": {"kind": item["kind"]},
            "saved_at": thread["at"],
        }

    def _answer(self, ids: list[int]) -> None:
        """The second reply answered these questions."""
        rows = (
            select(Post.item_id, Post.id, Item.author_id, Post.posted_at)
            .join(Item, Item.id == Post.item_id)
            .where(Post.item_id.in_(ids), Post.number == 2)
        )
        columns = ["thread_id", "post_id", "accepted_by_id", "accepted_at"]
        session.execute(insert(_table(AcceptedAnswer)).from_select(columns, rows))

    def _thank(self, ids: list[int]) -> None:
        """Who began the thread thanked for every seventh reply."""
        rows = (
            select(
                Post.item_id,
                Post.id,
                Item.author_id,
                literal(str(ReactionSort.THANKS)),
                literal(""),
                Post.posted_at,
            )
            .join(Item, Item.id == Post.item_id)
            .where(Post.item_id.in_(ids), func.mod(Post.number, 7) == 0, Post.author_id != Item.author_id)
        )
        columns = ["item_id", "post_id", "person_id", "sort", "how", "reacted_at"]
        session.execute(insert(_table(Reaction)).from_select(columns, rows))


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


def _insert(model: Any, rows: list[dict[str, Any]], *, returning: bool = True) -> list[int]:
    """The rows into the model's own table, without the objects; answers their ids in the order given, when asked."""
    if not rows:
        return []
    table = _table(model)
    if not returning:
        session.execute(insert(table), rows)
        return []
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, rows))
