"""When a form comes back too late (the session ended, the page was open overnight), nothing typed is lost.

The typed fields travel, signed, through the sign-in page and are offered for sending once more. They are never sent
by themselves: the person sees them and presses the button, with a fresh token.
"""

from dataclasses import dataclass

from flask import Request, current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.translating import N_

# Browsers and proxies refuse pages of any size; a text of 2 MB still passes.
MOST = 3_000_000
A_DAY = 24 * 3600

SENDING_FIELDS = frozenset({"csrf_token", "password", "again", "current"})
EXPIRED = N_(
    "This page was open for too long, so it was not sent. What you typed is below: please send it again."
)


@dataclass(frozen=True)
class KeptForm:
    """A form that did not arrive: where it was going and its fields in order, secrets left out."""

    path: str
    fields: tuple[tuple[str, str], ...]

    @classmethod
    def from_request(cls, request: Request) -> "KeptForm | None":
        """The form of this request; None when it carries nothing worth keeping (or files only)."""
        if request.method != "POST" or not request.path.startswith("/") or request.path.startswith("//"):
            return None
        fields = tuple(
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in SENDING_FIELDS and value
        )
        return cls(request.path, fields) if fields else None

    def sealed(self) -> str:
        """As one signed text, to be carried by a page; empty when it is too large."""
        if sum(len(value) for _, value in self.fields) > MOST:
            return ""
        return _signer().dumps([self.path, self.fields])

    @classmethod
    def opened(cls, sealed: str) -> "KeptForm | None":
        """The form sealed within the last day; None for anything else."""
        try:
            path, fields = _signer().loads(sealed, max_age=A_DAY)
        except (BadData, ValueError):
            return None
        return cls(path, tuple((str(name), str(value)) for name, value in fields))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kept-form")
