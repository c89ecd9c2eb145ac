"""How the organisation wants people to talk: what is held, how much may be sent, which words are listed."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.audit.recording import record
from portal.db import lock, session
from portal.items.listed_words import list_words, listed_words
from portal.items.order_models import Handling
from portal.moderation.forms import RulesForm
from portal.moderation.permissions import can_set_rules
from portal.moderation.views import bp
from portal.people.deciding import change_decisions
from portal.people.last_writers import last_writer
from portal.people.models import Unit
from portal.people.settings import settings_of
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, require

FIGURES = ("held_first_posts", "posts_per_hour", "mentions_per_hour", "reports_per_day")


@bp.route("/moderation/rules", methods=["GET", "POST"])
def set_rules() -> ResponseReturnValue:
    require(can_set_rules(current_person()))
    organisation = session.get_one(Unit, g.organisation.id)
    form = RulesForm.opened(
        _stored(organisation),
        saved_by=lambda: last_writer(organisation, "organisation.decide", "organisation.list_words"),
    )
    if form.validate_on_submit():
        with refusals_in(form):
            lock(organisation)
            change_decisions(organisation, by=current_person(), **{name: form[name].data for name in FIGURES})
            changed = list_words(organisation.id, Handling.HOLD, form.hold.data or "")
            # A word of both lists is asked to be said in another way: this list takes it over.
            changed = list_words(organisation.id, Handling.REWORD, form.reword.data or "") or changed
            if changed:
                record("organisation.list_words", organisation, by=current_person())
            session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for("moderation.set_rules"))
    return render_template("moderation/set_rules.html", form=form), status_of(form)


def _stored(organisation: Unit) -> dict[str, object]:
    decisions = settings_of(organisation.id)
    listed = listed_words(organisation.id)
    return {
        **{name: getattr(decisions, name) for name in FIGURES},
        **{str(one): "\n".join(word for word, how in listed if how == one) for one in Handling},
    }
