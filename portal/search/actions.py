"""Actions as results: for a question that asks to do something, the page where it is done, shown above what was found.

Each action knows the words that ask for it and to whom it is offered; what it leads to is a page that this person may open.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import regex

from portal.communities.listing import communities_of
from portal.db import session
from portal.knowledge.permissions import can_write
from portal.people.models import Person
from portal.plan.permissions import can_plan
from portal.plan.running import plans_of_year, this_fiscal_year
from portal.search.query import SearchQuery
from portal.templating import in_language, number, page_url, show_date, year
from portal.thai.clusters import length
from portal.thai.dates import bangkok_today
from portal.thai.normalising import normalise
from portal.training.accounts import SOON_DAYS
from portal.training.asking import waiting_for
from portal.training.models import Discharge, Duty
from portal.training.oversight import oversees, units_led
from portal.training.own import owed_by
from portal.training.permissions import can_enter
from portal.training.register_states import REPORTS, LineState
from portal.translating import N_, gettext, ngettext

MOST: Final = 3
SHORTEST: Final = 3  # letters typed, as a reader counts them
LONGEST: Final = 80  # characters; what is longer asks for knowledge

_BLANKS: Final = regex.compile(r"\s+")


@dataclass(frozen=True)
class Offer:
    """What is offered: `note` says about what, `tag` with its state (late, soon or empty) how it stands. With `sends` the
    address is asked by a form that sends these fields."""

    title: str
    button: str
    url: str
    note: str = ""
    tag: str = ""
    state: str = ""
    sends: dict[str, str] | None = field(default=None, hash=False)


# What is offered to the person, or to the public; None when it is not for him.
Make = Callable[[Person | None], Offer | None]


@dataclass(frozen=True)
class Action:
    """`asks`: ways to ask for it, each the parts ("+" between them) that all stand in the question, in any order."""

    asks: tuple[str, ...]
    make: Make

    def fits(self, asked: str) -> int:
        """How many letters of the question ask for this; 0 when nothing does."""
        ways = (way.split("+") for way in self.asks)
        return max(
            (sum(map(len, parts)) for parts in ways if all(part in asked for part in parts)), default=0
        )

    def begins(self, typed: str) -> int:
        """How many letters of a way to ask for this were typed; 0 when none begins so."""
        return len(typed) if any(way.replace("+", "").startswith(typed) for way in self.asks) else 0


def offers_for(query: SearchQuery, person: Person | None) -> list[Offer]:
    """What this question asks to do and this person, or the public, can: the plainest asked first, three at most."""
    asked = _BLANKS.sub("", normalise(query.sought))
    if not asked or len(asked) > LONGEST or query.page > 1:
        return []
    return _made({at: action.fits(asked) for at, action in enumerate(ACTIONS)}, person, MOST)


def offers_begun(typed: str, person: Person | None, most: int) -> list[Offer]:
    """The same while somebody types: also what he has begun to ask for."""
    asked = _BLANKS.sub("", normalise(typed))
    if length(asked) < SHORTEST or len(asked) > LONGEST:
        return []
    fits = {at: action.fits(asked) or action.begins(asked) for at, action in enumerate(ACTIONS)}
    return _made(fits, person, most)


def _made(fits: Mapping[int, int], person: Person | None, most: int) -> list[Offer]:
    offers: list[Offer] = []
    for at in sorted((at for at, letters in fits.items() if letters), key=lambda at: (-fits[at], at)):
        offer = ACTIONS[at].make(person) if len(offers) < most else None
        if offer is not None:
            offers.append(offer)
    return offers


def _page(
    title: str, endpoint: str, allowed: Callable[[Person], bool] = lambda _person: True, **values: str
) -> Make:
    """A page for those of the staff who may."""

    def make(person: Person | None) -> Offer | None:
        if person is None or not allowed(person):
            return None
        return Offer(gettext(title), gettext("Open"), page_url(endpoint, **values))

    return make


def _write_report(person: Person | None) -> Offer | None:
    """The report that is due first, or where one's trainings are."""
    if person is None or not can_enter(person):
        return None
    duty = next((duty for duty in owed_by(person) if duty.discharged_by in REPORTS), None)
    if duty is None:
        note = gettext("You owe no report at the moment. A training that is not here yet is entered first.")
        return Offer(
            gettext("Write a training report"),
            gettext("My trainings"),
            page_url("training.my_trainings"),
            note,
        )
    address = page_url("training.new_report", participation_id=duty.participation_id)
    return _about(duty, gettext("Write the report"), address, sends={"term": str(duty.term or "")})


def _record_training(person: Person | None) -> Offer | None:
    """The training that is to be recorded first, or a new one."""
    if person is None or not can_enter(person):
        return None
    duty = next((duty for duty in owed_by(person) if duty.discharged_by == Discharge.RECORD), None)
    if duty is None:
        return Offer(gettext("Enter a training"), gettext("Enter"), page_url("training.new_training"))
    where = {"training_id": duty.participation.training_id, "participation_id": duty.participation_id}
    return _about(duty, gettext("Record it"), page_url("training.record_participation", **where))


def _about(duty: Duty, button: str, url: str, sends: dict[str, str] | None = None) -> Offer:
    left = (duty.due_on - bangkok_today()).days
    if left < 0:
        tag = ngettext("%(num)s day late", "%(num)s days late", -left, num=number(-left))
    else:
        tag = (
            ngettext("%(num)s day left", "%(num)s days left", left, num=number(left))
            if left
            else gettext("due today")
        )
    note = gettext("due %(day)s", day=show_date(duty.due_on, "weekday"))
    title = (
        gettext("Your report: %(training)s", training=duty.participation.training.title)
        if sends
        else duty.participation.training.title
    )
    state = "late" if left < 0 else "soon" if left <= SOON_DAYS else "plain"
    return Offer(title, button, url, note, tag, state, sends)


def _my_due_dates(person: Person | None) -> Offer | None:
    if person is None:
        return None
    owed = owed_by(person)
    note = gettext("Nothing is due.")
    if owed:
        note = ngettext(
            "%(num)s open, the first due %(day)s",
            "%(num)s open, the first due %(day)s",
            len(owed),
            num=number(len(owed)),
            day=show_date(owed[0].due_on),
        )
    return Offer(gettext("My due dates"), gettext("Open"), page_url("training.my_trainings"), note)


def _plan_of_this_year(person: Person | None) -> Offer | None:
    if person is None:
        return None
    this_year = this_fiscal_year()
    title = gettext("KM plan of %(year)s", year=year(this_year))
    if plans_of_year(person.organisation_id, this_year):
        return Offer(title, gettext("Open"), page_url("plan.show_year", year=this_year))
    note = gettext("There is none yet.")
    return Offer(title, gettext("All plans"), page_url("plan.list_plans"), note)


def _coverage(person: Person | None) -> Offer | None:
    plans = plans_of_year(person.organisation_id, this_fiscal_year()) if person else []
    if not plans:
        return None
    address = page_url("evidence.show_coverage", plan_id=plans[0].id)
    return Offer(
        gettext("Coverage map: evidence by goal and step"),
        gettext("Open"),
        address,
        year(plans[0].fiscal_year),
    )


def _waiting(person: Person | None) -> Offer | None:
    steps = waiting_for(person, bangkok_today()) if person else []
    if not steps:
        return None
    note = ngettext("%(num)s report waits", "%(num)s reports wait", len(steps), num=number(len(steps)))
    return Offer(
        gettext("Waiting for your endorsement"), gettext("Open"), page_url("training.list_waiting"), note
    )


def _start_thread(person: Person | None) -> Offer | None:
    """In the only community one belongs to; else where they are listed, to choose or to join one."""
    if person is None:
        return None
    mine = communities_of(person, mine=True)
    if len(mine) == 1:
        address = page_url("threads.start", community_id=mine[0].community.id)
        name = in_language(mine[0].community.group, "name")
        return Offer(gettext("Start a thread"), gettext("Write"), address, name)
    address = page_url("communities.list_communities", state="mine" if mine else None)
    return Offer(gettext("Start a thread"), gettext("Choose a community"), address)


def _forgotten_password(person: Person | None) -> Offer | None:
    if person is not None:
        return Offer(gettext("Change password"), gettext("Open"), page_url("people.change_password"))
    return Offer(gettext("Forgotten your password?"), gettext("Open"), page_url("people.forgotten_password"))


def _seven_steps(_person: Person | None) -> Offer:
    return Offer(
        gettext("The seven steps of KM, one by one"), gettext("Open"), page_url("plan.show_step", code="KM1")
    )


def _chases(person: Person) -> bool:
    """Sees what others owe: of the whole organisation, or of the units he leads."""
    return oversees(person) or session.scalar(units_led(person).limit(1)) is not None


ACTIONS: Final = (
    Action(
        (
            "รายงาน+อบรม",
            "รายงาน+สัมมนา",
            "รายงาน+ดูงาน",
            "แบบรายงาน",
            "เขียนรายงาน",
            "ส่งรายงาน",
            "trainingreport",
            "writereport",
            "writea+report",
            "submit+report",
        ),
        _write_report,
    ),
    Action(
        ("บันทึก+อบรม", "เพิ่ม+อบรม", "ลง+ข้อมูล+อบรม", "record+training", "enter+training", "addtraining"),
        _record_training,
    ),
    Action(
        (
            "ครบกำหนด",
            "กำหนดส่ง",
            "งานค้าง",
            "งานของฉัน",
            "ของฉัน+ค้าง",
            "วันสุดท้าย+รายงาน",
            "duedate",
            "deadline",
            "myduties",
            "overdue",
        ),
        _my_due_dates,
    ),
    Action(
        (
            "แผนปีนี้",
            "แผนkm",
            "แผนของปีนี้",
            "แผนการจัดการความรู้",
            "kmplan",
            "planofthisyear",
            "thisyear+plan",
            "knowledgemanagementplan",
        ),
        _plan_of_this_year,
    ),
    Action(
        ("ทำแผนkm", "ทำแผนการจัดการความรู้", "เพิ่มแผน", "สร้างแผน", "makeaplan", "newplan"),
        _page(N_("Make a plan"), "plan.make_plan", can_plan),
    ),
    Action(
        ("หลักฐาน+km", "หลักฐาน+การจัดการความรู้", "หลักฐาน+lpa", "ความครอบคลุม", "coverage", "evidence+km"),
        _coverage,
    ),
    Action(
        (
            "เขียน+ความรู้",
            "เขียนคู่มือ",
            "เพิ่มความรู้",
            "เพิ่มคู่มือ",
            "สร้างคู่มือ",
            "เขียนบทความ",
            "เขียนเรื่องเล่า",
            "write+manual",
            "newmanual",
            "writeknowledge",
            "addknowledge",
        ),
        _page(N_("Write down knowledge"), "knowledge.write_asset", can_write),
    ),
    Action(
        (
            "ใครยังไม่ส่ง",
            "ยังไม่ส่งรายงาน",
            "ยังไม่รายงาน",
            "ค้างส่ง",
            "ค้างรายงาน",
            "ไม่ส่งรายงาน",
            "notreported",
            "latereport",
            "missingreport",
        ),
        _page(N_("Who has not yet reported"), "training.show_register", _chases, state=LineState.OVERDUE),
    ),
    Action(("รออนุมัติ", "รอลงนาม", "รอความเห็น", "รอพิจารณา", "waiting+endorse", "toendorse"), _waiting),
    Action(
        ("ทะเบียน+อบรม", "trainingregister", "registeroftraining"),
        _page(N_("Register of trainings"), "training.show_register"),
    ),
    Action(
        ("สรุป+อบรม", "สถิติ+อบรม", "trainingfigures", "trainingstatistics"),
        _page(N_("Figures of trainings"), "training.show_figures"),
    ),
    Action(("วันหยุด", "holiday"), _page(N_("Holidays"), "training.list_holidays")),
    Action(
        ("ปฏิทิน", "calendar"), _page(N_("My due dates in a calendar"), "profiles.my_page", _anchor="calendar")
    ),
    Action(
        ("รายชื่อบุคลากร", "รายชื่อพนักงาน", "เบอร์โทร", "ทำเนียบ", "listofpeople", "staffdirectory"),
        _page(N_("People"), "profiles.list_people"),
    ),
    Action(
        ("ตั้งกระทู้", "ถามชุมชน", "ถามเพื่อนร่วมงาน", "เว็บบอร์ด", "startathread", "newthread", "askthecommunity"),
        _start_thread,
    ),
    Action(
        ("ชุมชนนักปฏิบัติ", "ชุมชนของฉัน", "cop", "communities", "communityofpractice"),
        _page(N_("Communities of practice"), "communities.list_communities"),
    ),
    Action(
        ("ความรู้ที่ต้องการ", "ขอความรู้", "ต้องการความรู้", "knowledge+wanted", "weneed+knowledge"),
        _page(N_("Knowledge that is wanted"), "search.list_needs"),
    ),
    Action(
        ("การค้นหาที่บันทึก", "คำค้นที่บันทึก", "savedsearch"),
        _page(N_("Saved searches"), "search.list_saved"),
    ),
    Action(("รหัสผ่าน", "password"), _forgotten_password),
    Action(("7ขั้นตอน", "เจ็ดขั้นตอน", "ขั้นตอนkm", "ขั้นตอนการจัดการความรู้", "kmsteps", "sevensteps"), _seven_steps),
)
