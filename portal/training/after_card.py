"""The card on the first page: what is asked after a training."""

from flask import render_template

from portal.people.models import Person
from portal.people.settings import settings_of
from portal.training.after_questions import count_asked


def card(person: Person | None) -> str:
    """How many questions wait for the person, with the way to them; empty when none does."""
    if person is None:
        return ""
    asked = count_asked(person)
    if not asked.total:
        return ""
    days = settings_of(person.organisation_id).follow_up_days
    return render_template("training/after_card.html", asked=asked, days=days)
