"""Stands in till the pages of trainings are merged."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.training.blueprint import bp


@bp.get("")
def my_trainings() -> ResponseReturnValue:
    return render_template("training/my_trainings.html")
