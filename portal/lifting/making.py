"""From talk to knowledge: nuggets (ขุมความรู้) of what was said, cores (แก่นความรู้) of nuggets, answers into the store.

Each is a new draft of who made it, with the passages as quotations, ready to be written anew; an `Origin` row for each of them
says where it comes from, whatever becomes of the text. The room stands above communities and the store, which know nothing
of each other's making, and above the search, by which people are found who may answer (`offering.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import regex

from portal.communities.thread_models import Thread
from portal.db import session
from portal.errors import BadInput
from portal.items import audience
from portal.items.fulfilling import propose_goal, set_fulfilments
from portal.items.models import TITLE_LENGTH, Item, Origin, Post
from portal.items.posting import quoted
from portal.items.revising import newest
from portal.knowledge.kinds import USUAL_STEP
from portal.knowledge.models import AssetKind, KnowledgeAsset, KnowledgeForm
from portal.knowledge.writing import save, start, unit_of
from portal.markup.escaping import escaped_name
from portal.markup.quoting import quotation
from portal.people.audiences import organisation_token
from portal.people.models import Person
from portal.thai.clusters import clip_characters
from portal.thai.repair import repair
from portal.translating import N_, gettext

MOST_PASSAGES: Final = 60
MOST_NUGGETS: Final = 30
MOST_CHARACTERS: Final = 200_000  # of all passages together: a draft is to be written anew, not copied


class NothingChosen(BadInput):
    message = N_("Choose at least one passage.")


class TooMuchChosen(BadInput):
    message = N_("That is too much for one draft. Choose fewer passages.")


class NotOfTheText(BadInput):
    message = N_("A passage must be taken from the text as it stands there.")


@dataclass(frozen=True)
class Passage:
    """What is taken of a post, or of the text that opens the thread (None): all of it or a part, word for word."""

    post: Post | None
    text: str


def passage(thread: Thread, post: Post | None, part: str = "") -> Passage:
    """The whole text, or the part of it; NotOfTheText when it does not stand there. What a reader marks on a page comes
    without the signs of Markdown, so letters alone are compared."""
    revision = newest(thread) if post is None else None
    whole = post.text if post is not None else revision.text if revision is not None else ""
    part = repair(part).strip()
    if part and _letters(part) not in _letters(whole):
        raise NotOfTheText
    return Passage(post, part or whole.strip())


def lift(
    thread: Thread, passages: Sequence[Passage], *, by: Person, title: str = "", without_names: bool = False
) -> KnowledgeAsset:
    """A draft of a nugget with the passages as quotations, meant for whom the thread is open to and for what it fulfils.
    NothingChosen, TooMuchChosen."""
    _mind_size([one.text for one in passages], MOST_PASSAGES)
    text = "".join(_quotation(thread, one, without_names=without_names) for one in passages)
    asset = _begun(thread.organisation_id, by)
    save(
        asset,
        by=by,
        title=_title(title or thread.title),
        text=text,
        kind=AssetKind.NUGGET,
        knowledge=KnowledgeForm.TACIT,
    )
    set_fulfilments(asset, _served_by(thread))
    audience.open_to(asset, thread.open_to)
    for one in passages:
        _grew_from(asset, thread, one)
    session.flush()
    return asset


def move_answer(thread: Thread, *, by: Person) -> KnowledgeAsset:
    """A draft of a question with its answer, of the accepted one; NothingChosen when there is none."""
    if thread.answer is None or not thread.is_answered:
        raise NothingChosen
    answer = thread.answer.post
    question, answered = passage(thread, None), Passage(answer, answer.text)
    asset = _begun(thread.organisation_id, by)
    asked, said = gettext("The question"), gettext("The answer")
    text = f"## {asked}\n\n{question.text}\n\n## {said}\n\n{_quotation(thread, answered)}"
    save(
        asset,
        by=by,
        title=_title(thread.title),
        text=text,
        kind=AssetKind.QA,
        knowledge=KnowledgeForm.TACIT,
    )
    set_fulfilments(asset, _served_by(thread))
    audience.open_to(asset, thread.open_to)
    for one in (question, answered):
        _grew_from(asset, thread, one)
    session.flush()
    return asset


def make_core(nuggets: Sequence[KnowledgeAsset], *, by: Person, title: str) -> KnowledgeAsset:
    """A draft of core knowledge with the nuggets' texts one after the other, meant for those who may read all of them.
    NothingChosen, TooMuchChosen, TitleMissing."""
    texts = {one.id: revision.text if (revision := newest(one)) else "" for one in nuggets}
    _mind_size(list(texts.values()), MOST_NUGGETS)
    asset = _begun(nuggets[0].organisation_id, by)
    text = "\n\n".join(
        f"## [{escaped_name(one.title)}](/items/{one.id})\n\n{_lowered(texts[one.id])}" for one in nuggets
    )
    save(asset, by=by, title=title, text=text, kind=AssetKind.CORE, knowledge=KnowledgeForm.TACIT)
    goals = {goal_id for one in nuggets for goal_id, _ in _served_by(one)}
    step = USUAL_STEP[AssetKind.CORE].value
    set_fulfilments(asset, [(goal, step) for goal in sorted(goals, key=lambda goal: goal or 0)])
    audience.open_to(asset, _readers_of_all(nuggets))
    for one in nuggets:
        session.add(Origin(item_id=asset.id, from_item_id=one.id, excerpt=one.title))
    session.flush()
    return asset


def _begun(organisation_id: int, by: Person) -> KnowledgeAsset:
    asset = start(by, organisation_id, unit_of(by))
    set_fulfilments(asset, [(propose_goal(by), USUAL_STEP[AssetKind.NUGGET].value)])
    return asset


def _served_by(item: Item) -> list[tuple[int | None, str]]:
    """What the item fulfils; of a goal that was withdrawn since the step alone."""
    return [
        (row.goal_id if row.goal is None or row.goal.withdrawn_at is None else None, row.step)
        for row in item.fulfilments
    ]


def _readers_of_all(nuggets: Sequence[Item]) -> set[str]:
    """The tokens that every one is open to; where there is none, its maker is to choose."""
    organisation = organisation_token(nuggets[0].organisation_id)
    if all(organisation in one.open_to for one in nuggets):
        return {organisation}
    narrow = [set(one.open_to) for one in nuggets if organisation not in one.open_to]
    return set.intersection(*narrow)


def _mind_size(texts: Sequence[str], most: int) -> None:
    if not texts:
        raise NothingChosen
    if len(texts) > most or sum(map(len, texts)) > MOST_CHARACTERS:
        raise TooMuchChosen


def _quotation(thread: Thread, one: Passage, *, without_names: bool = False) -> str:
    """As the talk itself quotes: with who said it and the way back to it; or neither."""
    if without_names:
        return quotation(one.text)
    if one.post is not None:
        return quoted(one.post, one.text)
    return quotation(one.text, by=thread.author.name, at=f"/items/{thread.id}")


def _grew_from(asset: KnowledgeAsset, thread: Thread, one: Passage) -> None:
    post_id = one.post.id if one.post is not None else None
    session.add(Origin(item_id=asset.id, from_item_id=thread.id, from_post_id=post_id, excerpt=one.text))


def _title(title: str) -> str:
    return clip_characters(repair(title).strip(), TITLE_LENGTH)


def _lowered(text: str) -> str:
    """Its headings a level lower: they stand under the nugget's own. Lines of code stay as they are."""
    lines, in_code = [], False
    for line in text.splitlines():
        in_code ^= line.lstrip().startswith("```")
        is_heading = not in_code and regex.match(r"#{1,5} ", line) is not None
        lines.append(f"#{line}" if is_heading else line)
    return "\n".join(lines)


def _letters(text: str) -> str:
    return regex.sub(r"[^\p{L}\p{M}\p{N}]+", "", text)
