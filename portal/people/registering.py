"""Letting people in and letting them go. Nobody is deleted: what somebody wrote stays under his name."""

from datetime import date

import regex
from sqlalchemy import delete, select, update

from portal.audit.recording import record
from portal.db import now, session
from portal.errors import BadInput, Conflict
from portal.people.appointing import end_everything, is_lasting_admin, mind_admins
from portal.people.models import Category, Person, Unit
from portal.people.sign_in_models import ApiToken, OneTimeLink, SignIn
from portal.thai.dates import bangkok_today
from portal.translating import N_

_USERNAME = regex.compile(r"[a-z0-9][a-z0-9._-]{1,79}")
_EMAIL = regex.compile(r"[^@\s,;<>\"()]{1,64}@[^@\s,;<>\"()]+\.[^@\s,;<>\"().]{2,}")


class BadUsername(BadInput):
    message = N_("A user name has 2 to 80 small letters a–z, digits, dots, dashes or underscores.")


class UsernameTaken(Conflict):
    message = N_("The user name %(username)s already belongs to %(person)s.")


class BadEmail(BadInput):
    message = N_("This is not an e-mail address.")


class EmailTaken(Conflict):
    message = N_("The e-mail address %(email)s already belongs to %(person)s.")


def readable_username(text: str) -> str:
    """The user name as it is kept; BadUsername when it can't be one."""
    folded = text.strip().lower()
    if not _USERNAME.fullmatch(folded):
        raise BadUsername
    return folded


def readable_email(text: str | None) -> str | None:
    """The address as it is kept, None for an empty one; BadEmail when it can't be one."""
    folded = (text or "").strip().lower()
    if not folded:
        return None
    if len(folded) > 254 or not _EMAIL.fullmatch(folded):
        raise BadEmail
    return folded


def register(
    organisation: Unit,
    *,
    by: Person | None,
    username: str,
    first_name: str,
    last_name: str = "",
    prefix: str = "",
    email: str | None = None,
    phone: str = "",
    category: Category = Category.STAFF,
    retirement_date: date | None = None,
) -> Person:
    """A new person without a password: he sets it through a one-time link. UsernameTaken, EmailTaken and the like."""
    username, email = readable_username(username), readable_email(email)
    _mind_username(username)
    _mind_email(email)
    person = Person(
        organisation_id=organisation.id,
        username=username,
        prefix=prefix,
        first_name=first_name,
        last_name=last_name,
        email=email,
        phone=phone,
        category=category,
        retirement_date=retirement_date,
    )
    session.add(person)
    session.flush()
    record("person.create", person, by=by)
    return person


def edit_person(person: Person, *, by: Person | None, **values: object) -> list[str]:
    """Change what is given of the fields of `register`; answers the names of those that differ."""
    if "username" in values:
        values["username"] = readable_username(str(values["username"]))
    if "email" in values:
        values["email"] = readable_email(str(values["email"] or ""))
    changed = [name for name, value in values.items() if getattr(person, name) != value]
    if "username" in changed:
        _mind_username(str(values["username"]))
    if "email" in changed:
        _mind_email(str(values["email"] or "") or None)
    for name in changed:
        setattr(person, name, values[name])
    if "email" in changed:  # what was mailed to the former address opens nothing any more
        session.execute(
            delete(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None))
        )
    if changed:
        session.flush()
        record("person.edit", person, by=by, fields=changed)
    return changed


def deactivate(person: Person, *, by: Person | None) -> None:
    """He leaves: postings, acting, memberships and roles end today, every browser is signed out, tokens and links die.

    What he wrote stays his. LastAdmin for the last one.
    """
    if is_lasting_admin(person):
        mind_admins(but_person=person)
    end_everything(person, bangkok_today())
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    session.execute(
        delete(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None))
    )
    session.execute(
        update(ApiToken)
        .where(ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now())
    )
    person.deactivated_at = now()
    session.flush()
    record("person.deactivate", person, by=by)


def reactivate(person: Person, *, by: Person | None) -> None:
    """He is back: he may sign in and must choose a new password; positions, groups and roles are given anew."""
    person.deactivated_at = None
    person.must_change_password = True
    session.flush()
    record("person.reactivate", person, by=by)


def _mind_username(username: str) -> None:
    taken = session.scalar(select(Person).where(Person.username == username))
    if taken is not None:
        raise UsernameTaken(username=username, person=taken.name)


def _mind_email(email: str | None) -> None:
    taken = None if email is None else session.scalar(select(Person).where(Person.email == email))
    if taken is not None:
        raise EmailTaken(email=str(email), person=taken.name)
