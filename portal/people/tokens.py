"""Tokens for the JSON API."""

import secrets

from portal.audit.recording import record
from portal.db import session
from portal.people.models import ApiToken, Person
from portal.people.passwords import digest


def make_token(person: Person, *, by: Person | None = None) -> str:
    """A new token that acts as the person; the secret is answered once and kept only as its hash."""
    secret = f"km_{secrets.token_urlsafe(32)}"
    token = ApiToken(secret_hash=digest(secret), person_id=person.id)
    session.add(token)
    session.flush()
    record("token.make", token, by=by or person, person=person.id)
    return secret
