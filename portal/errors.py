"""The family of errors that the domains raise and the web answers, each with one page.

PortalError
├── Refused            403  known, and not allowed
├── NotHere            404  missing or hidden: the two look the same
├── Conflict           409  somebody else was quicker, or the thing's state does not allow it
├── BadInput           422  what was typed can't be used; the message says why
├── TooLarge           413
└── TooOften           429
"""

from portal.translating import N_


class PortalError(Exception):
    """`message` is an English msgid for the person, with `values` to fill in; `status` the HTTP status.
    `keeps_what_was_typed`: the answer offers what was typed once more, as that of 409, 413, 422 and 429 always does."""

    status = 500
    keeps_what_was_typed = False
    message = N_("Something went wrong.")

    def __init__(self, message: str | None = None, **values: object):
        self.message = message or type(self).message
        self.values = values
        super().__init__(self.message)


class Refused(PortalError):
    status = 403
    message = N_("You may not do this.")


class NotHere(PortalError):
    status = 404
    message = N_("There is nothing here, or it is not open to you.")


class Conflict(PortalError):
    status = 409
    message = N_("Somebody else changed this in the meantime.")


class BadInput(PortalError):
    status = 422
    message = N_("This can't be used as it is.")


class TooLarge(PortalError):
    status = 413
    message = N_("This is too large.")


class TooOften(PortalError):
    """`wait`: seconds after which it may be tried again."""

    status = 429
    message = N_("This was tried too often. Please wait a little.")
    wait = 60

    def __init__(self, message: str | None = None, *, wait: int | None = None, **values: object):
        super().__init__(message, **values)
        self.wait = wait or type(self).wait
