"""Everything under /training: each module adds its routes to the blueprint."""

from portal.training import after_views  # noqa: F401
from portal.training.blueprint import bp

__all__ = ["bp"]
