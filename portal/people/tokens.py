"""Tokens for the JSON API."""

import secrets

from sqlalchemy import select

from portal.audit.recording import record
from portal.db import now, session
from portal.people.models import Person
from portal.people.passwords import digest
from portal.people.sign_in_models import ApiToken


def make_token(person: Person, *, by: Person | None = None) -> str:
    """A new token that acts as the person; the secret is answered once and kept only as its hash."""
    secret = f"km_{secrets.token_urlsafe(32)}"
    token = ApiToken(secret_hash=digest(secret), person_id=person.id)
    session.add(token)
    session.flush()
    record("token.make", token, by=by or person, person=person.id)
    return secret


def tokens_in_use(person: Person) -> list[ApiToken]:
    """The person's tokens that open something, newest first."""
    return list(
        session.scalars(
            select(ApiToken)
            .where(ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None))
            .order_by(ApiToken.id.desc())
        )
    )


def revoke_token(token: ApiToken, *, by: Person) -> None:
    """From now on the token opens nothing."""
    token.revoked_at = now()
    record("token.revoke", token, by=by, person=token.person_id)
