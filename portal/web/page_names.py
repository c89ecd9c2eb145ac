"""What a page to which forms are sent is called, for who sees such a form away from it."""

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.translating import N_, gettext

NAMES = {
    "knowledge.write_asset": N_("Write down what you know"),
    "knowledge.edit_asset": N_("Changes of a text in the knowledge store"),
    "meetings.write_event": N_("A new meeting"),
    "meetings.edit_event": N_("Changes of a meeting"),
    "meetings.take_notes": N_("A note of a meeting"),
    "meetings.edit_note": N_("Changes of a note of a meeting"),
    "meetings.add_guest": N_("A guest at a meeting"),
    "items.comment": N_("A comment in the knowledge store"),
    "items.hide": N_("Hiding a comment"),
    "moderation.report_post": N_("Report of a text"),
    "moderation.report_item": N_("Report of a text"),
    "moderation.decide": N_("A reported text"),
    "moderation.read_first": N_("A text that waits"),
    "moderation.set_rules": N_("Rules of talk"),
    "plan.make_plan": N_("A new KM plan"),
    "plan.edit_plan": N_("Changes of a KM plan"),
    "training.new_training": N_("A new training"),
    "training.enter_many": N_("A training of many"),
    "training.edit_training": N_("Changes of a training"),
    "training.add_people": N_("People who took part in a training"),
    "training.cancel_training": N_("Calling off a training"),
    "training.record_participation": N_("The record of a training"),
    "profiles.my_page": N_("My page"),
    "training.save_review": N_("The work before and after a training"),
    "training.add_interview": N_("An interview after a training"),
    "training.save_use": N_("Whether you use what you learned"),
    "recognition.give": N_("Honouring somebody"),
    "recognition.take_back": N_("Withdrawing an award"),
    "expertise.my_subjects": N_("What you can be asked about"),
    "search.edit_group": N_("A group of words that mean the same"),
    "search.replace_all": N_("A table of words that mean the same"),
    "home.edit_site_page": N_("A page at the foot of the portal"),
}
ADMINISTRATION = N_("Administration")
ANOTHER = N_("The page on which you typed it")


def name_of_page(path: str) -> str:
    """The page's name in the reader's language; never an address."""
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(path, method="POST")  # type: ignore[union-attr]
    except (HTTPException, RequestRedirect):
        endpoint = ""
    name = ADMINISTRATION if endpoint.startswith("admin.") else NAMES.get(endpoint, ANOTHER)
    return gettext(name)
