"""One click in a mail ends the mails (RFC 8058), without signing in: the address in it is signed for its reader."""

from itsdangerous import BadData, URLSafeSerializer

from portal.db import session
from portal.notices.models import Way
from portal.notices.preferring import choose_way
from portal.people.models import Person

_SALT = "no more e-mails"


def unsubscribe_path(secret_key: str, person_id: int) -> str:
    """The path under which this person's mails are ended."""
    return f"/unsubscribe/{URLSafeSerializer(secret_key, _SALT).dumps(person_id)}"


def person_unsubscribing(secret_key: str, signed: str) -> Person | None:
    """Whose mails the signed part of such a path ends; None when nobody's."""
    try:
        person_id = URLSafeSerializer(secret_key, _SALT).loads(signed)
    except BadData:
        return None
    return session.get(Person, person_id) if isinstance(person_id, int) else None


def unsubscribe(person: Person) -> None:
    """No more mails from now on; the notices stay under the bell."""
    choose_way(person, Way.IN_APP)
