"""The blueprint of the administration: every page of it is for those who may administer, and for nobody else."""

from flask import Blueprint

from portal.people.permissions import can_administer
from portal.web.visibility import current_person, require

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.before_request
def only_for_admins() -> None:
    require(can_administer(current_person()))
