"""The administration, put together: each module of this room adds its pages to the one blueprint."""

from portal.admin import (
    appointments,
    audit,
    groups,
    importing,
    mails,
    overview,
    people,
    positions,
    search_checks,
    settings,
    units,
)
from portal.admin.blueprint import bp

PAGES = (
    overview,
    units,
    positions,
    people,
    appointments,
    groups,
    importing,
    settings,
    mails,
    audit,
    search_checks,
)

__all__ = ["PAGES", "bp"]
