"""What is asked of everybody who comes back: the rules that ship with the portal, and those in force."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from portal.db import session
from portal.training.counting import counting_stands_still
from portal.training.models import Covers, Discharge, DutyRule

USUAL_DAYS: Final = 15
REPORT_RULE: Final = "report"

_TOWN: Final = (
    "แผนการจัดการความรู้ของเทศบาลตำบลปากน้ำท่าเรือ (ประชุมเห็นชอบ 15 พ.ย. 2556) ข้อ 17 แนวทางการติดตามและประเมิน ข้อ {}"
)
_TOWN_EN: Final = "KM plan of Paknam Tha Ruea Subdistrict Municipality (agreed on 15 Nov 2556 BE), section 17, follow-up rule {}"
_ONE_TOWN: Final = " เป็นแนวปฏิบัติของเทศบาลแห่งหนึ่ง ไม่ใช่กฎหมายที่ใช้กับทุกแห่ง หน่วยงานปรับจำนวนวันเองได้"
_ONE_TOWN_EN: Final = (
    ". It is what one town asks of its people, not a law for all; every organisation may set its own days"
)

# The rules by code. Each is put in once; whatever the organisation made of it since stays.
SHIPPED: Final[dict[str, dict[str, Any]]] = {
    REPORT_RULE: {
        "name": "รายงานผลการฝึกอบรม",
        "name_en": "Report on the training",
        "days": USUAL_DAYS,
        "covers": Covers.OUTSIDE,
        "discharged_by": Discharge.REPORT,
        "source": _TOWN.format(1) + _ONE_TOWN,
        "source_en": _TOWN_EN.format(1) + _ONE_TOWN_EN,
    },
    "record": {
        "name": "บันทึกการเข้ารับการพัฒนา",
        "name_en": "Record of the training",
        "days": USUAL_DAYS,
        "covers": Covers.EVERY,
        "discharged_by": Discharge.RECORD,
        "source": _TOWN.format(2) + _ONE_TOWN,
        "source_en": _TOWN_EN.format(2) + _ONE_TOWN_EN,
    },
    "interim": {
        "name": "รายงานความก้าวหน้าการศึกษาต่อ",
        "name_en": "Interim report on further study",
        "days": USUAL_DAYS,
        "covers": Covers.FURTHER_STUDY,
        "discharged_by": Discharge.INTERIM,
        "every_months": 6,
        "source": "ข้อเสนอของระบบนี้เอง ไม่ได้มาจากระเบียบหรือแผนของหน่วยงานใด หน่วยงานปรับหรือเลิกใช้ได้",
        "source_en": "Proposed by this portal itself, taken from no regulation or plan; the organisation may change or end it",
    },
}


def ship_rules(organisation_id: int) -> int:
    """Put in those of the shipped rules that the organisation never had; answers how many. What it changed or ended stays
    as it is."""
    counting_stands_still(organisation_id, changes=True)
    known = set(session.scalars(select(DutyRule.code).where(DutyRule.organisation_id == organisation_id)))
    missing = [rule for rule in _shipped(organisation_id) if rule.code not in known]
    session.add_all(missing)
    session.flush()
    return len(missing)


def rules_in_force(organisation_id: int) -> list[DutyRule]:
    """The rules by which duties are made now. An organisation that has none at all gets those that ship."""
    if not _rules(organisation_id):
        ship_rules(organisation_id)
    return open_rules(organisation_id)


def open_rules(organisation_id: int) -> list[DutyRule]:
    """The rules that were not ended, the shipped ones first."""
    return [rule for rule in all_rules(organisation_id) if rule.ended_at is None]


def all_rules(organisation_id: int) -> Sequence[DutyRule]:
    """Every rule of the organisation, also those that were ended. Before the first training it may have none: then
    those that will ship, which are no rows of the database yet."""
    return _rules(organisation_id) or _shipped(organisation_id)


def report_days(organisation_id: int) -> int:
    """How many days the organisation gives for the report on a training."""
    days = (rule.days for rule in all_rules(organisation_id) if rule.code == REPORT_RULE)
    return next(days, USUAL_DAYS)


def is_shipped(rule: DutyRule) -> bool:
    """Whether it came with the portal."""
    return rule.code in SHIPPED


def _rules(organisation_id: int) -> Sequence[DutyRule]:
    return session.scalars(
        select(DutyRule).where(DutyRule.organisation_id == organisation_id).order_by(DutyRule.id)
    ).all()


def _shipped(organisation_id: int) -> list[DutyRule]:
    return [DutyRule(organisation_id=organisation_id, code=code, **rule) for code, rule in SHIPPED.items()]
