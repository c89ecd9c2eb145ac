"""The blueprint of everything under /training; the view modules add their routes to it."""

from flask import Blueprint

bp = Blueprint("training", __name__, url_prefix="/training")
