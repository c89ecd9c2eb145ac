"""A text of the knowledge store begins with what was noted at a meeting; where it comes from stays noted."""

from collections.abc import Sequence

from portal.errors import BadInput
from portal.items.models import TITLE_LENGTH
from portal.knowledge.models import AssetKind, KnowledgeForm
from portal.markup.escaping import escaped
from portal.meetings.models import Event, EventNote, NoteSort
from portal.thai.clusters import clip_characters
from portal.translating import N_

KIND_OF = {
    NoteSort.STORY: AssetKind.STORY,
    NoteSort.LESSON: AssetKind.LESSON_LEARNED,
    NoteSort.DECISION: AssetKind.MINUTES,
}


class NothingChosen(BadInput):
    message = N_("Choose at least one note.")


def typed_in_notes(event: Event, notes: Sequence[EventNote]) -> dict[str, str]:
    """What the form of an asset would hold if somebody had typed these notes into it, each with who said it. Several sorts
    together are a nugget (ขุมความรู้). NothingChosen."""
    if not notes:
        raise NothingChosen
    sorts = {one.sort for one in notes}
    kind = KIND_OF[next(iter(sorts))] if len(sorts) == 1 else AssetKind.NUGGET
    goal = next((row.goal_id for row in event.fulfilments), None)
    return {
        "title": clip_characters(event.title, TITLE_LENGTH),
        "text": "\n\n".join(map(_passage, notes)),
        "kind": str(kind),
        "knowledge": str(KnowledgeForm.TACIT),
        "origin": str(event.id),
        "fulfilments-0-step": "KM4",
        "fulfilments-0-goal": str(goal or ""),
    }


def _passage(note: EventNote) -> str:
    if not note.said_by_whom:
        return note.text
    return f"{note.text}\n\n– {escaped(note.said_by_whom)}"
