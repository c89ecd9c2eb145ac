"""Restricted items that exist only to prove that nobody finds them.

Each holds two words that stand nowhere else: one that is typed into every box, and one that never is, so that who reads it
was shown the item. They belong to a system account and are open to tokens that nobody holds, and are commented on in the same words; nobody is told of them, the
audit log does not know them, and they go with all their traces.
"""

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select

from portal.db import now, session
from portal.items import audience
from portal.items.fulfilling import set_fulfilments
from portal.items.models import Item, ItemState, Post
from portal.items.revising import save_revision
from portal.knowledge.models import AssetKind, KnowledgeAsset, KnowledgeForm
from portal.knowledge.writing import save, start
from portal.markup.rendering import RENDERER_VERSION
from portal.outbox.writing import put
from portal.people.audiences import (
    group_token,
    organisation_token,
    person_token,
    position_token,
    role_token,
    unit_token,
)
from portal.people.models import Person
from portal.plan.steps import KMStep
from portal.remembering import renew
from portal.search.analysis import analyse
from portal.search.batches import KIND
from portal.training.models import Training
from portal.training.report_models import ReportStage, TrainingReport

NOBODY: Final = 0  # no unit, group, position or person has this number
# Of each kind of audience one that is published; then what is not, or not any more.
RESTRICTED: Final = {
    "person": person_token(NOBODY),
    "unit": unit_token(NOBODY),
    "group": group_token(NOBODY),
    "position": position_token(NOBODY),
    "role": role_token("nobody"),
}
DRAFT, RETIRED, REPORT = "draft", "retired", "report"
_LETTERS: Final = "bcdfghjklmnpqrstvwxz"
_LENGTH: Final = 14


@dataclass(frozen=True)
class Marker:
    """A restricted item. `kind` says by what it is restricted; `asked` is typed, `secret` never."""

    item_id: int
    kind: str
    asked: str
    secret: str

    @property
    def is_findable(self) -> bool:
        """Whether its owner finds it: it is published and still in use."""
        return self.kind in RESTRICTED


def make_markers(owner: Person) -> list[Marker]:
    """Write the restricted items; the caller commits. A report on its way is among them where there is a training."""
    words = _new_words()
    markers = [_asset(owner, kind, next(words), next(words)) for kind in (*RESTRICTED, DRAFT, RETIRED)]
    training_id = session.scalar(select(Training.id).order_by(Training.id.desc()).limit(1))
    if training_id is not None:
        markers.append(_report(owner, training_id, next(words), next(words)))
    return markers


def remove_markers(item_ids: Collection[int]) -> None:
    """Delete the items with all that hangs on them, and take them out of the index; the caller commits."""
    if not item_ids:
        return
    for item_id in item_ids:
        renew(session(), f"item:{item_id}")
        put(KIND, item_id)
    session.flush()
    session.expunge_all()
    session.execute(
        delete(Item).where(Item.id.in_(item_ids)),
        execution_options={"synchronize_session": False, "renewed": True},
    )


def _asset(owner: Person, kind: str, asked: str, secret: str) -> Marker:
    asset = start(owner, owner.organisation_id, None)
    save(
        asset,
        by=owner,
        title=f"{secret} {asked}",
        text=f"{asked}\n\n## {secret}\n\n{secret} {asked}",
        kind=AssetKind.MANUAL,
        knowledge=KnowledgeForm.EXPLICIT,
        tags=[secret],
    )
    set_fulfilments(asset, [(None, KMStep.ORGANIZATION.value)])
    said = f"{asked} {secret}"
    session.add(
        Post(
            item_id=asset.id,
            number=1,
            author_id=owner.id,
            text=said,
            html=f"<p>{said}</p>",
            renderer_version=RENDERER_VERSION,
        )
    )
    asset.open_to = [RESTRICTED.get(kind, organisation_token(owner.organisation_id))]
    if kind == RETIRED:
        asset.open_to = [RESTRICTED["unit"]]
    if kind != DRAFT:
        _put_out(asset, ItemState.RETIRED if kind == RETIRED else ItemState.PUBLISHED)
    return Marker(asset.id, kind, asked, secret)


def _put_out(asset: KnowledgeAsset, state: ItemState) -> None:
    """As publishing does, but without a line in the audit log."""
    asset.state, asset.published_at = state, now()
    audience.apply(asset)
    session.flush()
    put(KIND, asset.id)


def _report(owner: Person, training_id: int, asked: str, secret: str) -> Marker:
    """A report that was handed in and waits at a post that nobody holds, of a participation that nobody has."""
    report = TrainingReport(
        organisation_id=owner.organisation_id,
        author_id=owner.id,
        training_id=training_id,
        title=f"{secret} {asked}",
        stage=ReportStage.ON_ITS_WAY,
        carried_to=[RESTRICTED["position"]],
        open_to=[organisation_token(owner.organisation_id)],
    )
    session.add(report)
    session.flush()
    audience.apply(report)
    save_revision(report, by=owner, title=report.title, text=f"{asked} {secret}")
    put(KIND, report.id)
    return Marker(report.id, REPORT, asked, secret)


def _new_words() -> Iterator[str]:
    """Words of consonants that the index keeps whole, none of which was there before."""
    dice = random.SystemRandom()
    while True:
        word = "".join(dice.choices(_LETTERS, k=_LENGTH))
        if analyse(word) == [word]:
            yield word
