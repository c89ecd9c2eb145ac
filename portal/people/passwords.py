"""Passwords: hashed with argon2id, set through one-time links, and a brake on guessing.

The brake counts failures by account as typed and by address, both hashed, in a table of ours: it works over several
processes and servers, and answers alike whether the account exists or not.
"""

import functools
import hashlib
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, or_, select

from portal.audit.recording import record
from portal.db import now, session
from portal.errors import BadInput, NotHere, TooOften
from portal.people.models import Person
from portal.people.sign_in_models import OneTimeLink, SignInAttempt
from portal.translating import N_

LEAST_LENGTH = 10
MOST_LENGTH = 200
ACCOUNT_FAILURES = 5
ADDRESS_FAILURES = 50
BRAKE = timedelta(minutes=15)
LINK_LIFE = timedelta(hours=24)
MAILED_LINK_LIFE = timedelta(hours=1)
LISTED_LINK_LIFE = timedelta(days=7)

_hasher = PasswordHasher()


class TooManyFailures(TooOften):
    message = N_("Too many attempts. Please wait 15 minutes, or ask your admin for a sign-in link.")
    wait = int(BRAKE.total_seconds())


class PasswordTooWeak(BadInput):
    message = N_("A password needs at least 10 characters and must not contain your user name.")


class LinkSpent(BadInput):
    status = 410
    message = N_("This link was used already or has expired. Please ask for a new one.")


def digest(secret: str) -> str:
    """What is kept of a secret that people or browsers carry."""
    return hashlib.sha256(secret.encode()).hexdigest()


def mind_strength(password: str, username: str) -> None:
    """PasswordTooWeak when it is short, too long to hash, of too few letters or built on the user name."""
    folded = password.casefold()
    if not LEAST_LENGTH <= len(password) <= MOST_LENGTH or username in folded or len(set(folded)) < 4:
        raise PasswordTooWeak


def set_password(person: Person, password: str, *, must_change: bool = False) -> None:
    """Hash and keep it; PasswordTooWeak when it is short, too long to hash or built on the user name."""
    mind_strength(password, person.username)
    person.password_hash = _hasher.hash(password)
    person.must_change_password = must_change
    if person.id is not None:  # links made for the old password open nothing any more
        session.execute(
            delete(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None))
        )


@functools.cache
def nobodys_hash() -> str:
    """Verified when the account is unknown, so that the answer takes as long; whoever serves has it made beforehand."""
    return _hasher.hash(secrets.token_urlsafe())


def check_password(person: Person | None, password: str) -> bool:
    """Whether it is this person's password; takes as long when there is no such person."""
    known = person.password_hash if person is not None and person.is_active else None
    try:
        _hasher.verify(known or nobodys_hash(), password[:MOST_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    if person is None or known is None:
        return False
    if _hasher.check_needs_rehash(known):
        person.password_hash = _hasher.hash(password)
    return True


def find_by_account(account: str) -> Person | None:
    """The person with that user name or e-mail address, active or not."""
    folded = account.strip().lower()
    return session.scalar(
        select(Person).where(
            or_(Person.username == folded, Person.email == folded), Person.is_system.is_(False)
        )
    )


def mind_the_brake(account: str, address: str) -> None:
    """TooManyFailures when this account or this address failed too often in the last quarter of an hour."""
    since = now() - BRAKE
    failures = select(func.count()).select_from(SignInAttempt).where(SignInAttempt.at > since)
    by_account = session.scalar(failures.where(SignInAttempt.account == digest(account.strip().lower()))) or 0
    by_address = session.scalar(failures.where(SignInAttempt.address == digest(address))) or 0
    if by_account >= ACCOUNT_FAILURES or by_address >= ADDRESS_FAILURES:
        raise TooManyFailures


def note_failure(account: str, address: str) -> None:
    """Count one failure, and forget those of yesterday."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now() - timedelta(days=1)))
    session.add(SignInAttempt(account=digest(account.strip().lower()), address=digest(address)))


def forgive(account: str) -> None:
    """After a success the account's failures no longer count; those of the address do."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.account == digest(account.strip().lower())))


def make_link(person: Person, *, by: Person | None, life: timedelta = LINK_LIFE) -> str:
    """A new one-time secret for setting a password. Shown once, never stored.

    The one before it stops working: a mailed link ends a mailed one, an admin's ends an admin's. A stranger who asks
    for a mail thus can't spend what the admin handed over.
    """
    of_its_kind = OneTimeLink.made_by_id.is_(None) if by is None else OneTimeLink.made_by_id.is_not(None)
    session.execute(
        delete(OneTimeLink).where(
            OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None), of_its_kind
        )
    )
    secret = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(
            secret_hash=digest(secret),
            person_id=person.id,
            expires_at=now() + life,
            made_by_id=None if by is None else by.id,
        )
    )
    return secret


def hand_out_link(person: Person, *, by: Person, in_a_list: bool = False) -> str:
    """The secret of a link that an admin hands over himself, which is put on record. NotHere for who has left.

    `in_a_list`: handed out on paper, office by office, for which a day is too short.
    """
    if not person.is_active:
        raise NotHere
    secret = make_link(person, by=by, life=LISTED_LINK_LIFE if in_a_list else LINK_LIFE)
    record("person.make_link", person, by=by)
    return secret


def demand_another_password(person: Person, *, by: Person) -> None:
    """He gets to no page till he has chosen a new one."""
    person.must_change_password = True
    record("person.demand_new_password", person, by=by)


def open_link(secret: str) -> OneTimeLink:
    """The link of that secret; LinkSpent when it was used, has expired or never was."""
    link = session.scalar(
        select(OneTimeLink).where(OneTimeLink.secret_hash == digest(secret)).with_for_update()
    )
    if link is None or link.used_at is not None or link.expires_at < now() or not link.person.is_active:
        raise LinkSpent
    return link


def use_link(link: OneTimeLink) -> None:
    """The link has done its work: it opens nothing any more."""
    link.used_at = now()
    session.flush()
