"""Which results of which question were shown to whom, signed into the page: an opened result is counted for a question that
this person really asked, and for no other."""

from dataclasses import dataclass
from typing import Final

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

A_DAY: Final = 24 * 3600


@dataclass(frozen=True)
class ShownResults:
    """The places of a list of results (the first result is 1)."""

    person_id: int
    question: str
    ranks: range

    def sealed(self) -> str:
        """As one signed text, good for a day."""
        return _signer().dumps([self.person_id, self.question, self.ranks.start, self.ranks.stop])

    @classmethod
    def opened(cls, sealed: str) -> "ShownResults | None":
        """What was sealed within the last day; None for anything else."""
        try:
            person_id, question, start, stop = _signer().loads(sealed, max_age=A_DAY)
        except BadData:
            return None
        return cls(person_id, question, range(start, stop))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="shown-results")
