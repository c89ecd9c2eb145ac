"""Who stands around a text that somebody reports."""

from dataclasses import dataclass

from portal.communities.joining import belong, take_part
from portal.communities.models import Community, Part
from portal.communities.talking import reply
from portal.communities.thread_models import Thread
from portal.db import session
from portal.items.models import Post
from portal.people.models import GroupKind, Openness, Person
from tests.communities.making import make_community, make_thread
from tests.making import make_admin, make_group, make_organisation, make_person


@dataclass
class Cast:
    """A community with a facilitator, a sponsor and two members, one of whom wrote the reply; and those around it."""

    community: Community
    thread: Thread
    post: Post
    facilitator: Person
    sponsor: Person
    author: Person
    member: Person
    stranger: Person
    km_team: Person
    admin: Person

    def all(self) -> dict[str, Person | None]:
        people = ("facilitator", "sponsor", "author", "member", "stranger", "km_team", "admin")
        return {"public": None, **{name: getattr(self, name) for name in people}}


def make_cast(openness: Openness = Openness.OPEN, text: str = "ไม่รู้เรื่องอย่าพูด") -> Cast:
    make_organisation()
    facilitator, sponsor = make_person("อำนวย"), make_person("เอื้อ")
    author, member = make_person("สมชาย"), make_person("มาลี")
    community = make_community(openness=openness, by=facilitator)
    for one in (sponsor, author, member):
        belong(community, one, by=one)
    take_part(community, sponsor, Part.SPONSOR, by=facilitator)
    thread = make_thread(community=community, by=member)
    post = reply(thread, by=author, text=text)
    session.commit()
    return Cast(
        community,
        thread,
        post,
        facilitator,
        sponsor,
        author,
        member,
        stranger=make_person("คนนอก"),
        km_team=make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),)),
        admin=make_admin(),
    )
