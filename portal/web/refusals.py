"""An act that is refused, said where it was asked for."""

from types import TracebackType

from portal.db import session
from portal.errors import PortalError
from portal.translating import gettext
from portal.web.forms import PortalForm


class refusals_in:  # noqa: N801 - read as the preposition it is: `with refusals_in(form):`
    """An act that is refused leaves nothing half-done, and its reason stands above what was typed."""

    def __init__(self, form: PortalForm):
        self.form = form

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, PortalError):
            return False
        session.rollback()
        self.form.refused_with = error.status
        self.form.form_errors = [*self.form.form_errors, gettext(error.message, **error.values)]
        return True
