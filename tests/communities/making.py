"""Makers of communities, valid by default; what a test is about is named in the test."""

from portal.communities.founding import About, found_community
from portal.communities.joining import belong
from portal.communities.models import Community
from portal.communities.talking import start_thread
from portal.communities.thread_models import Thread, ThreadKind
from portal.db import session
from portal.people.models import Openness, Person
from tests.making import make_organisation, make_person


def make_community(
    name: str = "ชุมชนนักปฏิบัติงานพัสดุ",
    *,
    openness: Openness = Openness.OPEN,
    by: Person | None = None,
    purpose: str = "จัดซื้อถูกระเบียบตั้งแต่ครั้งแรก",
) -> Community:
    """A community whose founder facilitates it. A closed one may bear the name of another."""
    community = found_community(
        make_organisation(),
        About(name=name, purpose=purpose, openness=openness),
        by=by or make_person("อำนวย"),
    )
    session.commit()
    return community


def make_thread(
    title: str = "ใช้ใบสั่งซื้อแทนสัญญาได้ไหม",
    *,
    community: Community | None = None,
    by: Person | None = None,
    kind: ThreadKind = ThreadKind.QUESTION,
    text: str = "วงเงินสี่แสนบาท ส่งของภายในสิบห้าวัน",
) -> Thread:
    """A thread by the community's founder, or by somebody who is made a member for it."""
    community = community or make_community()
    author = by or community.founded_by
    belong(community, author, by=author)
    thread = start_thread(community, by=author, kind=kind, title=title, text=text)
    session.commit()
    return thread
