"""Mails that the sign-in sends, in the language of their reader."""

from flask import current_app, url_for

from portal.mail.writing import write
from portal.people.models import Person
from portal.people.passwords import MAILED_LINK_LIFE, make_link
from portal.translating import DEFAULT, gettext, speaking


def mail_password_link(person: Person) -> None:
    """Write the mail with a link that sets a new password once, within the hour. The person has an address."""
    secret = make_link(person, by=None, life=MAILED_LINK_LIFE)
    url = link_address(secret)
    with speaking(person.language or DEFAULT):
        write(
            person.email or "",
            gettext("Set a new password"),
            gettext(
                "Somebody, probably you, asked for a new password for the account %(account)s.\n\n"
                "Set it here within one hour:\n%(url)s\n\n"
                "If it was not you, do nothing: your password stays as it is.",
                account=person.username,
                url=url,
            ),
            holds_secret=True,
        )


def mail_to_former_address(person: Person, former: str) -> None:
    """Tell the address that was the person's till now that it no longer is; the new one is not named."""
    with speaking(person.language or DEFAULT):
        write(
            former,
            gettext("Your e-mail address in the portal was changed"),
            gettext(
                "The account %(account)s no longer has this e-mail address. Mails of the portal, also those for a "
                "forgotten password, do not come here any more.\n\n"
                "If you changed it, there is nothing to do. If it was not you, tell your admin at once.",
                account=person.username,
            ),
        )


def link_address(secret: str) -> str:
    """The full address under which the one-time secret works."""
    path = url_for("people.set_password", secret=secret)
    base = current_app.config["SETTINGS"].base_url
    return f"{base}{path}" if base else url_for("people.set_password", secret=secret, _external=True)
