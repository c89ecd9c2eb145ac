"""The communities of the demonstration town."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.communities.founding import About, found_community
from portal.communities.joining import GIVEN_PART, ask_to_join, belong, take_part
from portal.communities.models import Community, Part
from portal.communities.talking import accept_answer, reply, start_thread
from portal.communities.thread_models import ThreadKind
from portal.db import session
from portal.moderation.models import Reason
from portal.moderation.reporting import report
from portal.notices.telling import take_back
from portal.people.models import Openness, Person, Unit
from portal.plan.models import Goal, Plan


def load_communities(
    organisation: Unit, people: Mapping[str, Person], given: Iterable[Mapping[str, Any]]
) -> None:
    """Found what town.yaml says in a town that was just built."""
    plan = session.query(Plan).filter_by(organisation_id=organisation.id).order_by(Plan.id).first()
    goals: dict[int, Goal] = {goal.number: goal for goal in plan.goals} if plan else {}
    for one in given:
        founder = people[one["founder"]]
        about = About(
            name=one["name"],
            name_en=one["name_en"],
            purpose=one["purpose"],
            openness=Openness(one["openness"]),
            step=one["step"],
            goal_id=goals[one["goal"]].id if "goal" in one else None,
        )
        community = found_community(organisation, about, by=founder)
        for part, usernames in one["parts"].items():
            for username in usernames:
                belong(community, people[username], by=founder)
                take_part(community, people[username], Part(part), by=founder)
        for username in one["members"]:
            belong(community, people[username], by=people[username])
        for username in one.get("asked", ()):
            ask_to_join(community, people[username], "ดูแลสุขภาพเด็กในศูนย์อยู่ อยากฟังว่าครูเจออะไรบ้าง")
        take_back(GIVEN_PART, community)  # told long ago
        for thread in one.get("threads", ()):
            _talk(community, thread, people)


def _talk(community: Community, given: Mapping[str, Any], people: Mapping[str, Person]) -> None:
    thread = start_thread(
        community,
        by=people[given["by"]],
        kind=ThreadKind(given["kind"]),
        title=given["title"],
        text=given["text"],
    )
    for reply_given in given.get("replies", ()):
        post = reply(thread, by=people[reply_given["by"]], text=reply_given["text"])
        if "reported" in reply_given:
            report(
                thread,
                post,
                by=people[reply_given["reported"]["by"]],
                reason=Reason.WRONG,
                words=reply_given["reported"]["words"],
            )
        if reply_given.get("is_answer"):
            accept_answer(thread, post, by=people[given["by"]])
