"""Taking in a list of people: first a plan of what each row would do, shown to the admin; then all of it or nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

from portal.audit.recording import record
from portal.db import session
from portal.documents.columns import Listed, ListedRow
from portal.errors import BadInput, Conflict, PortalError
from portal.people.import_plan import ImportPlan, Leaving, Outcome, Placing, PlannedRow, Reason
from portal.people.import_register import Register, folded
from portal.people.list_columns import BY_CODE, EXAMPLE_USERNAME
from portal.people.models import NAME_LENGTH, Category, Person, Position, Posting, Rank, Unit
from portal.people.registering import readable_email, readable_username
from portal.people.thai_names import split_name, split_prefix
from portal.thai.dates import AmbiguousYear, UnreadableDate, bangkok_today, read_date
from portal.translating import N_

_MOST = {
    "prefix": 40,
    "phone": 60,
    "number": 40,
    "position": NAME_LENGTH,
    "first_name": NAME_LENGTH,
    "last_name": NAME_LENGTH,
}
_ELECTED = ("ฝ่ายการเมือง", "การเมือง", "เลือกตั้ง", "ผู้บริหารท้องถิ่น", "elected")
_STAFF = (
    "พนักงาน", "ข้าราชการ", "ลูกจ้าง", "เจ้าหน้าที่", "ครู", "บุคลากร", "staff", "permanent", "contract", "ฝ่ายประจำ",
)  # fmt: skip
_YES = frozenset({"ใช่", "เป็น", "yes", "y", "true", "1", "x", "/", "✓", "✔", "หัวหน้า"})


class PreviewOutdated(Conflict):
    message = N_(
        "Units, positions or people changed since the preview was made. Please look at the new preview."
    )


class NothingToDo(BadInput):
    message = N_("No row of this list would change anything.")


def plan_import(listed: Listed, organisation: Unit, today: date | None = None) -> ImportPlan:
    """What the list would do today, row by row, without doing it; six queries whatever its length.

    People are recognised by user name, else e-mail, else by first name and surname. An empty cell changes nothing.
    """
    register = Register.of(organisation)
    planner = _Planner(register, today or bangkok_today())
    return ImportPlan(tuple(planner.plan(row) for row in listed.rows))


class _Planner:
    def __init__(self, register: Register, today: date):
        self.register = register
        self.today = today

    def plan(self, listed: ListedRow) -> PlannedRow:
        cells = dict(listed.cells)
        planned = PlannedRow(
            listed.number,
            cells.get("full_name")
            or " ".join(cells[code] for code in ("first_name", "last_name") if code in cells),
        )
        self._judge(listed, cells, planned)
        if planned.reasons:
            planned.outcome, planned.placing = Outcome.REFUSED, None
            planned.values, planned.changes = {}, []
        else:
            placing = planned.placing
            self.register.reserve(planned.person, planned.values, placing.position if placing else None)
            if placing is not None and placing.rank == Rank.HEAD:
                self.register.headed.setdefault(placing.unit.id, placing.title)
        return planned

    def _judge(self, listed: ListedRow, cells: dict[str, str], planned: PlannedRow) -> None:
        """Every reason against the row is found, not only the first: it is mended once."""
        if cells.get("username", "").startswith(EXAMPLE_USERNAME):
            planned.reasons.append(Reason(N_("This is the example line of the template.")))
            return
        for code in listed.unsolved:
            no_result = N_("The formula has no result. Save the list with values.")
            planned.reasons.append(Reason(no_result, column=BY_CODE[code].header))
        with _refusing(planned, cells, "first_name"):
            self._names(cells)
        for code, most in _MOST.items():
            with _refusing(planned, cells, code):
                if len(cells.get(code, "")) > most:
                    raise BadInput(N_("This is longer than %(most)s characters."), most=most)
        values = planned.values
        for code in ("prefix", "first_name", "last_name"):
            if code in cells:
                values[code] = cells[code]
        for code, read in _READ.items():
            if code in cells:
                with _refusing(planned, cells, code):
                    values[code] = read(cells[code])
        person = None
        if "first_name" in values:
            with _refusing(planned, cells, "first_name"):
                person = planned.person = self._recognise(values)
            self._mind_taken(person, values, cells, planned)
        is_known = not planned.reasons
        place = self._wanted_place(cells, planned)
        if not is_known:
            return
        if person is None:
            planned.outcome = Outcome.NEW
            values.setdefault("username", self.register.free_username(str(values.get("email") or "")))
        else:
            planned.changes = [code for code, value in values.items() if getattr(person, code) != value]
        last_name = values.get("last_name", "" if person is None else person.last_name)
        planned.name = " ".join(part for part in (values["first_name"], last_name) if part)
        if place is not None:
            planned.placing = self._place(*place, cells, person, planned)
        if planned.placing is not None:
            planned.changes.append("position")
        if person is not None:
            planned.outcome = Outcome.CHANGE if planned.changes else Outcome.SAME

    def _names(self, cells: dict[str, str]) -> None:
        if "full_name" in cells and "first_name" not in cells:
            prefix, first, last = split_name(cells["full_name"])
            cells.update({code: text for code, text in (("first_name", first), ("last_name", last)) if text})
            if prefix:
                cells.setdefault("prefix", prefix)
        elif "first_name" in cells and "prefix" not in cells:
            prefix, rest = split_prefix(cells["first_name"])
            if prefix and rest:
                cells["prefix"], cells["first_name"] = prefix, rest
        if not cells.get("first_name"):
            raise BadInput(N_("The name is missing."))

    def _recognise(self, values: Mapping[str, Any]) -> Person | None:
        person = self.register.find(values)
        if person is not None:
            if person.id in self.register.seen:
                raise BadInput(N_("%(person)s already stands in an earlier row."), person=person.name)
            if not person.is_active:
                raise BadInput(N_("%(person)s has left. Reactivate the account first."), person=person.name)
        return person

    def _mind_taken(
        self, person: Person | None, values: Mapping[str, Any], cells: dict[str, str], planned: PlannedRow
    ) -> None:
        own_id = None if person is None else person.id
        username, email = values.get("username"), values.get("email")
        with _refusing(planned, cells, "username"):
            if username and self.register.usernames.get(username, own_id) != own_id:
                raise BadInput(
                    N_("The user name %(username)s stands in an earlier row or belongs to somebody else."),
                    username=username,
                )
        with _refusing(planned, cells, "email"):
            if email and self.register.emails.get(email, own_id) != own_id:
                raise BadInput(
                    N_("The e-mail address %(email)s stands in an earlier row or belongs to somebody else."),
                    email=email,
                )

    # ---- the post

    def _wanted_place(
        self, cells: Mapping[str, str], planned: PlannedRow
    ) -> tuple[str, Unit | None, date | None] | None:
        """Title, unit and first day as the row names them; None when it names no post."""
        title, unit, from_date = cells.get("position", ""), None, None
        if not title:
            if "unit" not in cells:
                return None
            no_position = N_("There is a unit, but no position in it.")
            planned.reasons.append(Reason(no_position, column=BY_CODE["position"].header))
        with _refusing(planned, cells, "unit"):
            unit = self._unit(cells.get("unit", ""), title)
        with _refusing(planned, cells, "from_date"):
            from_date = _day(cells["from_date"]) if "from_date" in cells else self.today
        return title, unit, from_date

    def _place(
        self,
        title: str,
        unit: Unit | None,
        from_date: date | None,
        cells: dict[str, str],
        person: Person | None,
        planned: PlannedRow,
    ) -> Placing | None:
        if not title or unit is None or from_date is None:
            return None  # refused, with its reasons
        mine = [] if person is None else self.register.held_by(person.id)
        if any(
            posting.position.unit_id == unit.id and folded(posting.position.title) == folded(title)
            for posting in mine
            if posting.to_date is None
        ):
            return None
        with _refusing(planned, cells, "from_date"):
            if any(posting.from_date >= from_date for posting in mine):
                raise BadInput(
                    N_("Already holds a position that began on that day or later. Check the date.")
                )
        last_day = from_date - timedelta(days=1)
        leaves = tuple(
            Leaving(posting.position.title, posting.position.unit, last_day)
            for posting in mine
            if posting.to_date is None or posting.to_date >= from_date
        )
        number, is_head = cells.get("number", ""), folded(cells.get("head", "")) in _YES
        with _refusing(planned, cells, "number"):
            for position in self.register.positions_in(unit, title, number):
                if self.register.is_free(position, from_date, but=person):
                    return Placing(unit, position.title, from_date, position, leaves=leaves)
                if number and position.number == number:
                    raise BadInput(
                        N_("The position number %(number)s is held by somebody else."), number=number
                    )
        with _refusing(planned, cells, "head"):
            if is_head and unit.id in self.register.headed:
                raise BadInput(
                    N_("“%(unit)s” already has a head: “%(position)s”."),
                    unit=unit.name,
                    position=self.register.headed[unit.id],
                )
        rank = Rank.HEAD if is_head else Rank.STAFF
        return Placing(unit, title, from_date, None, number, rank, leaves)

    def _unit(self, name: str, title: str) -> Unit:
        if not name:
            units = self.register.units_with(title)
            if len(units) == 1:
                return units[0]
            raise BadInput(N_("The unit is missing."))
        found = self.register.find_unit(name)
        if found is not None:
            return found
        near = get_close_matches(folded(name), self.register.unit_names, n=1, cutoff=0.7)
        if near:
            unit = self.register.unit_names[near[0]]
            raise BadInput(N_("There is no unit “%(unit)s”. Is “%(near)s” meant?"), unit=name, near=unit.name)
        raise BadInput(N_("There is no unit “%(unit)s”."), unit=name)


@contextmanager
def _refusing(planned: PlannedRow, cells: Mapping[str, str], code: str) -> Iterator[None]:
    """What is refused inside is a reason against the row, under the column and with what was typed in it."""
    try:
        yield
    except PortalError as error:
        typed = cells.get(code) or cells.get("full_name", "") if code == "first_name" else cells.get(code, "")
        planned.reasons.append(Reason(error.message, error.values, BY_CODE[code].header, typed))


def _phone(text: str) -> str:
    # A spreadsheet that takes it for a number drops the nought every Thai number begins with.
    return (
        f"0{text}" if text.isascii() and text.isdigit() and len(text) in (8, 9) and text[0] != "0" else text
    )


def _category(text: str) -> Category:
    plain = folded(text)
    if any(plain.startswith(folded(word)) for word in _ELECTED):
        return Category.ELECTED
    if any(plain.startswith(folded(word)) for word in _STAFF):
        return Category.STAFF
    raise BadInput(N_("This is neither staff (พนักงาน) nor elected (ฝ่ายการเมือง)."))


def _day(text: str) -> date:
    try:
        return read_date(text)
    except AmbiguousYear as error:
        raise BadInput(N_("Which year is meant? Write it as 2569 or 2026.")) from error
    except UnreadableDate as error:
        raise BadInput(N_("This can't be read as a date.")) from error


# How what was typed in a column is read; each refuses what it can't read.
_READ: dict[str, Callable[[str], Any]] = {
    "email": readable_email,
    "phone": _phone,
    "category": _category,
    "retirement_date": _day,
    "username": readable_username,
}


def carry_out(plan: ImportPlan, organisation: Unit, *, by: Person) -> Counter[Outcome]:
    """Do what the plan says, refused rows left out. The plan must have been made in this very transaction.

    Its rules were checked when it was made, so rows are written without asking again: a province has thousands.
    """
    if not (plan.counts[Outcome.NEW] or plan.counts[Outcome.CHANGE]):
        raise NothingToDo
    rows = [row for row in plan.rows if row.outcome in (Outcome.NEW, Outcome.CHANGE)]
    for row in rows:
        if row.person is None:
            row.person = Person(organisation_id=organisation.id, **row.values)
            session.add(row.person)
        else:
            for code, value in row.values.items():
                setattr(row.person, code, value)
        placing = row.placing
        if placing is not None and placing.position is None:
            placing.position = Position(
                organisation_id=organisation.id,
                unit_id=placing.unit.id,
                title=placing.title,
                number=placing.number,
                rank=placing.rank,
            )
            session.add(placing.position)
    session.flush()
    for row in rows:
        assert row.person is not None  # noqa: S101 - made above
        if row.placing is not None:
            _post(row.person, row.placing, is_new=row.outcome == Outcome.NEW)
        act = "person.create" if row.outcome == Outcome.NEW else "person.edit"
        record(act, row.person, by=by, source="import", row=row.number, fields=sorted(row.changes))
    session.flush()
    record(
        "organisation.import_people", organisation, by=by, **{str(key): n for key, n in plan.counts.items()}
    )
    return plan.counts


def _post(person: Person, placing: Placing, *, is_new: bool) -> None:
    for posting in () if is_new else person.postings:
        if posting.to_date is None or posting.to_date >= placing.from_date:
            posting.to_date = placing.from_date - timedelta(days=1)
    assert placing.position is not None  # noqa: S101 - made by the caller
    session.add(Posting(person_id=person.id, position_id=placing.position.id, from_date=placing.from_date))
