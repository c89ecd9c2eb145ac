"""What the codes of the audit log are called. A code without a name is shown as it is: the log must never break."""

from portal.people.naming import (
    CATEGORIES,
    GROUP_KINDS,
    GROUP_ROLES,
    ORGANISATION_KINDS,
    RANKS,
    ROLES,
    UNIT_KINDS,
)
from portal.translating import N_, gettext

ACTS = {
    "organisation.found": N_("founded the organisation"),
    "organisation.rename": N_("renamed the organisation"),
    "organisation.decide": N_("changed the organisation's settings"),
    "organisation.import_people": N_("took in a list of people"),
    "unit.create": N_("added a unit"),
    "unit.edit": N_("edited a unit"),
    "unit.move": N_("moved a unit"),
    "unit.close": N_("closed a unit"),
    "unit.reopen": N_("opened a unit again"),
    "position.create": N_("added a position"),
    "position.edit": N_("edited a position"),
    "position.abolish": N_("abolished a position"),
    "position.reopen": N_("restored a position"),
    "posting.create": N_("appointed"),
    "posting.change": N_("changed a posting"),
    "posting.remove": N_("removed a posting"),
    "acting.create": N_("ordered to act"),
    "acting.change": N_("changed an acting appointment"),
    "acting.remove": N_("removed an acting appointment"),
    "membership.create": N_("took into a group"),
    "membership.change": N_("changed a membership"),
    "role.grant": N_("gave a role"),
    "role.end": N_("took a role away"),
    "group.create": N_("added a group"),
    "group.edit": N_("edited a group"),
    "group.close": N_("closed a group"),
    "group.reopen": N_("opened a group again"),
    "person.create": N_("added a person"),
    "person.edit": N_("edited a person"),
    "person.deactivate": N_("deactivated a person"),
    "person.reactivate": N_("reactivated a person"),
    "person.make_link": N_("made a one-time link"),
    "person.demand_new_password": N_("demanded a new password"),
    "person.set_password": N_("set a password through a link"),
    "person.change_password": N_("changed the own password"),
    "person.sign_out_everywhere": N_("signed out everywhere"),
    "token.make": N_("made an API token"),
    "token.revoke": N_("revoked an API token"),
    "item.publish": N_("published an item"),
    "item.open": N_("changed who may read an item"),
    "item.retire": N_("retired an item"),
    "item.delete": N_("deleted a draft that was never published"),
    "item.merge": N_("merged an item into another"),
    "post.hide": N_("hid a comment"),
    "attachment.remove": N_("removed a file"),
    "plan.write": N_("wrote the plan"),
    "goal.withdraw": N_("withdrew a goal"),
    "goal.bring_back": N_("brought a goal back"),
    "strategy.withdraw": N_("withdrew a strategy"),
    "strategy.bring_back": N_("brought a strategy back"),
    "site_page.write": N_("edited a page of the site"),
    "participation.review_work": N_("recorded the work before and after a training"),
    "participation.note_interview": N_("noted an interview after a training"),
    "participation.take_back_interview": N_("deleted an interview after a training"),
    "participation.answer_use": N_("answered whether what was learned is used"),
}
KINDS = {
    "unit": N_("Unit"),
    "position": N_("Position"),
    "posting": N_("Posting"),
    "acting_appointment": N_("Acting appointment"),
    "group": N_("Group"),
    "group_membership": N_("Membership"),
    "role_grant": N_("Role"),
    "person": N_("Person"),
    "api_token": N_("API token"),
    "item": N_("Item"),
    "knowledge_asset": N_("Item"),
    "post": N_("Comment"),
    "attachment": N_("File"),
    "plan": N_("KM plan"),
    "goal": N_("KM goal"),
    "strategy": N_("Strategy"),
    "site_page": N_("Page of the site"),
    "participation": N_("Participation in a training"),
}
_FIELDS = {
    "name": N_("Name"),
    "name_en": N_("Name in English"),
    "short_name": N_("Short name"),
    "code": N_("Code"),
    "kind": N_("Kind"),
    "parent": N_("Stands below"),
    "before": N_("Before"),
    "after": N_("After"),
    "on": N_("On"),
    "title": N_("Title"),
    "title_en": N_("Title in English"),
    "number": N_("Position number"),
    "rank": N_("Place in the chain of command"),
    "superior": N_("Superior"),
    "superior_id": N_("Superior"),
    "unit": N_("Unit"),
    "unit_id": N_("Unit"),
    "position": N_("Position"),
    "person": N_("Person"),
    "group": N_("Group"),
    "role": N_("Role"),
    "from_date": N_("First day"),
    "to_date": N_("Last day"),
    "last_day": N_("Last day"),
    "fields": N_("Fields"),
    "prefix": N_("Prefix"),
    "first_name": N_("First name"),
    "last_name": N_("Surname"),
    "username": N_("User name"),
    "email": N_("E-mail"),
    "phone": N_("Telephone"),
    "category": N_("Category"),
    "retirement_date": N_("Last day in office"),
    "purpose": N_("What it is for"),
    "language": N_("Language"),
    "numerals": N_("Numerals"),
    "contact": N_("Whom to ask"),
    "emblem_file_id": N_("Emblem"),
    "item": N_("Item"),
    "into": N_("Merged into"),
    "audience": N_("Who may read it"),
    "plan": N_("KM plan"),
    "fiscal_year": N_("Fiscal year (B.E.)"),
    "line": N_("Number in the plan"),
    "page": N_("Page"),
    "place": N_("Place in the order"),
    "demo": N_("Demonstration"),
    "source": N_("Source"),
    "import": N_("Import"),
    "row": N_("Row in the file"),
    "new": N_("New"),
    "change": N_("Changed"),
    "same": N_("As it is"),
    "refused": N_("Refused"),
}
_PAGES = {
    "privacy": N_("Privacy notice"),
    "cookies": N_("Cookies"),
    "policy": N_("Site policy"),
    "contact": N_("Contact"),
}
# One word of code means one thing only where the vocabularies do not meet; fields win.
_VALUES: dict[str, str] = {
    str(code): name
    for names in (ORGANISATION_KINDS, UNIT_KINDS, RANKS, GROUP_KINDS, GROUP_ROLES, ROLES, CATEGORIES)
    for code, name in names.items()
} | _FIELDS


def name_of_act(action: str) -> str:
    return gettext(ACTS[action]) if action in ACTS else action


def name_of_kind(subject_type: str) -> str:
    return gettext(KINDS[subject_type]) if subject_type in KINDS else subject_type


def name_of_value(code: str) -> str:
    """The word for a field's name or a code among the details; what is no code stays as it is."""
    return gettext(_VALUES[code]) if code in _VALUES else code


def name_of_page(slug: str) -> str:
    return gettext(_PAGES[slug]) if slug in _PAGES else slug
