"""Changes of the thesaurus on their way: judged, gathered by one person, put upon what holds now, and saved as a version.

A change knows the group as it was when it was made. Where somebody else has changed that very group since, both are
shown before the later one is saved.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from portal.documents.columns import ListColumn, ListedRow, read_columns
from portal.documents.sheets import Table
from portal.drafts.keeping import discard, keep, kept
from portal.people.models import Person
from portal.search.ambiguous import is_ambiguous
from portal.search.analysis import analyse
from portal.search.question import Reason
from portal.search.thesaurus import BETWEEN, Group
from portal.thai.normalising import normalise
from portal.translating import N_, gettext

DRAFT: Final = "thesaurus"
NAME_LENGTH: Final = 200
# What begins a formula in a spreadsheet; some read the wide ones, ＝ and its like, as these.
FORMULA_SIGNS: Final = frozenset("=+-@")
WIDE_SIGNS: Final = "，；"
LINE_LENGTH: Final = 900  # of all variants of one kind together: they stand in one cell of a table

KINDS: Final = {
    Reason.ABBREVIATION: N_("Abbreviations"),
    Reason.MISSPELLING: N_("Misspellings"),
    Reason.SYNONYM: N_("Synonyms"),
    Reason.ENGLISH: N_("In English"),
}
# What a kind may be called in a table.
_NAMES_OF_KINDS: Final = {
    "อักษรย่อ": Reason.ABBREVIATION,
    "คำย่อ": Reason.ABBREVIATION,
    "คำสะกดผิด": Reason.MISSPELLING,
    "สะกดผิด": Reason.MISSPELLING,
    "คำความหมายเดียวกัน": Reason.SYNONYM,
    "คำพ้อง": Reason.SYNONYM,
    "คำภาษาอังกฤษ": Reason.ENGLISH,
    "ภาษาอังกฤษ": Reason.ENGLISH,
} | {str(kind): kind for kind in Reason}
COLUMNS: Final = (
    ListColumn("canonical", "ชื่อ", ("ชื่อเต็ม", "name"), "", is_needed=True),
    ListColumn("kind", "ชนิด", ("ประเภท",), "", is_needed=True),
    ListColumn("variants", "คำที่ใช้แทน", ("คำอื่น", "words"), "", is_needed=True),
)

Change = tuple[Group | None, Group | None]  # before (None: it is new) and after (None: it goes)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a group: in which of its fields, or on which line of a table, and a sentence for the reader."""

    where: str | int
    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return gettext(self.message, **self.values)


@dataclass(frozen=True)
class Pending:
    """Changes by the name of the group, not saved yet. `restores`: they lead back to that version."""

    changes: Mapping[str, Change]
    restores: int | None = None

    def upon(self, groups: Iterable[Group]) -> list[Group]:
        """The groups with the changes, new ones at the end."""
        by_name = {group.canonical: group for group in groups}
        for name, (_before, after) in self.changes.items():
            if after is None:
                by_name.pop(name, None)
            else:
                by_name[name] = after
        return list(by_name.values())

    def overtaken(self, groups: Iterable[Group]) -> dict[str, Group | None]:
        """Of the changed groups those that somebody else has changed meanwhile, as they are now."""
        now = {group.canonical: group for group in groups}
        return {
            name: now.get(name)
            for name, (before, after) in self.changes.items()
            if now.get(name) not in (before, after)
        }


def differences(before: Iterable[Group], after: Iterable[Group]) -> dict[str, Change]:
    """What leads from the one to the other, by the name of the group."""
    old = {group.canonical: group for group in before}
    new = {group.canonical: group for group in after}
    return {
        name: (old.get(name), new.get(name))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    }


# ---- gathered by one person ----


def pending_of(person: Person) -> Pending:
    """What the person has changed and not saved; nothing at first."""
    draft = kept(person, DRAFT)
    if draft is None:
        return Pending({})
    changes = {name: (_unpacked(old), _unpacked(new)) for name, old, new in draft.fields["changes"]}
    return Pending(changes, draft.fields["restores"])


def keep_pending(person: Person, changes: Mapping[str, Change], restores: int | None = None) -> None:
    """Keep these changes till the person saves them or puts them away; what changes nothing is left out."""
    packed = [
        [name, _packed(before), _packed(after)]
        for name, (before, after) in changes.items()
        if before != after
    ]
    if packed:
        keep(person, DRAFT, {"changes": packed, "restores": restores})
    else:
        discard(person, DRAFT)


def change_group(person: Person, now: Iterable[Group], name: str, group: Group | None) -> None:
    """Add to what the person has changed: the group of that name (empty: a new one) becomes this one, or goes (None)."""
    groups = {one.canonical: one for one in now}
    changes = dict(pending_of(person).changes)

    def change(of: str, after: Group | None) -> None:
        before = changes[of][0] if of in changes else groups.get(of)
        changes[of] = (before, after)

    if name and (group is None or group.canonical != name):
        change(name, None)
    if group is not None:
        change(group.canonical, group)
    keep_pending(person, changes)


def _packed(group: Group | None) -> Any:
    return None if group is None else [group.canonical, *(list(group.variants(kind)) for kind in Reason)]


def _unpacked(packed: Any) -> Group | None:
    if packed is None:
        return None
    name, *variants = packed
    return _group(name, dict(zip(Reason, map(tuple, variants), strict=True)))


def _group(name: str, variants: Mapping[Reason, tuple[str, ...]]) -> Group:
    return Group(name, **{str(kind): texts for kind, texts in variants.items()})


# ---- judged ----


def faults_of(group: Group) -> Iterator[Fault]:
    """What keeps the group from being saved; nothing when it is good."""
    if not group.canonical:
        yield Fault("canonical", N_("Give it a name."))
    else:
        yield from _faults_of_text("canonical", group.canonical)
    seen: dict[str, str] = {}
    for kind in Reason:
        variants = group.variants(kind)
        if len(BETWEEN.join(variants)) > LINE_LENGTH:
            yield Fault(
                str(kind),
                N_("These are too many: at most %(most)s characters in all."),
                {"most": LINE_LENGTH},
            )
        for text in variants:
            yield from _faults_of_text(str(kind), text)
            if text in seen:
                yield Fault(str(kind), N_("“%(text)s” stands twice in this group."), {"text": text})
            seen[text] = str(kind)


def _faults_of_text(where: str, text: str) -> Iterator[Fault]:
    if len(text) > NAME_LENGTH:
        yield Fault(
            where,
            N_("“%(text)s …” is longer than %(most)s characters."),
            {"text": text[:40], "most": NAME_LENGTH},
        )
    elif BETWEEN in text:
        yield Fault(
            where, N_("“%(text)s” holds the sign |, which parts the words of a line."), {"text": text}
        )
    elif not analyse(text):
        yield Fault(where, N_("“%(text)s” holds no word that is looked for."), {"text": text})
    elif unicodedata.normalize("NFKC", text[0]) in FORMULA_SIGNS:
        yield Fault(
            where,
            N_("“%(text)s” begins with a sign that makes a formula of it in a spreadsheet."),
            {"text": text},
        )
    elif where != "canonical" and is_ambiguous(text):
        yield Fault(
            where,
            N_(
                "“%(text)s” means several things. It is expanded only where a word beside it or the asker's unit decides, "
                "so it does not belong in this list."
            ),
            {"text": text},
        )


def parted(variants: str) -> list[str]:
    """The words of one cell, parted by |, the wide one too."""
    return variants.replace("｜", BETWEEN).split(BETWEEN)


def read_lines(table: Table) -> tuple[list[Group], list[Fault]]:
    """The groups of a table with the columns name, kind and words (parted by |), and what is wrong, by line. A name and kind
    may stand on several lines. The errors of `read_columns`."""
    faults: list[Fault] = []
    gathered: dict[str, dict[Reason, tuple[str, ...]]] = {}
    for row in read_columns(table, COLUMNS).rows:
        group, wrong = _read_line(row)
        faults += wrong
        if group is not None:
            kinds = gathered.setdefault(group.canonical, {})
            for kind in Reason:
                kinds[kind] = (*kinds.get(kind, ()), *group.variants(kind))
                twice = [text for text in group.variants(kind) if kinds[kind].count(text) > 1]
                faults += [
                    Fault(row.number, N_("“%(text)s” stands twice in this group."), {"text": text})
                    for text in dict.fromkeys(twice)
                ]
    return [_group(name, kinds) for name, kinds in gathered.items()], faults


def _read_line(row: ListedRow) -> tuple[Group | None, list[Fault]]:
    name, kind_name, variants = (row.cells.get(column.code, "") for column in COLUMNS)
    kind = _NAMES_OF_KINDS.get(normalise(kind_name))
    faults: list[Fault] = []
    if kind is None and not kind_name and any(sign in name for sign in WIDE_SIGNS):
        faults.append(
            Fault(row.number, N_("Between the columns stands a wide sign (，；). Write a plain comma there."))
        )
        return None, faults
    if kind is None:
        faults.append(
            Fault(
                row.number,
                N_(
                    "The kind “%(kind)s” is not known. It is one of: abbreviation, misspelling, synonym, english."
                ),
                {"kind": kind_name},
            )
        )
        kind = Reason.SYNONYM
    texts = tuple(text.strip() for text in parted(variants) if text.strip())
    if not texts:
        faults.append(Fault(row.number, N_("There are no words on this line.")))
    group = _group(name, {kind: texts})
    faults += [Fault(row.number, fault.message, fault.values) for fault in faults_of(group)]
    return (None if faults else group), faults
