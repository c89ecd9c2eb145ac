"""What every stored thing shares: the item, its audience, revisions, comments, attachments, readings and origins."""

import enum
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any, ClassVar, Self

from sqlalchemy import (
    JSON,
    BindParameter,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Select,
    SQLColumnExpression,
    String,
    Text,
    UniqueConstraint,
    exists,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship, validates

from portal.db import SEND_KEY_LENGTH, Base, CodeType, UTCDateTime, by_bytes, codes_check, now
from portal.files.models import StoredFile
from portal.people.audiences import person_token, tokens_of
from portal.people.models import Person, Unit
from portal.plan.models import Goal
from portal.plan.steps import STEPS
from portal.thai.sorting import sort_key

TITLE_LENGTH = 300
TAG_LENGTH = 80
PART_OF_ITEM = "item:{0.item_id}"  # what changes with it: the stamp under which its page is remembered
FOLLOWING_OF = "following:{}"  # the subject of the stamp under which it is remembered what a person follows


class ItemState(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Item(Base):
    """One thing of the store. Lists load only this table; what a type has of its own stands in its own table.

    An item never changes its class: what is lifted or moved becomes a new item with an Origin.
    """

    __tablename__ = "item"
    renews: ClassVar[tuple[str, ...]] = ("item:{0.id}",)
    __table_args__: tuple[Any, ...] = (
        codes_check("state", ItemState),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="published_when"),
        Index("ix_item_state_published_at", "state", "published_at"),
        {"sqlite_autoincrement": True},  # the number of a deleted draft is never given again
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(40), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    sort_key: Mapped[str] = mapped_column(by_bytes(1200), default="", index=True)
    state: Mapped[ItemState] = mapped_column(CodeType(ItemState), default=ItemState.DRAFT)
    # The kind within the type (manual, story, … of an asset), so that lists and facets need no second table.
    kind: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revision_number: Mapped[int] = mapped_column(default=0)  # of the newest revision; 0: none yet
    # Tokens the author chose; they become the audience with the publication, till then a draft is his alone.
    open_to: Mapped[list[str]] = mapped_column(JSON, default=list)

    __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "item"}  # noqa: RUF012 - declared so by SQLAlchemy

    # From its first word: of somebody new it may be read first, as a reply is.
    is_talk: ClassVar[bool] = False
    # What one person says to others, whom its text reaches at once: it counts among the texts that one sends in an hour, and is
    # reported and hidden as a post is. An article is discussed instead.
    is_sent_to_others: ClassVar[bool] = False

    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
    audience: Mapped[list["ItemAudience"]] = relationship(cascade="all, delete-orphan")
    fulfilments: Mapped[list["Fulfilment"]] = relationship(
        back_populates="item", order_by="Fulfilment.id", cascade="all, delete-orphan"
    )
    revisions: Mapped[list["Revision"]] = relationship(back_populates="item", order_by="Revision.number")
    attachments: Mapped[list["Attachment"]] = relationship(back_populates="item", order_by="Attachment.id")
    tags: Mapped[list["ItemTag"]] = relationship(order_by="ItemTag.tag", cascade="all, delete-orphan")
    origins: Mapped[list["Origin"]] = relationship(
        foreign_keys="Origin.item_id", back_populates="item", order_by="Origin.id"
    )

    @validates("title")
    def _keep_sort_key(self, _key: str, title: str) -> str:
        self.sort_key = sort_key(title)[:1200]
        return title

    @property
    def is_published(self) -> bool:
        return self.state == ItemState.PUBLISHED

    @property
    def takes_comments(self) -> bool:
        """Whether every colleague who reads it may comment on it; of some types who may reply is another's rule."""
        return True

    @property
    def can_be_used(self) -> bool:
        """Whether its own text says something one can put to use; a question, for one, does not."""
        return True

    @property
    def takes_changes(self) -> bool:
        """Whether what was posted on it may still be written anew."""
        return self.is_published

    @property
    def takes_files(self) -> bool:
        """Whether its writer may put files beside its text now."""
        return True

    @property
    def readers_before_publication(self) -> set[str]:
        """Tokens of those who read it before all others, and go on to: its author, for most types."""
        return {person_token(self.author_id)}

    def not_to_be_told(self) -> set[int]:
        """The persons who read it and do not want to hear of it, whatever is written there."""
        return set()

    @property
    def writer_ids(self) -> set[int]:
        """The persons who may write on now; empty while nobody may."""
        return {self.author_id}

    @property
    def is_merged(self) -> bool:
        """Another one stands for it: its address leads there."""
        own = object_session(self)
        return (
            self.state == ItemState.RETIRED and own is not None and own.get(ItemRedirect, self.id) is not None
        )

    @classmethod
    def visible_to(cls, person: Person | None) -> Select[Self]:
        """The items open to the person, or to the public when None: one of his tokens is in the item's audience."""
        return cls.open_to_tokens(tokens_of(person))

    @classmethod
    def open_to_tokens(cls, tokens: Collection[str] | BindParameter[Any]) -> Select[Self]:
        """The items open to whoever holds these tokens, for when they are not one person's (any member of staff), or not
        known yet (a parameter)."""
        # Asked of each item that comes into question: for `id IN (SELECT …)` SQLite writes down all that are open first, for
        # a single item as well.
        is_open = exists().where(ItemAudience.item_id == Item.id, ItemAudience.token.in_(tokens))
        return select(cls).where(is_open.correlate(Item))

    @staticmethod
    def is_open_to(person: Person | None, item_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        """Whether the item that a row names is open to the person, as a condition on the row: `visible_to` for what stands on an
        item. It is asked row by row, as there."""
        held = exists().where(ItemAudience.item_id == item_id, ItemAudience.token.in_(tokens_of(person)))
        return held.correlate_except(ItemAudience)


def types_of_items(is_so: Callable[[type[Item]], bool]) -> list[str]:
    """The codes of the types of which it is so."""
    return [code for code, mapper in Item.__mapper__.polymorphic_map.items() if is_so(mapper.class_)]


class ItemAudience(Base):
    """One token an item is open to now. A draft carries its author; publication adds what he chose."""

    __tablename__ = "item_audience"
    renews = (PART_OF_ITEM,)
    __table_args__ = (Index("ix_item_audience_token_item", "token", "item_id"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    token: Mapped[str] = mapped_column(String(80), primary_key=True)


class ItemTag(Base):
    __tablename__ = "item_tag"
    renews = (PART_OF_ITEM,)
    __table_args__ = (Index("ix_item_tag_tag", "tag"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(TAG_LENGTH), primary_key=True)


class Fulfilment(Base):
    """This item fulfils this step of this goal; without a goal it serves the step at large."""

    __tablename__ = "fulfilment"
    renews = (PART_OF_ITEM,)
    __table_args__ = (
        CheckConstraint("step IN ({})".format(", ".join(f"'{code}'" for code in STEPS)), name="step_code"),
        UniqueConstraint("item_id", "goal_id", "step"),
        # To that constraint two empty goals are two different ones.
        Index(
            "uq_fulfilment_without_goal",
            "item_id",
            "step",
            unique=True,
            sqlite_where=text("goal_id IS NULL"),
            postgresql_where=text("goal_id IS NULL"),
        ),
        Index("ix_fulfilment_goal_step", "goal_id", "step"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"))
    step: Mapped[str] = mapped_column(String(3))

    item: Mapped[Item] = relationship(back_populates="fulfilments")
    goal: Mapped[Goal | None] = relationship()


class Revision(Base):
    """Title, text and the form's own fields as they were saved once; never changed afterwards."""

    __tablename__ = "revision"
    renews = (PART_OF_ITEM,)
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    text: Mapped[str] = mapped_column(Text)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    note: Mapped[str] = mapped_column(String(300), default="")
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    item: Mapped[Item] = relationship(back_populates="revisions")
    author: Mapped[Person] = relationship()


class Rendering(Base):
    """The clean HTML of a revision by one version of the renderer; a cache that holds nothing about the reader."""

    __tablename__ = "rendering"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True)
    renderer_version: Mapped[int]
    html: Mapped[str] = mapped_column(Text)
    headings: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)  # [level, anchor, text]


class Post(Base):
    """A comment on an item, later also a reply in a thread; numbered within its item."""

    __tablename__ = "post"
    renews = (PART_OF_ITEM,)
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_by_id IS NULL)", name="hidden_by_whom"),
        Index("ix_post_lately", "posted_at", "item_id", "author_id", "hidden_at"),
        Index(
            "ix_post_hidden",
            "hidden_at",
            sqlite_where=text("hidden_at IS NOT NULL"),
            postgresql_where=text("hidden_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer_version: Mapped[int]
    posted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # of its text; former ones are kept
    rewritten_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    send_key: Mapped[str | None] = mapped_column(String(SEND_KEY_LENGTH), unique=True)
    hidden_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    hidden_reason: Mapped[str] = mapped_column(String(300), default="")

    item: Mapped[Item] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    hidden_by: Mapped[Person | None] = relationship(foreign_keys=[hidden_by_id])

    @property
    def is_stub(self) -> bool:
        """Nobody wrote it: it keeps the place of a reply that went elsewhere, and whoever took it there stands for its author.
        What was written has a text."""
        return not self.text


class Subscription(Base):
    """Whether a person is told of new comments on an item. No page of the item shows it; each person's own does."""

    __tablename__ = "subscription"
    renews = (FOLLOWING_OF.format("{0.person_id}"),)
    __table_args__ = (Index("ix_subscription_person_id", "person_id"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    muted: Mapped[bool] = mapped_column(default=False)  # he said no: commenting again does not change that


class Attachment(Base):
    """A file in its place: on an item, in a post, or (till the text it belongs to is saved) with its uploader alone."""

    __tablename__ = "attachment"
    renews = (PART_OF_ITEM,)
    __table_args__ = (CheckConstraint("post_id IS NULL OR item_id IS NOT NULL", name="post_has_item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))  # as the uploader called it, Thai and all
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    is_original: Mapped[bool] = mapped_column(default=False)  # the document an import was made from
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    file: Mapped[StoredFile] = relationship(lazy="joined")
    item: Mapped[Item | None] = relationship(back_populates="attachments")
    post: Mapped[Post | None] = relationship()
    uploaded_by: Mapped[Person] = relationship()


class Reading(Base):
    """How often one reader opened an item on one Bangkok day. The reader is a keyed hash, never a name."""

    __tablename__ = "reading"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reader: Mapped[str] = mapped_column(String(32), primary_key=True)
    visits: Mapped[int]


class Origin(Base):
    """Where an item comes from: another item, or one post of it, with the passage that was taken."""

    __tablename__ = "origin"
    renews = (PART_OF_ITEM, "item:{0.from_item_id}")

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    from_item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    from_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    excerpt: Mapped[str] = mapped_column(Text, default="")
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    item: Mapped[Item] = relationship(foreign_keys=[item_id], back_populates="origins")
    from_item: Mapped[Item] = relationship(foreign_keys=[from_item_id])


class ItemRedirect(Base):
    """An item that was merged into another: its address leads there for ever."""

    __tablename__ = "item_redirect"
    renews = (PART_OF_ITEM, "item:{0.to_item_id}")
    __table_args__ = (CheckConstraint("item_id <> to_item_id", name="leads_elsewhere"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    to_item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class ImportedItem(Base):
    """What an item was imported from, so that importing again changes nothing."""

    __tablename__ = "imported_item"
    __table_args__ = (UniqueConstraint("organisation_id", "external_id"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    external_id: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the source as read
