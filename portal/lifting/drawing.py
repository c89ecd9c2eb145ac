"""The family as a picture: a row for each member, a step to the right for each generation, lines from what it grew from.

Rows, and not columns, because that is what a phone has room for. The lines run behind the boxes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from portal.lifting.family import Member
from portal.thai.clusters import clip

WIDTH: Final = 290  # what a phone has room for: it is not shown smaller there
ROW: Final = 70
BOX: Final = 56
STEP: Final = 16
MOST_STEPS: Final = 6  # further ones stand no more to the right
LETTER: Final = 8.8  # the width of a letter as a reader counts them, at 16 pixels


@dataclass(frozen=True)
class Box:
    member: Member
    x: int
    y: int
    width: int
    title: str  # as much of it as there is room for


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    boxes: list[Box]
    lines: list[str]  # paths


def drawn(members: Sequence[Member], title_of: Callable[[Member], str]) -> Picture:
    """Where everything stands."""
    boxes = []
    for row, member in enumerate(members):
        x = STEP * min(member.generation, MOST_STEPS) + 1
        width = WIDTH - x - 1
        boxes.append(Box(member, x, row * ROW + 1, width, clip(title_of(member), int((width - 20) / LETTER))))
    by_id = {box.member.item.id: box for box in boxes}
    lines = [
        f"M{source.x + 10} {source.y + BOX}V{box.y + BOX // 2}H{box.x}"
        for box in boxes
        for one in box.member.sources
        if (source := by_id[one]).y < box.y
    ]
    return Picture(WIDTH, max(len(boxes) * ROW - (ROW - BOX) + 2, BOX), boxes, lines)
