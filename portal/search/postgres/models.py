"""The tables of the index that PostgreSQL serves to several servers at once. On SQLite they stay empty: there the index lies
in a folder.

Like the folder they are a cache, made of the database and thrown away at will: nothing refers to them, and a backup leaves
their rows out.

A generation is one whole index in one version. Its words and letter groups are numbered (`index_term`), and so is each item
as it was indexed (`index_entry`): an item that is indexed anew gets a new number, so a posting never belongs to two versions
of a text. Who may see an entry (`index_audience`) and under which facets it stands (`index_facets`) is the same for many
entries and stands once. All that is counted is counted by audience: what somebody may not see adds nothing to his figures.
"""

from typing import Final

from sqlalchemy import BigInteger, Index, SmallInteger, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, by_bytes

# Raised when what is written below changes its meaning. An index of another schema is not read any more.
SCHEMA_VERSION: Final = 2
WORD_LENGTH: Final = 200  # of the longest term: a word, a letter number, the key of a title


class IndexGeneration(Base):
    """One index. `is_serving`: searches are answered from it; at most one is."""

    __tablename__ = "index_generation"

    id: Mapped[int] = mapped_column(primary_key=True)
    schema_version: Mapped[int]
    analysis_version: Mapped[int]
    is_serving: Mapped[bool] = mapped_column(default=False, server_default=false())


class IndexAudience(Base):
    """Those who may see some entries, by the checksum of their tokens, with the totals over these entries' passages."""

    __tablename__ = "index_audience"
    __table_args__ = (UniqueConstraint("generation_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    generation_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(32))
    passages: Mapped[int] = mapped_column(BigInteger, default=0)
    title_length: Mapped[int] = mapped_column(BigInteger, default=0)  # in words, as below
    text_length: Mapped[int] = mapped_column(BigInteger, default=0)
    gram_length: Mapped[int] = mapped_column(BigInteger, default=0)


class IndexToken(Base):
    """A token of an audience."""

    __tablename__ = "index_token"

    token: Mapped[str] = mapped_column(by_bytes(WORD_LENGTH), primary_key=True)
    audience_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class IndexFacets(Base):
    """Facets with their values: `content` as JSON, `digest` of it. Never changes."""

    __tablename__ = "index_facets"
    __table_args__ = (UniqueConstraint("generation_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    generation_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(32))
    content: Mapped[str] = mapped_column(Text)


class IndexTerm(Base):
    """A word, or a letter group of titles."""

    __tablename__ = "index_term"
    __table_args__ = (
        UniqueConstraint("generation_id", "is_gram", "word"),
        Index("ix_index_term_generation_id_folded", "generation_id", "folded"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    generation_id: Mapped[int]
    is_gram: Mapped[bool]
    word: Mapped[str] = mapped_column(by_bytes(WORD_LENGTH))
    folded: Mapped[str | None] = mapped_column(by_bytes(WORD_LENGTH))  # None for letter groups


class IndexFrequency(Base):
    """In how many passages open to this audience a term stands."""

    __tablename__ = "index_frequency"

    term_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    audience_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    in_titles: Mapped[int]
    in_texts: Mapped[int]


class IndexEntry(Base):
    """An item's own text, or one post on it, as it was indexed. Lengths are those of all its passages together."""

    __tablename__ = "index_entry"
    __table_args__ = (
        UniqueConstraint("generation_id", "item_id", "post_id"),
        Index("ix_index_entry_generation_id_whole", "generation_id", "whole"),
        Index("ix_index_entry_generation_id_post_id", "generation_id", "post_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    generation_id: Mapped[int]
    item_id: Mapped[int]
    post_id: Mapped[int] = mapped_column(default=0, server_default="0")  # 0: the item's own text
    published: Mapped[int] = mapped_column(BigInteger)  # seconds since 1970
    whole: Mapped[str] = mapped_column(by_bytes(WORD_LENGTH))  # the key of its title; empty for a post
    audience_id: Mapped[int]
    facets_id: Mapped[int]
    passages: Mapped[int]
    title_length: Mapped[int]
    text_length: Mapped[int]
    gram_length: Mapped[int]
    digest: Mapped[str] = mapped_column(String(32))


class IndexPosting(Base):
    """How often a term stands in a passage's title and text, beside how long these are, so that a score needs nothing else.

    A letter group stands with the first passage only, for the whole item; its lengths are those in letter groups.
    """

    __tablename__ = "index_posting"
    __table_args__ = (Index("ix_index_posting_entry_id", "entry_id"),)

    term_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    passage: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)  # from 0
    in_title: Mapped[int] = mapped_column(SmallInteger)
    in_text: Mapped[int] = mapped_column(SmallInteger)
    title_length: Mapped[int] = mapped_column(SmallInteger)
    text_length: Mapped[int] = mapped_column(SmallInteger)


INDEX_TABLES: Final = frozenset(
    model.__tablename__
    for model in (
        IndexGeneration,
        IndexAudience,
        IndexToken,
        IndexFacets,
        IndexTerm,
        IndexFrequency,
        IndexEntry,
        IndexPosting,
    )
)
