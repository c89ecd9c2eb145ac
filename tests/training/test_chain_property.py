"""Whatever the command line looks like, a report finds a way: up, or to the KM team, and never to its own reporter."""

import random

import pytest

from portal.db import session
from portal.people.models import ActingAppointment, Group, GroupKind, Person, Position, Posting, Rank
from portal.thai.dates import bangkok_today
from portal.training.routing import CHAIN_LOOPS, EMPTY_POST, HELD_BY_REPORTER, route_of
from tests.making import LONG_AGO, make_organisation, make_unit

LINES = 1_000


def random_line(rng: random.Random, organisation_id: int, unit_id: int, number: int) -> list[Person]:
    """Positions that name each other as superiors at random: gaps, circles, posts without anybody, acting heads."""
    posts = []
    for place in range(rng.randint(2, 7)):
        post = Position(
            organisation_id=organisation_id, unit_id=unit_id, title=f"ตำแหน่ง {number}-{place}", rank=Rank.STAFF
        )
        session.add(post)
        posts.append(post)
    session.flush()
    for post in posts:
        if rng.random() < 0.85:
            superior = rng.choice(posts)
            post.superior_id = superior.id if superior is not post else None
    people = []
    for place, post in enumerate(posts):
        if place and rng.random() < 0.25:
            continue  # nobody sits there
        person = Person(
            organisation_id=organisation_id, first_name=f"คน{number}-{place}", username=f"p{number}-{place}"
        )
        session.add(person)
        session.flush()
        session.add(Posting(person_id=person.id, position_id=post.id, from_date=LONG_AGO))
        people.append(person)
    for post in posts:
        if rng.random() < 0.2:
            acting = rng.choice(people)
            session.add(ActingAppointment(person_id=acting.id, position_id=post.id, from_date=LONG_AGO))
    session.flush()
    return people


@pytest.mark.usefixtures("app")
def test_every_one_of_a_thousand_random_command_lines_gives_a_way_without_the_reporter():
    organisation, unit = make_organisation(), make_unit("กอง")
    session.add(Group(name="ทีม", kind=GroupKind.KM_TEAM, organisation_id=organisation.id))
    session.commit()
    rng, today = random.Random(15), bangkok_today()  # noqa: S311 - crooked, not secret
    seen = {"loops": 0, "gaps": 0, "left out": 0, "acting": 0, "filing": 0}
    for number in range(LINES):
        people = random_line(rng, organisation.id, unit.id, number)
        author = people[0]
        reporters = {author.id, *(rng.sample([one.id for one in people], 1) if rng.random() < 0.3 else ())}
        route = route_of(author, reporters, today)
        assert route.asked, "there is always one who is asked"
        ids = [level.position.id for level in route.levels if level.position]
        assert len(ids) == len(set(ids)), "no level twice"
        for level in route.asked:
            assert level.incumbents.in_charge is None or level.incumbents.in_charge.id not in reporters
        seen["loops"] += any(level.note == CHAIN_LOOPS for level in route.levels)
        seen["gaps"] += any(level.note == EMPTY_POST for level in route.levels)
        seen["left out"] += any(level.note == HELD_BY_REPORTER for level in route.levels)
        seen["acting"] += any(level.incumbents.acting for level in route.levels)
        seen["filing"] += any(level.is_filing for level in route.levels)
        session.rollback()
    assert min(seen.values()) > 20, seen  # the lines were as crooked as they should be
