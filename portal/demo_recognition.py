"""What the people of the demonstration town can be asked about, who confirms it, and whom the town honoured."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.expertise.tagging import add_tag, confirm
from portal.people.models import Person
from portal.recognition.awarding import honour


def load_expertise(people: Mapping[str, Person], given: Iterable[Mapping[str, Any]]) -> None:
    """As town.yaml says."""
    for one in given:
        tag = add_tag(people[one["who"]], one["tag"])
        for username in one.get("confirmed_by", ()):
            confirm(tag, by=people[username])


def load_awards(people: Mapping[str, Person], given: Iterable[Mapping[str, Any]]) -> None:
    """Those given by hand; what is earned by a rule the worker finds by itself."""
    for number, one in enumerate(given):
        honour(people[one["who"]], by=people[one["by"]], reason=one["reason"], send_key=f"town-{number}")
