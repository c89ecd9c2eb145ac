"""Who may know about something, and why."""

import pytest

from portal.communities.joining import belong, leave
from portal.communities.talking import accept_answer, reply
from portal.communities.thread_models import ThreadKind
from portal.db import now, session
from portal.expertise.finding import Sort, people_for
from portal.expertise.tagging import add_tag, confirm, remove_tag
from portal.items.models import Post
from portal.items.posting import hide_post, write_post
from portal.items.talk_models import Reaction, ReactionSort
from portal.outbox.models import OutboxEntry
from portal.people.models import Openness
from tests.communities.making import make_community, make_thread
from tests.indexing import index_all
from tests.making import make_asset, make_organisation, make_person, make_unit
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def somchai(app):
    """Who asks, in a town where nobody has written anything."""
    with app.test_request_context():
        make_organisation()
        yield make_person("สมชาย")


def answered(author, asker, *, community=None, title="จัดซื้อรถขยะต้องมีคนเสนอราคากี่ราย"):
    """A question of somebody, which the author answered to his satisfaction."""
    community = community or make_community(by=asker)
    thread = make_thread(title, community=community, by=asker)
    belong(community, author, by=author)
    accept_answer(thread, reply(thread, by=author, text="สามรายขึ้นไป"), by=asker)
    session.commit()
    return thread


def thread_reply(thread, number):
    return session.query(Post).filter_by(item_id=thread.id, number=number).one()


def found(topic, viewer, **more):
    return {one.person.first_name: one for one in people_for(topic, viewer, **more)}


def test_somebody_is_found_by_what_he_wrote_and_it_is_said_what_that_is(somchai, settings):
    writer = make_person("มานี")
    asset = make_asset("คู่มือจัดซื้อรถขยะ", author=writer)
    make_asset("ปลูกผักสวนครัว", author=make_person("ปิติ"))
    index_all(settings)
    experts = found("จัดซื้อ", somchai)
    assert list(experts) == ["มานี"]
    assert [one.title for one in experts["มานี"].works[Sort.ASSET]] == [asset.title]


def test_an_answer_that_was_accepted_counts_for_who_gave_it_before_the_question(somchai, settings):
    asker, author = make_person("ชูใจ"), make_person("มานี")
    thread = answered(author, asker)
    index_all(settings)
    experts = found("จัดซื้อรถขยะ", somchai)
    assert list(experts) == ["มานี", "ชูใจ"]
    (work,) = experts["มานี"].works[Sort.ANSWER]
    assert (work.id, work.post) == (thread.id, 1)
    assert list(experts["ชูใจ"].works) == [Sort.QUESTION]
    assert [experts[name].has_only_asked for name in ("มานี", "ชูใจ")] == [False, True]


def test_who_answers_his_own_question_has_answered_nobody(somchai, settings):
    asker = make_person("ชูใจ")
    answered(asker, asker)
    index_all(settings)
    assert list(found("จัดซื้อรถขยะ", somchai)["ชูใจ"].works) == [Sort.QUESTION]


def test_a_story_told_counts_as_a_contribution(somchai, settings):
    make_thread("จัดซื้อครั้งแรกของฉัน", by=make_person("มานี"), kind=ThreadKind.TOLD_STORY)
    index_all(settings)
    assert list(found("จัดซื้อ", somchai)["มานี"].works) == [Sort.TALK]


def test_who_replied_is_found_by_what_he_said_and_not_who_opened_the_thread(somchai, settings):
    asker, author, beside = make_person("ชูใจ"), make_person("มานี"), make_person("ปิติ")
    thread = make_thread("ปลายปีแล้วค่าไฟยังขาดอีก", community=make_community(by=asker), by=asker)
    for one, text in ((beside, "ของเราก็ขาด"), (author, "ลองขอใช้เงินสะสม ทำบันทึกถึงสภา")):
        belong(thread.community, one, by=one)
        reply(thread, by=one, text=text)
    session.commit()
    index_all(settings)
    experts = found("เงินสะสม", somchai)
    assert list(experts) == ["มานี"]
    (work,) = experts["มานี"].works[Sort.TALK]
    assert (work.id, work.post) == (thread.id, 2)
    accept_answer(thread, thread_reply(thread, 1), by=asker)  # accepted, and about something else
    session.commit()
    index_all(settings)
    assert list(found("เงินสะสม", somchai)) == ["มานี"]
    accept_answer(thread, thread_reply(thread, 2), by=asker)
    session.commit()
    index_all(settings)
    assert list(found("เงินสะสม", somchai)["มานี"].works) == [Sort.ANSWER]


def test_who_opened_the_thread_counts_beside_who_replied_where_the_title_is_about_it(somchai, settings):
    asker, author = make_person("ชูใจ"), make_person("มานี")
    thread = make_thread("จัดซื้อรถขยะ", community=make_community(by=asker), by=asker, text="ขอคำแนะนำ")
    belong(thread.community, author, by=author)
    reply(thread, by=author, text="จัดซื้อรถขยะของเราใช้วิธีประกวดราคา")
    session.commit()
    index_all(settings)
    experts = found("จัดซื้อรถขยะ ประกวดราคา", somchai)
    assert [(name, list(one.works)) for name, one in experts.items()] == [
        ("มานี", [Sort.TALK]),
        ("ชูใจ", [Sort.QUESTION]),
    ]


def test_a_comment_counts_for_who_wrote_it_and_use_of_it_for_him(somchai, settings):
    writer, commenter = make_person("มานี"), make_person("ปิติ")
    asset = make_asset("คู่มือประปา", "เรื่องทั่วไป", author=writer)
    comment = write_post(asset, by=commenter, text="อะไหล่ปั๊มซื้อที่ร้านหน้าตลาด")
    for post_id in (comment.id, None):
        session.add(
            Reaction(
                item_id=asset.id,
                post_id=post_id,
                person_id=somchai.id,
                sort=ReactionSort.USED,
                how="ทำตามแล้วได้",
            )
        )
    session.commit()
    index_all(settings)
    experts = found("อะไหล่ปั๊ม", somchai)
    assert [(name, one.used, list(one.works)) for name, one in experts.items()] == [("ปิติ", 1, [Sort.OTHER])]
    assert list(found("คู่มือประปา", somchai)) == ["มานี", "ปิติ"]  # he knows of it by what was used of him


def test_what_was_hidden_speaks_for_nobody_though_the_index_has_it_still(app, somchai, settings):
    thread = make_thread("ปลายปีแล้วค่าไฟยังขาดอีก", by=make_person("ชูใจ"))
    post = reply(thread, by=thread.author, text="ลองขอใช้เงินสะสม")
    session.commit()
    index_all(settings)
    assert list(found("เงินสะสม", somchai)) == ["ชูใจ"]
    hide_post(post, by=thread.author, reason="")
    session.query(OutboxEntry).delete()
    session.commit()
    assert found("เงินสะสม", somchai) == {}


def test_what_lies_in_a_closed_community_counts_for_its_members_alone(somchai, settings):
    asker, author = make_person("ชูใจ"), make_person("มานี")
    answered(author, asker, community=make_community(openness=Openness.CLOSED, by=asker))
    index_all(settings)
    assert found("จัดซื้อรถขยะ", somchai) == {}
    assert "มานี" in found("จัดซื้อรถขยะ", asker)


def test_what_is_open_to_another_unit_counts_for_nobody_else(somchai, settings):
    unit = make_unit("กองคลัง")
    make_asset("คู่มือจัดซื้อรถขยะ", author=make_person("มานี", unit=unit), unit=unit, readers="unit")
    index_all(settings)
    assert found("จัดซื้อ", somchai) == {}
    assert "มานี" in found("จัดซื้อ", make_person("ชูใจ", unit=unit))


def test_who_has_left_is_not_shown(somchai, settings):
    writer = make_person("มานี")
    make_asset("คู่มือจัดซื้อรถขยะ", author=writer)
    add_tag(writer, "จัดซื้อ")
    index_all(settings)
    writer.deactivated_at = now()
    session.commit()
    assert found("จัดซื้อ", somchai) == {}


@pytest.mark.parametrize(
    ("tag", "topic"),
    [
        ("จัดซื้อจัดจ้าง", "จัดซื้อ"),
        ("จัดซื้อ", "จัดซื้อจัดจ้างด้วยวิธีเฉพาะเจาะจงทำอย่างไร"),
        ("ระบบ e-GP", "E GP"),
        ("พ.ร.บ. ข้อมูลข่าวสาร ๒๕๔๐", "พ.ร.บ.ข้อมูลข่าวสาร 2540"),
    ],
)
def test_somebody_is_found_by_what_he_says_he_knows(somchai, settings, tag, topic):
    add_tag(make_person("มานี"), tag)
    index_all(settings)
    assert [one.tag for one in found(topic, somchai)["มานี"].subjects] == [tag]


def test_a_tag_about_something_else_finds_nobody(somchai, settings):
    add_tag(make_person("มานี"), "ภาษีที่ดินและสิ่งปลูกสร้าง")
    index_all(settings)
    assert found("ภาษีป้าย", somchai) == {}


def test_a_tag_that_colleagues_confirmed_goes_before_one_that_nobody_did(somchai, settings):
    alone, confirmed = make_person("กอบ"), make_person("มานี")
    add_tag(alone, "จัดซื้อ")
    tag = add_tag(confirmed, "จัดซื้อ")
    for name in ("ชูใจ", "ปิติ"):
        confirm(tag, by=make_person(name))
    index_all(settings)
    experts = found("จัดซื้อ", somchai)
    assert list(experts) == ["มานี", "กอบ"]
    assert experts["มานี"].subjects[0].confirmed == 2
    remove_tag(tag)
    session.commit()
    assert list(found("จัดซื้อ", somchai)) == ["กอบ"]


def test_what_colleagues_used_counts_and_what_one_used_oneself_does_not(somchai, settings):
    used, boasted = make_person("มานี"), make_person("กอบ")
    assets = [make_asset(f"คู่มือจัดซื้อ {one.first_name}", author=one) for one in (boasted, used)]
    session.add_all(
        Reaction(item_id=asset.id, person_id=person.id, sort=ReactionSort.USED, how="ทำตามแล้วผ่าน")
        for asset, person in ((assets[1], somchai), (assets[1], used), (assets[0], boasted))
    )
    index_all(settings)
    experts = found("จัดซื้อ", somchai)
    assert [(name, one.used) for name, one in experts.items()] == [("มานี", 1), ("กอบ", 0)]


def test_a_question_is_offered_to_those_alone_who_may_read_it_and_not_to_who_asked(somchai, settings):
    member, outsider, gone = make_person("มานี"), make_person("กอบ"), make_person("ปิติ")
    community = make_community(openness=Openness.CLOSED, by=somchai)
    for one in (member, gone):
        belong(community, one, by=one)
    thread = make_thread("จัดซื้อรถขยะ", community=community, by=somchai)
    for one in (member, outsider, gone, somchai):
        make_asset(f"คู่มือจัดซื้อของ {one.first_name}", author=one)
    leave(community, gone, by=gone)
    index_all(settings)
    assert list(found(thread.title, None, readers_of=thread, without=[somchai.id])) == ["มานี"]


def test_who_wrote_of_a_part_of_a_long_question_is_found_where_nobody_wrote_of_it_all(somchai, settings):
    make_asset("คู่มือจัดซื้อครุภัณฑ์", author=make_person("มานี"))
    make_asset("ปลูกผักสวนครัว", author=make_person("ปิติ"))
    index_all(settings)
    assert list(found("ถ้าจัดซื้อรถดับเพลิงแล้วผู้ขายส่งช้ากว่ากำหนดต้องทำหนังสืออะไร", somchai)) == ["มานี"]


def test_without_anybody_who_asks_nobody_is_found(somchai, settings):
    make_asset("คู่มือจัดซื้อรถขยะ", author=make_person("มานี"))
    index_all(settings)
    assert people_for("จัดซื้อ") == []


@pytest.mark.parametrize("topic", ["", " ", "…", "ที่ และ ของ", "%", "_", "ก" * 5000, '"', "-", "kind:manual"])
def test_a_topic_that_says_nothing_gives_no_error(somchai, settings, topic):
    add_tag(make_person("มานี"), "จัดซื้อ")
    index_all(settings)
    assert people_for(topic, somchai) == []


def test_however_much_is_found_the_database_is_asked_as_often(somchai, settings, count_queries):
    def asked():
        index_all(settings)
        session.expire_all()
        people_for("จัดซื้อ", somchai)  # what is remembered of people is
        with count_queries() as statements:
            people_for("จัดซื้อ", somchai)
        return len(statements)

    asker = make_person("ชูใจ")
    community = make_community(by=asker)

    def contribute(name):
        author = make_person(name)
        make_asset(f"คู่มือจัดซื้อ {name}", author=author)
        answered(author, asker, community=community, title=f"จัดซื้อ {name}")
        tag = add_tag(author, "จัดซื้อ")
        confirm(tag, by=asker)
        session.commit()

    contribute("มานี")
    few = asked()
    for name in ("กอบ", "ขวัญ", "คำ", "งาม", "จันทร์", "ฉวี", "ชม", "ซ่อนกลิ่น"):
        contribute(name)
    assert asked() <= few <= 20
