"""What everybody changes about himself: contact, language and numerals."""

from portal.errors import BadInput
from portal.people.mailing import mail_to_former_address
from portal.people.models import Person
from portal.people.passwords import check_password
from portal.people.registering import edit_person, readable_email
from portal.translating import N_


class PasswordNeeded(BadInput):
    message = N_("To change the e-mail address, give your present password.")


class WrongPassword(PasswordNeeded):
    message = N_("This is not your present password.")


def edit_oneself(
    person: Person, *, password: str, phone: str, email: str, language: str | None, numerals: str | None
) -> None:
    """Change what differs. Another e-mail address needs the password, since links that set a new one are mailed there, and
    the former address is told. PasswordNeeded, BadEmail, EmailTaken."""
    former = person.email
    if readable_email(email) != former and not check_password(person, password):
        raise WrongPassword if password else PasswordNeeded
    edit_person(person, by=person, phone=phone, email=email, language=language, numerals=numerals)
    if former and person.email != former:
        mail_to_former_address(person, former)
