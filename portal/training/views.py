"""All routes under /training: the modules add theirs to the blueprint."""

from portal.items.views import PAGES
from portal.training import (  # noqa: F401 - they add their routes to the blueprint
    after_views,
    clock_views,
    endorsement_views,
    entering_views,
    holiday_views,
    import_views,
    paper_views,
    register_views,
    report_views,
    rule_views,
    training_views,
)
from portal.training.blueprint import bp

__all__ = ["bp"]

PAGES["training_report"] = ("training.show_report", "report_id")
