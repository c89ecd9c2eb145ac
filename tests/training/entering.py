"""What a form of a new training sends, valid unless a test says otherwise."""

from datetime import date, timedelta
from typing import Any

from portal.thai.dates import bangkok_today

DAY = date(2026, 10, 1)


def typed_day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year + 543}"


def training_form(**typed: Any) -> dict[str, Any]:
    """A course of two days outside, back five days ago, for twelve hours."""
    back = bangkok_today() - timedelta(days=5)
    return {
        "title": "การจัดทำแผนพัฒนาท้องถิ่น",
        "kind": "course",
        "where": "outside",
        "start_date": typed_day(back - timedelta(days=1)),
        "end_date": typed_day(back),
        "return_date": "",
        "hours": "12",
        "step": "KM2",
        "goal": "",
        "action": "save",
        **typed,
    }
