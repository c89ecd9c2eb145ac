"""All routes under /training."""

from portal.items.views import PAGES
from portal.training import (  # noqa: F401 - they add their routes to the blueprint
    endorsement_views,
    entering_views,
    import_views,
    paper_views,
    register_views,
    report_views,
    training_views,
)
from portal.training.blueprint import bp

__all__ = ["bp"]

PAGES["training_report"] = ("training.show_report", "report_id")
