"""The token of a form tells whose page it stood on, also when the session is gone by the time the form arrives.

flask-wtf keeps a random text in the session and puts it, signed, into every form. At sign-in we make that text ourselves
and begin it with the person's id: nothing else has to travel with the forms, and nobody else can sign it.
"""

import re
import secrets

from flask import Request, current_app
from flask import session as cookie
from itsdangerous import BadData, URLSafeTimedSerializer

_OF_PERSON = re.compile(r"([0-9]{1,10})-[0-9a-f]{40}")
_LONGEST = 7 * 24 * 3600  # seconds that a form may come too late and still be known


def begin_tokens_of(person_id: int) -> None:
    """The forms of this session carry the person's id from now on."""
    cookie["csrf_token"] = f"{person_id}-{secrets.token_hex(20)}"


def person_of_form(request: Request) -> int | None:
    """Who was signed in when the page of this form was made; None when the form does not tell."""
    signer = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token")  # flask-wtf's own
    try:
        text = signer.loads(request.form.get("csrf_token", ""), max_age=_LONGEST)
    except BadData:
        return None
    found = _OF_PERSON.fullmatch(text) if isinstance(text, str) else None
    return int(found[1]) if found else None
