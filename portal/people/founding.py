"""The first run in a real organisation: from an empty database to a tree with its highest posts and a first admin."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

import regex
from sqlalchemy import select

from portal.audit.recording import record
from portal.config import Settings
from portal.db import session
from portal.errors import BadInput, Conflict
from portal.people.appointing import grant_role, is_lasting_admin
from portal.people.grouping import create_group
from portal.people.models import GroupKind, OrganisationKind, Person, Position, Rank, RoleName, Unit, UnitKind
from portal.people.organising import create_position, create_unit
from portal.people.passwords import set_password
from portal.people.registering import reactivate, readable_username, register
from portal.people.settings import decide, the_organisation
from portal.thai.dates import bangkok_today
from portal.translating import N_

UNNAMED, UNNAMED_EN = "หน่วยงานที่ยังไม่ได้ตั้งชื่อ", "Unnamed organisation"
MOST_UNITS = 300
MOST_DEPTH = 6


class AlreadyFounded(Conflict):
    message = N_("This portal already belongs to an organisation.")


class UnitNameTooLong(BadInput):
    message = N_("The name in line %(line)s of the units is longer than 200 characters.")


class TooManyUnits(BadInput):
    message = N_("From line %(line)s on there are too many units or levels: at most 300 units in 6 levels.")


def setup_code(settings: Settings) -> str:
    """The code that opens the first-run page, printed by the command line: whoever can read it runs this machine.

    It follows from the secret key, so that every server of the portal and every command tells the same, and nothing
    more has to be kept. Twelve letters and digits in three groups.
    """
    digest = hmac.new(settings.secret_key.encode(), b"first-run page", hashlib.sha256).digest()
    letters = base64.b32encode(digest).decode()[:12].lower()
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def is_setup_code(typed: str, settings: Settings) -> bool:
    """Whether it is the code; blanks, dashes and capitals do not matter."""
    plain = "".join(typed.split()).replace("-", "").lower().encode()
    return hmac.compare_digest(plain, setup_code(settings).replace("-", "").encode())


@dataclass(frozen=True)
class Title:
    th: str
    en: str


@dataclass(frozen=True)
class HighestPosts:
    """What the posts above the units are called, and how many deputies the law or custom gives."""

    chief: Title
    deputy_chief: Title
    deputies: int
    secretary: Title | None = None
    deputy_secretary: Title | None = None


_TOWN = (
    Title("นายกเทศมนตรี", "Mayor"),
    Title("รองนายกเทศมนตรี", "Deputy Mayor"),
    Title("ปลัดเทศบาล", "Municipal Clerk"),
    Title("รองปลัดเทศบาล", "Deputy Municipal Clerk"),
)


def _town(deputies: int) -> HighestPosts:
    chief, deputy_chief, secretary, deputy_secretary = _TOWN
    return HighestPosts(chief, deputy_chief, deputies, secretary, deputy_secretary)


# Numbers of deputies: Municipality Act 2496 s.48 octies (2, 3, 4), Subdistrict Council and SAO Act 2537 s.58/3 (2),
# Provincial Administrative Organisation Act 2540 s.35/3 (2 to 4, by the size of the council).
HIGHEST_POSTS = {
    OrganisationKind.SUBDISTRICT_ADMINISTRATION: HighestPosts(
        Title("นายกองค์การบริหารส่วนตำบล", "Chief Executive of the SAO"),
        Title("รองนายกองค์การบริหารส่วนตำบล", "Deputy Chief Executive of the SAO"),
        2,
        Title("ปลัดองค์การบริหารส่วนตำบล", "Chief Administrator of the SAO"),
        Title("รองปลัดองค์การบริหารส่วนตำบล", "Deputy Chief Administrator of the SAO"),
    ),
    OrganisationKind.SUBDISTRICT_MUNICIPALITY: _town(2),
    OrganisationKind.TOWN_MUNICIPALITY: _town(3),
    OrganisationKind.CITY_MUNICIPALITY: _town(4),
    OrganisationKind.PROVINCIAL_ADMINISTRATION: HighestPosts(
        Title("นายกองค์การบริหารส่วนจังหวัด", "Chief Executive of the PAO"),
        Title("รองนายกองค์การบริหารส่วนจังหวัด", "Deputy Chief Executive of the PAO"),
        2,
        Title("ปลัดองค์การบริหารส่วนจังหวัด", "Chief Administrator of the PAO"),
        Title("รองปลัดองค์การบริหารส่วนจังหวัด", "Deputy Chief Administrator of the PAO"),
    ),
    OrganisationKind.PROVINCE: HighestPosts(
        Title("ผู้ว่าราชการจังหวัด", "Governor"), Title("รองผู้ว่าราชการจังหวัด", "Deputy Governor"), 2
    ),
    OrganisationKind.DEPARTMENT: HighestPosts(
        Title("อธิบดี", "Director-General"), Title("รองอธิบดี", "Deputy Director-General"), 2
    ),
    OrganisationKind.OTHER: HighestPosts(
        Title("ผู้บริหารสูงสุด", "Chief Executive"), Title("รองผู้บริหาร", "Deputy Chief Executive"), 1
    ),
}
_ORDINALS = ("หนึ่ง", "สอง", "สาม", "สี่")
_ORDINALS_EN = ("First", "Second", "Third", "Fourth")

# How a unit's name begins tells its kind, and what its head is called.
_KINDS = (
    ("สำนัก", UnitKind.OFFICE, "หัวหน้า"),
    ("กอง", UnitKind.DIVISION, "ผู้อำนวยการ"),
    ("ฝ่าย", UnitKind.SECTION, "หัวหน้า"),
    ("กลุ่ม", UnitKind.SECTION, "หัวหน้า"),
    ("ส่วน", UnitKind.DIVISION, "ผู้อำนวยการ"),
    ("หน่วย", UnitKind.SECTION, "หัวหน้า"),
    ("งาน", UnitKind.WORK, ""),
    ("ศูนย์", UnitKind.CENTRE, "หัวหน้า"),
    ("โรงเรียน", UnitKind.CENTRE, "ผู้อำนวยการ"),
)


@dataclass(frozen=True)
class UnitLine:
    """One typed unit: how deep it stands (0: right below the organisation), its name and kind."""

    depth: int
    name: str
    kind: UnitKind
    head_title: str  # empty: a unit of this kind usually has no head of its own


def read_units(text: str) -> list[UnitLine]:
    """The units typed one a line; a line set in by blanks, a tab or dashes stands below the one above it.

    UnitNameTooLong and TooManyUnits name the line. Empty lines and numbering (1., ๑., ก.) are passed over.
    """
    read: list[UnitLine] = []
    margins: list[int] = []  # the indents of the open levels, outermost first
    for number, line in enumerate(text.expandtabs(4).splitlines(), start=1):
        bare = line.lstrip(" -–•*")
        name = _without_numbering(bare).strip()
        if not name:
            continue
        if len(name) > 200:
            raise UnitNameTooLong(line=number)
        margin = len(line) - len(bare)
        while margins and margin <= margins[-1]:
            margins.pop()
        depth = len(margins)
        margins.append(margin)
        if depth >= MOST_DEPTH or len(read) >= MOST_UNITS:
            raise TooManyUnits(line=number)
        read.append(UnitLine(depth, name, *_kind_of(name)))
    return read


def _without_numbering(text: str) -> str:
    return regex.sub(r"^(?:[0-9๐-๙]{1,3}(?:\.[0-9๐-๙]{1,3})*[.)]|[ก-ฮ][.)])\s+", "", text)


def _kind_of(name: str) -> tuple[UnitKind, str]:
    for beginning, kind, head in _KINDS:
        if name.startswith(beginning):
            return kind, f"{head}{name}" if head else ""
    return UnitKind.DIVISION, f"หัวหน้า{name}"


@dataclass(frozen=True)
class FirstAdmin:
    """Who will look after the portal; the password is the one he typed himself."""

    username: str
    password: str
    first_name: str
    last_name: str = ""
    prefix: str = ""
    email: str = ""


def found_organisation(
    *,
    name: str,
    kind: OrganisationKind,
    admin: FirstAdmin | Person,
    units: list[UnitLine],
    name_en: str = "",
    short_name: str = "",
    language: str = "th",
    numerals: str = "arabic",
    contact: str = "",
) -> tuple[Unit, Person]:
    """The organisation with its units, the posts above them and at their heads, KM team, reviewers and first admin.

    When the command line made an admin before (`make_admin`), what it began is filled in, and `admin` may be that
    Person. AlreadyFounded when there is an organisation with units or posts; PasswordTooWeak, BadUsername, BadEmail.
    """
    organisation = the_organisation() or _bare_organisation()
    if not is_bare(organisation):
        raise AlreadyFounded
    organisation.name, organisation.name_en, organisation.short_name = name, name_en, short_name
    decide(organisation.id, kind=str(kind), language=language, numerals=numerals, contact=contact)
    person = admin if isinstance(admin, Person) else _register_admin(organisation, admin)
    _make_highest_posts(organisation, HIGHEST_POSTS[kind], by=person)
    _make_units(organisation, units, by=person)
    create_group(
        organisation,
        by=person,
        kind=GroupKind.KM_TEAM,
        name="คณะทำงานการจัดการความรู้",
        name_en="Knowledge Management Team",
    )
    create_group(
        organisation,
        by=person,
        kind=GroupKind.REVIEWERS,
        name="คณะผู้กลั่นกรองความรู้",
        name_en="Knowledge Reviewers",
    )
    record("organisation.found", organisation, by=person, kind=str(kind))
    return organisation, person


def is_bare(organisation: Unit) -> bool:
    """Whether nothing but a name and accounts is there yet: no unit below it, no post in it."""
    below = select(Unit.id).where(Unit.parent_id == organisation.id).limit(1)
    posts = select(Position.id).where(Position.organisation_id == organisation.id).limit(1)
    return session.scalar(below) is None and session.scalar(posts) is None


def _bare_organisation() -> Unit:
    organisation = Unit(kind=UnitKind.ORGANISATION, name=UNNAMED, name_en=UNNAMED_EN, code="ORG")
    session.add(organisation)
    session.flush()
    organisation.organisation_id = organisation.id
    organisation.path = f"/{organisation.id}/"
    session.flush()
    decide(organisation.id, kind=str(OrganisationKind.OTHER))
    return organisation


def _register_admin(organisation: Unit, admin: FirstAdmin) -> Person:
    person = register(
        organisation,
        by=None,
        username=admin.username,
        first_name=admin.first_name,
        last_name=admin.last_name,
        prefix=admin.prefix,
        email=admin.email,
    )
    set_password(person, admin.password)
    grant_role(person, RoleName.ADMIN, by=None, from_date=bangkok_today())
    return person


def make_admin(username: str, password: str) -> tuple[Person, bool]:
    """Give that account this password and the admin role, lasting; answers the person and whether the account is new.

    For the command line, also before the first-run page: then a bare organisation is made, which the admin fills in.
    BadUsername, PasswordTooWeak.
    """
    organisation = the_organisation() or _bare_organisation()
    person = session.scalar(select(Person).where(Person.username == readable_username(username)))
    if person is None:
        return _register_admin(organisation, FirstAdmin(username, password, first_name=username)), True
    set_password(person, password)
    if not person.is_active:
        reactivate(person, by=None)
    if not is_lasting_admin(person):
        _make_lasting_admin(person)
    return person, False


def _make_lasting_admin(person: Person) -> None:
    today = bangkok_today()
    for grant in person.roles:
        if grant.role == RoleName.ADMIN and (grant.to_date is None or grant.to_date >= today):
            grant.from_date, grant.to_date = min(grant.from_date, today), None
            record("role.grant", person, by=None, role=str(grant.role), from_date=grant.from_date.isoformat())
            return
    grant_role(person, RoleName.ADMIN, by=None, from_date=today)


def _make_highest_posts(organisation: Unit, posts: HighestPosts, *, by: Person) -> None:
    def make(title: Title, rank: Rank) -> None:
        create_position(organisation, by=by, title=title.th, title_en=title.en, rank=rank)

    make(posts.chief, Rank.CHIEF_EXECUTIVE)
    for number in range(posts.deputies):
        title = posts.deputy_chief
        if posts.deputies > 1:
            title = Title(f"{title.th} (คนที่{_ORDINALS[number]})", f"{_ORDINALS_EN[number]} {title.en}")
        make(title, Rank.DEPUTY_CHIEF_EXECUTIVE)
    if posts.secretary is not None:
        make(posts.secretary, Rank.PERMANENT_SECRETARY)
    if posts.deputy_secretary is not None:
        make(posts.deputy_secretary, Rank.DEPUTY_PERMANENT_SECRETARY)


def _make_units(organisation: Unit, lines: list[UnitLine], *, by: Person) -> None:
    above = [organisation]
    for place, line in enumerate(lines, 1):  # as they were typed
        del above[line.depth + 1 :]
        unit = create_unit(above[-1], by=by, kind=line.kind, name=line.name, place=place)
        above.append(unit)
        if line.head_title:
            create_position(unit, by=by, title=line.head_title[:200], rank=Rank.HEAD)
