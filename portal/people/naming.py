"""What kinds, ranks and roles are called on pages: the codes are stored, these are shown."""

from portal.people.models import Category, GroupKind, GroupRole, OrganisationKind, Rank, RoleName, UnitKind
from portal.translating import N_

ORGANISATION_KINDS = {
    OrganisationKind.SUBDISTRICT_ADMINISTRATION: N_("Subdistrict administrative organisation (SAO)"),
    OrganisationKind.SUBDISTRICT_MUNICIPALITY: N_("Subdistrict municipality"),
    OrganisationKind.TOWN_MUNICIPALITY: N_("Town municipality"),
    OrganisationKind.CITY_MUNICIPALITY: N_("City municipality"),
    OrganisationKind.PROVINCIAL_ADMINISTRATION: N_("Provincial administrative organisation (PAO)"),
    OrganisationKind.PROVINCE: N_("Province"),
    OrganisationKind.DEPARTMENT: N_("Department"),
    OrganisationKind.OTHER: N_("Other public body"),
}
UNIT_KINDS = {
    UnitKind.ORGANISATION: N_("Organisation"),
    UnitKind.OFFICE: N_("Office"),
    UnitKind.DIVISION: N_("Division"),
    UnitKind.SECTION: N_("Section"),
    UnitKind.WORK: N_("Work group"),
    UnitKind.CENTRE: N_("Centre or school"),
}
RANKS = {
    Rank.CHIEF_EXECUTIVE: N_("Chief executive (mayor, governor, director-general)"),
    Rank.DEPUTY_CHIEF_EXECUTIVE: N_("Deputy chief executive"),
    Rank.PERMANENT_SECRETARY: N_("Permanent secretary (clerk)"),
    Rank.DEPUTY_PERMANENT_SECRETARY: N_("Deputy permanent secretary"),
    Rank.HEAD: N_("Head of the unit"),
    Rank.STAFF: N_("Staff"),
}
CATEGORIES = {Category.STAFF: N_("Staff member"), Category.ELECTED: N_("Elected office")}
ROLES = {
    RoleName.CKO: N_("CKO"),
    RoleName.FACILITATOR: N_("Knowledge facilitator"),
    RoleName.PRACTITIONER: N_("Knowledge practitioner"),
    RoleName.NOTE_TAKER: N_("Note taker"),
    RoleName.NETWORK_MANAGER: N_("Network manager"),
    RoleName.TECHNOLOGIST: N_("Technologist"),
    RoleName.EXECUTIVE: N_("Executive"),
    RoleName.DATA_ASSISTANT: N_("Data assistant"),
    RoleName.ADMIN: N_("Admin of the portal"),
}
GROUP_KINDS = {
    GroupKind.KM_TEAM: N_("KM team"),
    GroupKind.REVIEWERS: N_("Reviewers"),
    GroupKind.COMMITTEE: N_("Committee"),
    GroupKind.WORKING_GROUP: N_("Working group"),
    GroupKind.COMMUNITY: N_("Community of practice"),
}
GROUP_ROLES = {
    GroupRole.HEAD: N_("Head of the group"),
    GroupRole.SECRETARY: N_("Secretary"),
    GroupRole.MEMBER: N_("Member"),
}
