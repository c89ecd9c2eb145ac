"""When a form comes back too late (the session ended, the page was open overnight), nothing typed is lost.

The typed fields travel, signed, through the sign-in page and are offered for sending once more. They are never sent
by themselves: the person sees them and presses the button, with a fresh token.
"""

from dataclasses import dataclass

from flask import Request, current_app, g
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.web.form_labels import Entry, entries_of, texts_in
from portal.web.form_tokens import person_of_form
from portal.web.page_names import name_of_page

# Browsers and proxies refuse pages of any size; a text of 2 MB still passes.
MOST = 3_000_000
A_DAY = 24 * 3600

SENDING_FIELDS = frozenset({"csrf_token", "password", "again", "current"})


# What changes who may do what does not wait behind a sign-in: sent again by mistake it does harm.
NEVER_SEALED = ("/admin", "/password", "/sign-in", "/setup")


@dataclass(frozen=True)
class KeptForm:
    """A form that did not arrive: whose it was, where it was going and its fields in order, secrets left out."""

    path: str
    fields: tuple[tuple[str, str], ...]
    person_id: int | None  # None: the database could not be asked

    @classmethod
    def from_request(cls, request: Request) -> "KeptForm | None":
        """The form of this request, to be shown to the browser that sent it unless it `is_anothers`; None when another
        site sent it, or when it carries nothing worth keeping."""
        person_id = person_of_form(request) or g.get("person_id") or g.get("person_of_ended_session")
        if request.method != "POST" or not _came_from_here(request):
            return None
        fields = tuple(
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in SENDING_FIELDS and value
        )
        return cls(request.path, fields, person_id) if fields else None

    @property
    def page_name(self) -> str:
        """The page it goes to, in the reader's words."""
        return name_of_page(self.path)

    @property
    def is_anothers(self) -> bool:
        """Whether somebody else is signed in now than when its page was made, as happens at a PC that several use."""
        return self.person_id is not None and g.get("person_id") not in (None, self.person_id)

    def entries(self) -> list[Entry]:
        """The fields as the reader knows them, in his language."""
        return entries_of(self.fields)

    def typed(self) -> list[Entry]:
        """Of these the texts that somebody typed into a form of ours."""
        return texts_in(self.fields)

    def sealed(self) -> str:
        """As one signed text, to wait behind the sign-in; empty when nobody knows whose it is or it must not wait."""
        if self.person_id is None or self.path.startswith(NEVER_SEALED):
            return ""
        if sum(len(value) for _, value in self.fields) > MOST:
            return ""
        return _signer().dumps([self.path, self.fields, self.person_id])

    @classmethod
    def opened(cls, sealed: str) -> "KeptForm | None":
        """The form sealed within the last day; None for anything else. It is offered to its own person only."""
        try:
            path, fields, person_id = _signer().loads(sealed, max_age=A_DAY)
        except (BadData, ValueError):
            return None
        return cls(path, tuple((str(name), str(value)) for name, value in fields), person_id)


def _came_from_here(request: Request) -> bool:
    """Whether a page of ours sent it, as far as the browser says; one that says nothing is not believed."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin", "") == request.host_url.rstrip("/")


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kept-form")
