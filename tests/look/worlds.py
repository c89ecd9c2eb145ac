"""Two towns with everything in them, one in which all that people wrote is English, one in which it is Thai.

What a page shows beside their words is the portal's own, so a letter of the other language gives a missing translation
away. `EXAMPLES` says with which arguments each route is opened; a route with parameters and no example fails the crawl.
"""

import html
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from portal import db, templating, translating
from portal.app import create_app
from portal.communities.carrying import merge_thread, move_thread, split_thread
from portal.communities.founding import About, close_down, found_community
from portal.communities.joining import ask_to_join, belong, take_part
from portal.communities.models import Community, Part
from portal.communities.pinning import pin_thread
from portal.communities.poll_models import Poll
from portal.communities.polling import end_poll, start_poll, vote
from portal.communities.talking import accept_answer, edit_opening, lock_thread, reply, start_thread
from portal.communities.thread_models import Thread, ThreadKind
from portal.communities.threads import POSTS_A_PAGE
from portal.config import Settings
from portal.db import now, session
from portal.documents.columns import pack, read_columns
from portal.documents.sheets import read_table
from portal.drafts.keeping import keep
from portal.expertise.tagging import add_tag, confirm
from portal.files.storing import receive
from portal.items.attaching import attach
from portal.items.listed_words import list_words
from portal.items.models import Origin, Post
from portal.items.order_models import Because, Handling, HeldText
from portal.items.posting import hide_post, quoted, rewrite_post, write_post
from portal.items.publishing import retire
from portal.items.reacting import react
from portal.items.talk_models import Reaction, ReactionSort
from portal.knowledge.models import AssetKind, KnowledgeAsset, KnowledgeForm
from portal.knowledge.writing import save as save_asset
from portal.mail.writing import write
from portal.meetings.announcing import Invitation, announce
from portal.meetings.announcing import cancel as cancel_event
from portal.meetings.announcing import take_part as take_duty
from portal.meetings.attending import answer as answer_event
from portal.meetings.attending import note_guest, note_present
from portal.meetings.check_in_codes import code_of
from portal.meetings.models import Event, EventDuty, EventKind, NoteSort
from portal.meetings.noting import Noted, note, release_notes
from portal.moderation.deciding import Verdict, act_on
from portal.moderation.models import Reason
from portal.moderation.reporting import report
from portal.moderation.suspending import suspend
from portal.notices.models import Notice
from portal.notices.preferring import make_calendar, make_feeds
from portal.notices.telling import tell
from portal.notices.unsubscribing import unsubscribe_path
from portal.people.list_columns import read_people
from portal.people.models import GroupKind, Openness, Person, Rank, RoleName, Unit
from portal.people.passwords import make_link
from portal.people.settings import decide
from portal.people.tokens import make_token
from portal.plan.models import Goal, Plan, Strategy
from portal.plan.needs import answer, ask_for, decline, say_me_too
from portal.plan.running import this_fiscal_year
from portal.recognition.awarding import honour
from portal.recognition.awarding import withdraw as withdraw_award
from portal.recognition.badges import BADGES
from portal.recognition.models import Award
from portal.search.check_models import Problem, SearchCheck
from portal.search.query import SearchQuery
from portal.search.saving import NEW_HITS, save
from portal.search.thesaurus import Group
from portal.search.thesaurus import write as as_table
from portal.search.thesaurus_changes import keep_pending
from portal.search.thesaurus_versions import save_version
from portal.thai.dates import ERA, bangkok_today
from portal.thai.numerals import Numerals
from portal.training.after import answer_use, note_interview, review_work
from portal.training.asking import asked_at, step_waiting
from portal.training.calendar_keeping import remove_holiday, rename_holiday
from portal.training.duties import exempt, extend, make_duties, note_done
from portal.training.endorsing import endorse, reassign
from portal.training.entering import cancel, withdraw
from portal.training.import_columns import BY_CODE, COLUMNS
from portal.training.models import Covers, Discharge
from portal.training.report_models import Respondent, Used
from portal.training.reporting import begin, submit
from portal.training.reporting import write as write_report
from portal.training.ruling import RuleText, add_rule, end_rule
from tests.databases import Databases
from tests.making import (
    PASSWORD,
    act_for,
    grant_role,
    join,
    make_asset,
    make_group,
    make_organisation,
    make_person,
    make_position,
    make_unit,
)
from tests.sparing import TEMPLATES
from tests.training.filing import owe
from tests.training.making import make_participation, make_training


@dataclass(frozen=True)
class Wording:
    """What the people of a town write, in one language."""

    town: str
    unit: str
    work: str
    codes: tuple[str, str]
    prefix: str
    last_name: str
    names: dict[str, str]
    post: str
    head: str
    group: str
    plan: str
    strategy: str
    goal: str
    measured: str
    title: str
    text: str
    note: str
    tag: str
    comment: str
    reason: str
    contact: str
    file: str
    question: str  # with filters: one that is known, one that is not, one that can't be turned round
    wish: str  # asks to do something


ENGLISH = Wording(
    town="Quiet River Town",
    unit="Finance Division",
    work="Revenue",
    codes=("FIN", "REV"),
    prefix="Ms.",
    last_name="Calm",
    names={"staff": "Mary", "km_team": "Nora", "admin": "Alice"},
    post="Revenue officer",
    head="Head of Finance",
    group="Team of the river",
    plan="What we want to know",
    strategy="Able people",
    goal="A manual in every unit",
    measured="Manuals that are in use",
    title="Collecting the land tax",
    text="## Before noon\n\nCount the money twice.\n\n| Form | Where |\n|---|---|\n| Land | Desk |\n\n"
    "## After noon\n\n* Lock the box\n* Sign the book\n\n### When it rains\n\nStay inside.\n",
    note="Clearer words",
    tag="tax",
    comment="Tried it, works.",
    reason="Written twice",
    contact="Ask at the front desk",
    file="receipt.png",
    question="tax kind:manual unit:Garden -unit:Finance",
    wish="training report",
)
THAI = Wording(
    town="เทศบาลตำบลริมน้ำเงียบ",
    unit="กองคลัง",
    work="งานพัฒนารายได้",
    codes=("กค", "งพร"),
    prefix="นางสาว",
    last_name="ใจเย็น",
    names={"staff": "มาลี", "km_team": "นารี", "admin": "ธิดา"},
    post="นักวิชาการจัดเก็บรายได้",
    head="ผู้อำนวยการกองคลัง",
    group="คณะทำงานริมน้ำ",
    plan="เรื่องที่เราอยากรู้",
    strategy="พัฒนาบุคลากร",
    goal="คู่มือครบทุกส่วนราชการ",
    measured="คู่มือที่ใช้งานอยู่",
    title="การรับชำระภาษีที่ดิน",
    text="## ก่อนเที่ยง\n\nนับเงินสองรอบ\n\n| แบบ | ที่ยื่น |\n|---|---|\n| ที่ดิน | โต๊ะหน้า |\n\n"
    "## หลังเที่ยง\n\n* ปิดกล่อง\n* ลงชื่อในสมุด\n\n### เมื่อฝนตก\n\nอยู่ข้างใน\n",
    note="ใช้คำที่ชัดขึ้น",
    tag="ภาษี",
    comment="ลองทำแล้ว ได้ผล",
    reason="เขียนซ้ำ",
    contact="สอบถามที่โต๊ะหน้า",
    file="ใบเสร็จ.png",
    question="ภาษี ประเภท:คู่มือ หน่วย:กองสวน -หน่วย:กองคลัง",
    wish="รายงานการอบรม",
)
CAST = ("visitor", "staff", "km_team", "admin")


@dataclass
class Town:
    """A portal with a town in it. `accounts` are those of the cast by their part, ids name an example of each thing."""

    app: Flask
    words: Wording
    cast: dict[str, Person] = field(
        default_factory=dict
    )  # while the town is settled; requests close their session
    accounts: dict[str, str] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)

    def browser_of(self, who: str) -> FlaskClient:
        """A browser in which one of the cast is signed in, through the page; `visitor` is not."""
        browser = self.app.test_client()
        if who != "visitor":
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/sign-in").text)
            assert token is not None
            answer = browser.post(
                "/sign-in",
                data={
                    "account": self.accounts[who],
                    "password": PASSWORD,
                    "csrf_token": html.unescape(token[1]),
                },
            )
            assert answer.status_code == 302, answer.text
        return browser


@contextmanager
def bare_portal(place: Path, databases: Databases) -> Iterator[Flask]:
    """A portal of its own below `place` without an organisation, with forms protected as in use."""
    place.mkdir(parents=True)
    url = databases.with_tables(place)
    app = create_app(
        Settings.from_environment(
            {
                "PORTAL_DATABASE_URL": url,
                "PORTAL_FILES_DIR": str(place / "files"),
                "PORTAL_SEARCH_INDEX_DIR": str(place / "index"),
                "PORTAL_LOG_DIR": str(place / "logs"),
                "PORTAL_SECRET_KEY": "tests only",
            }
        ),
        testing=True,
    )
    app.jinja_env.bytecode_cache = TEMPLATES
    translating.speak("th")
    try:
        yield app
    finally:
        templating.numerals.set(Numerals.ARABIC)  # what the last request chose stays with the thread
        db.session.remove()
        db.bound_engine().dispose()
        databases.drop(url)


@contextmanager
def town(place: Path, databases: Databases, words: Wording, **decisions: Any) -> Iterator[Town]:
    """A bare portal in which a town settled."""
    with bare_portal(place, databases) as app:
        found = Town(app, words)
        with app.app_context():
            _settle(found, decisions)
        yield found


def _settle(town: Town, decisions: dict[str, Any]) -> None:
    _settle_people(town, decisions)
    _settle_plan_and_store(town)
    _settle_communities(town)
    _settle_meetings(town)
    _settle_what_is_known(town)
    _settle_order(town)
    _settle_duties(town)
    _settle_after(town)
    _settle_trainings(town)
    _settle_reports(town)
    _settle_the_trainings_pages(town)
    _settle_what_is_asked(town)
    _settle_awards(town)
    _settle_the_rest(town)
    _settle_the_words(town)
    town.accounts.update((who, person.username) for who, person in town.cast.items())
    town.ids["people"] = {who: person.id for who, person in town.cast.items()}


def _settle_what_is_asked(town: Town) -> None:
    """Knowledge that is wanted, in each state, and a search that is kept, with a notice of what is new in it."""
    words, staff, team = town.words, town.cast["staff"], town.cast["km_team"]
    need = ask_for(words.measured, by=staff, note=words.note)
    say_me_too(need, by=team)
    answer(ask_for(words.goal, by=staff), by=team, item_id=town.ids["asset"], reply=words.reason)
    decline(ask_for(words.strategy, by=staff), by=team, reply=words.reason)
    saved = save(SearchQuery(text=words.tag), by=staff, wants_notice=True)
    saved.seen_at = saved.told_at = now() - timedelta(days=1)
    tell([staff.id], NEW_HITS, saved, key="saved", items=[town.ids["asset"]])
    session.commit()
    town.ids.update(need=need.id, saved=saved.id)


def _settle_communities(town: Town) -> None:
    """An open one that talks, one on request that somebody asks to join, and one that has ended."""
    words, staff, team, admin = town.words, town.cast["staff"], town.cast["km_team"], town.cast["admin"]
    organisation = make_organisation()

    def founded(name: str, openness: Openness) -> Community:
        return found_community(organisation, About(name, words.note, openness), by=staff)

    talking = founded(words.post, Openness.OPEN)
    belong(talking, team, by=team)
    take_part(talking, team, Part.NOTE_TAKER, by=staff)
    threads = [
        start_thread(talking, by=staff, kind=kind, title=title, text=words.text)
        for kind, title in zip(
            ThreadKind, (words.measured, words.note, words.reason, words.comment, words.goal), strict=True
        )
    ]
    asked = threads[0]
    post = reply(asked, by=team, text=words.comment)
    accept_answer(asked, post, by=staff)
    hide_post(reply(asked, by=team, text=words.comment), by=admin, reason=words.reason)
    react(asked, by=staff, sort=ReactionSort.USED, post=post, how=words.reason)
    react(asked, by=team, sort=ReactionSort.THANKS)
    rewritten = reply(asked, by=staff, text=words.note)
    rewrite_post(rewritten, by=staff, text=quoted(post) + words.comment)
    edit_opening(asked, by=staff, title=words.measured, text=words.comment)
    for number in range(POSTS_A_PAGE):
        reply(threads[1], by=(staff, team)[number % 2], text=words.comment)
    lock_thread(threads[2], by=staff, why=words.reason)
    waiting = founded(words.head, Openness.ON_REQUEST)
    ask_to_join(waiting, team, words.reason)
    ended = founded(words.work, Openness.OPEN)
    close_down(ended, by=staff)
    feed = make_feeds(staff)
    session.commit()
    kept = _settle_kept_threads(town, talking, founded(words.unit, Openness.OPEN))
    town.ids.update(
        communities=[talking.id, waiting.id, ended.id],
        threads=[thread.id for thread in (*threads, *kept)],
        rewritten=rewritten.id,
        feed=feed,
        unsubscribe=unsubscribe_path("tests only", staff.id).rpartition("/")[2],
    )


def _settle_kept_threads(town: Town, talking: Community, elsewhere: Community) -> list[Thread]:
    """Threads that were pinned, moved, merged and split, and one with polls: open, named and over."""
    words, staff, team = town.words, town.cast["staff"], town.cast["km_team"]
    pinned, merged, taking, moved = (
        start_thread(community, by=staff, kind=ThreadKind.DISCUSSION, title=title, text=words.text)
        for community, title in (
            (talking, words.strategy),
            (talking, words.tag),
            (talking, words.measured),
            (elsewhere, words.goal),
        )
    )
    for thread in (merged, taking):
        reply(thread, by=team, text=words.comment)
    pin_thread(pinned, by=staff, why=words.reason)
    merge_thread(merged, taking, by=staff, why=words.reason)
    split = split_thread(
        taking, {1}, by=staff, why=words.reason, title=words.note, text=words.text, kind=ThreadKind.DISCUSSION
    )
    move_thread(moved, talking, by=staff, why=words.reason)
    for is_named in (False, True):
        poll = start_poll(
            pinned,
            by=staff,
            question=words.measured,
            options=[words.note, words.reason],
            is_named=is_named,
            takes_several=is_named,
            last_day=bangkok_today(),
        )
        vote(poll, [poll.options[0].id], by=team)
    end_poll(start_poll(split, by=staff, question=words.goal, options=[words.note, words.reason]), by=staff)
    session.commit()
    return [pinned, taking, split, moved]


def _settle_meetings(town: Town) -> None:
    """One that is on now, with people, notes and a comment; one of a community to come; one called off; one of several
    days whose title no browser can break, held without anybody noted."""
    words, staff, team, admin = town.words, town.cast["staff"], town.cast["km_team"], town.cast["admin"]
    community = session.get(Community, town.ids["communities"][0])
    moment = now()

    def called(title: str, days: int, hours: int, **more: Any) -> Event:
        starts_at = moment + timedelta(days=days, minutes=-10)
        group = community.group if community is not None and more.pop("of_community", False) else None
        invitation = Invitation(
            kind=more.pop("kind", EventKind.TALK_CIRCLE),
            title=title,
            text=words.text,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=hours),
            place=words.unit,
            unit_id=town.ids["work"],
            **more,
        )
        return announce(invitation, by=staff, group=group)

    now_on = called(words.measured, 0, 3, goal_id=town.ids["goal"])
    take_duty(now_on, team, EventDuty.NOTE_TAKER, by=staff)
    take_duty(now_on, admin, EventDuty.CERTIFIER, by=staff)
    answer_event(now_on, team, is_coming=True)
    answer_event(now_on, admin, is_coming=False)
    note_present(now_on, [staff.id, team.id], by=staff)
    note_guest(now_on, words.group, words.town, by=staff)
    for sort in NoteSort:
        note(now_on, Noted(sort, words.comment, said_by_name=words.group), by=team)
    release_notes(now_on, by=team)
    write_post(now_on, by=team, text=words.comment)
    coming = called(words.goal, 3, 2, of_community=True, kind=EventKind.CLINIC)
    answer_event(coming, staff, is_coming=True)
    off = called(words.reason, 2, 2, kind=EventKind.MEETING)
    cancel_event(off, by=staff, why=words.reason)
    endless = called(words.title[0] * 250, -40, 70, kind=EventKind.KNOWLEDGE_MARKET)
    note(endless, Noted(NoteSort.LESSON, words.comment), by=staff)
    session.commit()
    town.ids.update(events=[event.id for event in (now_on, coming, off, endless)])


def _settle_what_is_known(town: Town) -> None:
    """What the cast can be asked about: confirmed by one, by all, and by nobody."""
    words, staff = town.words, town.cast["staff"]
    subjects = [add_tag(staff, one) for one in (words.tag, words.work, words.strategy)]
    for who in ("km_team", "admin"):
        confirm(subjects[0], by=town.cast[who])
        for tag in (words.tag, words.post):
            confirm(add_tag(town.cast[who], tag), by=staff)
    confirm(subjects[1], by=town.cast["admin"])
    session.commit()


def _settle_awards(town: Town) -> None:
    """What the staff was honoured for by hand and by each rule, and one award that was withdrawn."""
    words, staff, team = town.words, town.cast["staff"], town.cast["km_team"]
    awards = [honour(staff, by=team, reason=words.comment, send_key=key) for key in ("stands", "withdrawn")]
    withdraw_award(awards[1], by=town.cast["admin"], why=words.reason)
    facts = {"items": [town.ids["asset"]], "count": 3, "year": town.ids["year"] - 1}
    community = {"awake": town.ids["communities"][0]}
    for code in BADGES:
        award = Award(
            organisation_id=staff.organisation_id,
            person_id=staff.id,
            badge=code,
            facts=facts,
            community_id=community.get(code),
        )
        session.add(award)
        awards.append(award)
    session.commit()
    town.ids.update(awards=[award.id for award in awards])


def _settle_order(town: Town) -> None:
    """A reply that is reported and one about which it is decided, a text and a thread that wait, a warning, a suspension."""
    words, staff, team, admin = town.words, town.cast["staff"], town.cast["km_team"], town.cast["admin"]
    thread = session.get_one(Thread, town.ids["threads"][1])
    posts = session.scalars(select(Post).where(Post.item_id == thread.id, Post.author_id == team.id)).all()
    made = [report(thread, post, by=staff, reason=Reason.OTHER, words=words.reason) for post in posts[:2]] + [
        report(thread, None, by=team, reason=Reason.WRONG)
    ]
    # Below the answer to the question: the line of who used it, about which a colleague complains.
    used = session.scalars(select(Reaction).where(Reaction.sort == ReactionSort.USED)).first()
    made.append(
        report(
            used.item, used.post, by=admin, reason=Reason.RUDE, words=words.reason, used_by_id=used.person_id
        )
    )
    react(thread, by=admin, sort=ReactionSort.USED, post=posts[1], how=words.reason)
    act_on(made[0], Verdict(words.reason, warns=True), by=admin)
    group = session.get_one(Community, town.ids["communities"][0]).group
    elsewhere = session.get_one(Community, town.ids["communities"][1]).group
    begun = HeldText(group_id=group.id, title=words.title, kind="question", because=Because.WORD)
    waiting = [HeldText(item_id=thread.id, because=Because.NEW), begun]
    for held in waiting:
        held.author_id, held.text = team.id, words.text
    down = HeldText(
        item_id=thread.id, author_id=team.id, text=words.comment, because=Because.NEW, decided_at=now()
    )
    down.decided_by_id, down.is_let_through, down.why = staff.id, False, words.reason
    session.add_all([*waiting, down])
    suspension = suspend(team, elsewhere, 7, by=staff, why=words.reason)
    list_words(staff.organisation_id, Handling.REWORD, words.file)
    session.commit()
    hidden = session.scalars(select(Post.id).where(Post.hidden_at.is_not(None)).order_by(Post.id)).first()
    town.ids.update(
        cases=[one.id for one in made],
        held=[one.id for one in (*waiting, down)],
        suspension=suspension.id,
        reported_post=posts[1].id,
        used_post=(thread.id, posts[1].number),
        poll=session.scalars(select(Poll.id).order_by(Poll.id)).first(),
        hidden_post=hidden,
    )


def _settle_people(town: Town, decisions: dict[str, Any]) -> None:
    words = town.words
    organisation = make_organisation(words.town, contact=words.contact, **decisions)
    unit = make_unit(words.unit, code=words.codes[0])
    work = make_unit(words.work, parent=unit, code=words.codes[1])
    people = {"prefix": words.prefix, "last_name": words.last_name}
    for who, name in words.names.items():
        town.cast[who] = make_person(name, username=f"{who.replace('_', '')}", unit=work, **people)
    staff, admin = town.cast["staff"], town.cast["admin"]
    staff.email, staff.language = "staff@example.org", decisions.get("language")
    for person in town.cast.values():
        person.postings[0].position.title = words.post
    grant_role(admin, RoleName.ADMIN)
    grant_role(staff, RoleName.PRACTITIONER)
    group = make_group(words.group, GroupKind.KM_TEAM)
    join(town.cast["km_team"], group)
    head = make_position(unit, words.head, rank=Rank.HEAD)
    acting = act_for(town.cast["km_team"], head)
    session.commit()
    town.ids.update(
        organisation=organisation.id,
        unit=unit.id,
        work=work.id,
        staff=staff.id,
        group=group.id,
        head=head.id,
        membership=group.memberships[0].id,
        posting=staff.postings[0].id,
        acting=acting.id,
    )


def _settle_plan_and_store(town: Town) -> None:
    words, staff, organisation, work = (
        town.words,
        town.cast["staff"],
        town.ids["organisation"],
        town.ids["work"],
    )
    plan = Plan(
        organisation_id=organisation,
        unit_id=organisation,
        fiscal_year=this_fiscal_year(),
        title=words.plan,
        strategies=[Strategy(number=1, title=words.strategy)],
        goals=[Goal(number=1, title=words.goal, measurable_unit=words.measured)],
    )
    plan.goals[0].strategy = plan.strategies[0]
    session.add(plan)
    session.commit()
    asset = make_asset(
        words.title,
        words.text,
        author=staff,
        unit=session.get(Unit, work),
        readers="public",
        steps=((plan.goals[0].id, "KM3"), (None, "CM2")),
        tags=(words.tag,),
    )
    save_asset(
        asset,
        by=staff,
        title=words.title,
        text=words.text + words.note,
        kind=AssetKind.MANUAL,
        knowledge=KnowledgeForm.TACIT,
        tags=(words.tag,),
        note=words.note,
    )
    # A draft and a retired one of each of the cast who writes, so that every state of the page is looked at.
    drafts = {
        who: make_asset(words.title, words.text, author=town.cast[who], published=False) for who in town.cast
    }
    gone = make_asset(words.title, words.text, author=staff, kind=AssetKind.STORY)
    retire(gone, by=staff)
    endless = words.title[0] * 250  # no browser knows where to break it
    long = make_asset(
        endless,
        f"## {endless}\n\n{endless}\n\n| {endless} |\n|---|\n| {endless} |\n",
        author=staff,
        tags=(words.tag,),
    )
    grown = make_asset(
        words.title, words.text, author=staff, kind=AssetKind.QA, readers="unit", unit=session.get(Unit, work)
    )
    session.add(Origin(item_id=grown.id, from_item_id=asset.id, excerpt=words.note))
    posts = [write_post(asset, by=person, text=words.comment, send_key=None) for person in town.cast.values()]
    hide_post(write_post(asset, by=staff, text=words.comment, send_key=None), by=staff, reason=words.reason)
    session.commit()
    town.ids.update(
        plan=plan.id,
        year=plan.fiscal_year,
        goal=plan.goals[0].id,
        asset=asset.id,
        drafts={who: draft.id for who, draft in drafts.items()},
        retired=gone.id,
        grown=grown.id,
        long=long.id,
        post=posts[0].id,
    )


def _settle_duties(town: Town) -> None:
    """What the staff owes after trainings of different days, by shipped rules and one of the town's own: ahead, soon,
    late, extended, exempted, done by hand. A year whose holidays were changed."""
    words, staff, team, today = town.words, town.cast["staff"], town.cast["km_team"], bangkok_today()
    organisation = make_organisation()
    claim = RuleText(name=words.measured, days=60, source=words.note)
    by_hand = {"covers": Covers.OUTSIDE, "discharged_by": Discharge.BY_HAND, "returns_from": None}
    ended = add_rule(organisation, claim, by=team, **by_hand)
    rule = add_rule(organisation, claim, by=team, **by_hand)
    duties = []
    for days in (2, 13, 30):
        training = make_training(
            words.title,
            returned=today - timedelta(days=days),
            entered_by=staff,
            organiser=words.town,
            place=words.unit,
        )
        duties += make_duties(make_participation(staff, training, position_title=words.post))
    end_rule(ended, by=team)
    extend(duties[0], today + timedelta(days=20), by=team, reason=words.reason)
    exempt(duties[1], by=team, reason=words.reason)
    note_done(next(duty for duty in duties if duty.rule_id == rule.id), by=team, on=today)
    songkran = date(this_fiscal_year() - ERA, 4, 13)
    rename_holiday(organisation, songkran, by=team, name=words.tag)
    remove_holiday(organisation, songkran.replace(day=14), by=team)
    session.commit()
    town.ids.update(duties=[duty.id for duty in duties], rule=rule.id, holiday=songkran.isoformat())


def _settle_after(town: Town) -> None:
    """One back so long ago that the superior and he himself are asked, one with all that can follow it, one still away."""
    words, staff, head = town.words, town.cast["staff"], town.cast["km_team"]
    long_ago = bangkok_today() - timedelta(days=100)
    texts = {"organiser": words.town, "place": words.town}
    asked, answered, away = (
        make_participation(
            staff,
            make_training(words.title, returned=returned, entered_by=staff, **texts),
            position_title=words.post,
        )
        for returned in (long_ago, long_ago, bangkok_today() + timedelta(days=5))
    )
    review_work(answered, by=head, points=[(words.title, 2, 4), (words.tag, 3, 3)], words=words.note)
    for respondent in Respondent:
        note_interview(answered, by=head, respondent=respondent, held_on=bangkok_today(), words=words.comment)
    answer_use(answered, by=staff, used=Used.PARTLY, words=words.reason)
    town.ids.update(participations=[asked.id, answered.id, away.id])
    session.commit()


def _settle_the_trainings_pages(town: Town) -> None:
    """One that staff came back from with a colleague, one to come, one called off, one whose name no browser can break."""
    words, staff, other = town.words, town.cast["staff"], town.cast["km_team"]
    told = {
        "organiser": words.unit,
        "place": words.town,
        "entered_by": other,
        "budget_source": words.measured,
    }
    back = make_training(words.title, travel=125_050, aims=words.note, order_number=words.tag, **told)
    rows = [make_participation(one, back, position_title=words.post) for one in (staff, other)]
    make_participation(town.cast["admin"], back, position_title=words.post, recorded=True)
    ahead = make_training(words.title, returned=bangkok_today() + timedelta(days=9), **told)
    make_participation(staff, ahead, position_title=words.post)
    off = make_training(words.plan, **told)
    cancel(off, by=other, reason=words.reason)
    endless = make_training(words.title[0] * 250, **told)
    make_participation(staff, endless, position_title=words.post, recorded=True)
    gone = make_participation(other, endless, position_title=words.post)
    withdraw(gone, by=other)
    columns = [BY_CODE[code].header for code in ("title", "person", "start_date")]
    listed = f"{','.join(columns)}\n{words.goal},staff,1/10/2568\n{words.goal},{words.note},1/10/2568\n"
    keep(
        other,
        "import-trainings",
        {"list": read_columns(read_table(listed.encode()), COLUMNS, words.file).packed()},
    )
    keep(other, "import-trainings-refused", {"packed": pack([[words.note], [[words.note]]]), "count": 1})
    session.commit()
    town.ids.update(
        trainings=[one.id for one in (back, ahead, off, endless)],
        to_record=[row.id for row in rows],
    )


def _settle_the_rest(town: Town) -> None:
    """Files, an emblem, mails, a list of people that waits to be taken in, a link that sets a password."""
    words, staff, admin = town.words, town.cast["staff"], town.cast["admin"]
    settings = town.app.config["SETTINGS"]
    with receive(io.BytesIO(picture()), words.file, settings=settings) as received:
        asset = session.get(KnowledgeAsset, town.ids["asset"])
        attachment = attach(received, by=staff, settings=settings, item=asset)
    decide(town.ids["organisation"], emblem_file_id=attachment.file_id)
    for person in (staff, admin):
        make_token(person)
    # Neither has a leak: its door would be an address, in no language.
    session.add_all(
        SearchCheck(ended_at=now(), doors=188, problem=problem) for problem in (Problem.NONE, Problem.FAILED)
    )
    mail = write("staff@example.org", words.title, words.comment)
    session.flush()
    listed = (
        f"ชื่อ,นามสกุล,อีเมล\n{words.names['staff']},{words.last_name},new@example.org\n,{words.last_name},no\n"
    )
    people = read_people(read_table(listed.encode(), words.file), words.file)
    keep(admin, "import-people", {"packed": people.packed()})
    town.ids.update(
        attachment=attachment.id,
        mail=mail.id,
        secret=make_link(town.cast["km_team"], by=admin),
        calendar=make_calendar(staff),
        notice=session.scalars(select(Notice.id).where(Notice.person_id == staff.id)).first(),
    )
    session.commit()


def _settle_the_words(town: Town) -> None:
    """The words of the search as the KM team saved them, and what it is about to change."""
    words, team = town.words, town.cast["km_team"]
    group = Group(words.title, synonym=(words.measured, words.plan), abbreviation=(words.tag,))
    new = Group(words.group, misspelling=(words.goal,))
    save_version(as_table([group]), by=team, note=words.note)
    saved = save_version(as_table([group, new]), by=team, note=words.note, restores=1)
    changed = Group(words.title, synonym=(words.plan, words.strategy))
    gone = Group(words.unit, english=(words.work,))  # of this nobody else knows: it is shown as overtaken
    keep_pending(
        team, {group.canonical: (group, changed), new.canonical: (new, None), words.unit: (gone, new)}
    )
    asked = town.app.extensions["asked"]
    for number, person in enumerate(town.cast.values()):
        asked.note_asked(person.id, words.tag, found_nothing=False)
        asked.note_asked(person.id, words.title, found_nothing=False)
        asked.note_asked(person.id, words.measured, found_nothing=True)
        asked.note_click(person.id, words.title, rank=number + 1)
    asked.note_asked(team.id, words.reason, found_nothing=True)
    session.commit()
    asked.flush()
    town.ids.update(version=saved.number)


def _settle_trainings(town: Town) -> None:
    """Each of the cast who works here was away; what he owes is done, late, due or still far."""
    words, today = town.words, bangkok_today()
    for number, who in enumerate(town.cast):
        for title, ago in ((words.title, 3 + 16 * number), (words.title[0] * 250, 12)):
            training = make_training(
                title,
                returned=today - timedelta(days=ago),
                entered_by=town.cast["admin"],
                organiser=words.town,
                place=words.unit,
                registration=150_050,
            )
            participation = make_participation(
                town.cast[who], training, position_title=words.post, recorded=number == 1
            )
            for what in (Discharge.REPORT, Discharge.RECORD):
                done = today if number == 1 and what == Discharge.RECORD else None
                owe(participation, what, done=done, exempted=number == 2)


def _settle_reports(town: Town) -> None:
    """A draft of a report, one that waits for the head of the KM team, one that is endorsed."""
    words, staff, team = town.words, town.cast["staff"], town.cast["km_team"]
    parts = dict.fromkeys(("content", "gained", "application", "passing_on"), words.comment)
    ids = []
    for number in range(3):
        training = make_training(
            words.title, entered_by=staff, organiser=words.town, place=words.unit, aims=words.note
        )
        report = begin(make_participation(staff, training, position_title=words.post), by=staff)
        write_report(report, parts, by=staff)
        if number:
            submit(report, by=staff)
        while number == 2 and (step := step_waiting(report)):
            if not asked_at(step, bangkok_today()).persons:
                reassign(report, team, by=team, reason=words.reason)
            endorse(report, by=asked_at(step, bangkok_today()).persons[0], opinion=words.comment)
        ids.append(report.id)
    session.commit()
    town.ids.update(reports=ids)


def picture() -> bytes:
    """A small PNG."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    return file.getvalue()


def code_for(town: Town, event_id: int) -> str:
    """What the QR code of a meeting says."""
    with town.app.app_context():
        return code_of(session.get_one(Event, event_id))


# Route -> the sets of arguments it is opened with. What is no parameter of the route goes into the query string.
Arguments = dict[str, Any]
EXAMPLES: dict[str, Callable[[Town], list[Arguments]]] = {
    "training.write_report": lambda town: [{"report_id": town.ids["reports"][0]}],
    "training.show_report": lambda town: [{"report_id": one} for one in town.ids["reports"]],
    "training.name_somebody": lambda town: [{"report_id": town.ids["reports"][1]}],
    "training.change_fulfilments": lambda town: [{"report_id": town.ids["reports"][2]}],
    "training.download_pdf": lambda town: [{"report_id": town.ids["reports"][2]}],
    "training.download_docx": lambda town: [{"report_id": town.ids["reports"][2]}],
    "admin.show_acting": lambda town: [{"appointment_id": town.ids["acting"]}],
    "admin.show_group": lambda town: [{"group_id": town.ids["group"]}],
    "admin.show_mail": lambda town: [{"mail_id": town.ids["mail"]}],
    "admin.show_membership": lambda town: [{"membership_id": town.ids["membership"]}],
    "admin.show_person": lambda town: [{"person_id": person} for person in town.ids["people"].values()],
    "admin.show_position": lambda town: [{"position_id": town.ids["head"]}],
    "admin.show_posting": lambda town: [{"posting_id": town.ids["posting"]}],
    "admin.show_unit": lambda town: [
        {"unit_id": town.ids[unit]} for unit in ("organisation", "unit", "work")
    ],
    "attachments.choose": lambda town: [{}, {"item": town.ids["asset"]}, {"sent": town.ids["attachment"]}],
    "attachments.fetch": lambda town: [{"attachment_id": town.ids["attachment"], "name": town.words.file}],
    "communities.edit": lambda town: [{"community_id": town.ids["communities"][0]}],
    "communities.list_communities": lambda _town: [{}, {"state": "mine"}, {"state": "closed_down"}],
    "communities.list_members": lambda town: [{"community_id": one} for one in town.ids["communities"]],
    "communities.offer_members": lambda town: [{"community_id": one} for one in town.ids["communities"]],
    "communities.show_community": lambda town: [
        *({"community_id": one} for one in town.ids["communities"]),
        {"community_id": town.ids["communities"][0], "show": "unanswered"},
        {"community_id": town.ids["communities"][0], "show": "told_story"},
    ],
    "hearing.list_unread": lambda _town: [{}],
    "hearing.show_feed": lambda town: [
        {"secret": town.ids["feed"], "community_id": town.ids["communities"][0]}
    ],
    "notices.end_mails": lambda town: [{"signed": town.ids["unsubscribe"]}],
    "posts.offer_people": lambda town: [{"item_id": town.ids["threads"][0]}],
    "posts.rewrite": lambda town: [{"post_id": town.ids["rewritten"]}],
    "posts.show_post": lambda town: [{"post_id": town.ids["rewritten"]}],
    "posts.show_versions": lambda town: [{"post_id": town.ids["rewritten"]}],
    "posts.used": lambda town: [
        {"item_id": town.ids["asset"]},
        {"item_id": town.ids["threads"][0], "post": "1"},
    ],
    "threads.edit": lambda town: [{"thread_id": town.ids["threads"][0]}],
    "threads.show_history": lambda town: [{"thread_id": town.ids["threads"][0]}],
    "keeping.merge": lambda town: [{"thread_id": town.ids["threads"][0]}],
    "keeping.move": lambda town: [{"thread_id": town.ids["threads"][0]}],
    "keeping.pin": lambda town: [{"thread_id": town.ids["threads"][0]}],
    "keeping.split": lambda town: [{"thread_id": town.ids["threads"][1]}],
    "polls.ask": lambda town: [{"thread_id": town.ids["threads"][0]}],
    "lifting.combine": lambda town: [{}, {"nugget": town.ids["asset"]}],
    "lifting.lift_posts": lambda town: [
        *({"thread_id": one} for one in town.ids["threads"][:2]),
        {"thread_id": town.ids["threads"][1], "page": 2},
    ],
    "lifting.show_family": lambda town: [{"item_id": town.ids["grown"]}, {"item_id": town.ids["long"]}],
    "threads.lock": lambda town: [{"thread_id": town.ids["threads"][0]}],
    "threads.show_thread": lambda town: [
        *({"thread_id": one} for one in town.ids["threads"]),
        {"thread_id": town.ids["threads"][1], "page": 2},
    ],
    "threads.start": lambda town: [{"community_id": town.ids["communities"][0]}],
    "moderation.decide": lambda town: [{"case_id": one} for one in town.ids["cases"]],
    "moderation.hide_item": lambda town: [{"item_id": town.ids["threads"][0]}],
    "moderation.lift_suspension": lambda town: [{"suspension_id": town.ids["suspension"]}],
    "moderation.read_first": lambda town: [{"held_id": one} for one in town.ids["held"]],
    "moderation.report_item": lambda town: [{"item_id": town.ids["threads"][0]}],
    "moderation.report_poll": lambda town: [{"poll_id": town.ids["poll"]}],
    "moderation.report_use": lambda town: [
        {"item_id": town.ids["used_post"][0], "post": town.ids["used_post"][1]}
    ],
    "moderation.report_post": lambda town: [{"post_id": town.ids["reported_post"]}],
    "moderation.show_hidden": lambda town: [{"post_id": town.ids["hidden_post"]}],
    "drafts.show": lambda town: [{"form": "knowledge-new-0123456789abcdef"}],
    "evidence.show_coverage": lambda town: [{"plan_id": town.ids["plan"]}],
    "evidence.withdraw": lambda town: [
        {"plan_id": town.ids["plan"], "lines": lines, "number": 1} for lines in ("goals", "strategies")
    ],
    "expertise.find": lambda town: [{}, {"q": town.words.tag}, {"q": town.words.tag * 3}],
    "home.edit_site_page": lambda town: [{"slug": "contact"}],
    "home.show_site_page": lambda town: [
        {"slug": slug} for slug in ("privacy", "cookies", "policy", "contact")
    ],
    "items.hide": lambda town: [{"post_id": town.ids["post"]}],
    "items.show_item": lambda town: [{"item_id": town.ids["asset"]}],
    "meetings.call_off": lambda town: [{"event_id": town.ids["events"][1]}],
    "meetings.check_in_here": lambda town: [
        {"event_id": event, "ticket": ticket}
        for event in town.ids["events"]
        for ticket in (code_for(town, event), "x")
    ],
    "meetings.download_attendance": lambda town: [{"event_id": town.ids["events"][0]}],
    "meetings.download_ics": lambda town: [{"event_id": town.ids["events"][0]}],
    "meetings.download_minutes": lambda town: [{"event_id": one} for one in town.ids["events"]],
    "meetings.download_present": lambda town: [{"event_id": town.ids["events"][0]}],
    "meetings.download_sheet": lambda town: [{"event_id": town.ids["events"][0]}],
    "meetings.edit_event": lambda town: [{"event_id": town.ids["events"][0]}],
    "meetings.edit_note": lambda town: [{"event_id": town.ids["events"][0], "number": 1}],
    "meetings.keep_list": lambda town: [
        {"event_id": town.ids["events"][0]},
        {"event_id": town.ids["events"][3]},
        {"event_id": town.ids["events"][0], "q": town.words.names["admin"]},
    ],
    "meetings.list_meetings": lambda town: [
        {},
        {"when": "past"},
        {"when": "held", "kind": "talk_circle", "unit": town.ids["unit"], "step": "KM6"},
        {"kind": "peer_assist"},
    ],
    "meetings.offer_people": lambda town: [{"event_id": town.ids["events"][0]}],
    "meetings.show_code": lambda town: [{"event_id": town.ids["events"][0]}],
    "meetings.show_event": lambda town: [{"event_id": one} for one in reversed(town.ids["events"])],
    "meetings.show_figures": lambda town: [{}, {"unit": town.ids["unit"]}, {"year": town.ids["year"] - 9}],
    "meetings.take_notes": lambda town: [
        {"event_id": town.ids["events"][0]},
        {"event_id": town.ids["events"][1]},
    ],
    "knowledge.download_text": lambda town: [{"asset_id": town.ids["asset"]}],
    "knowledge.edit_asset": lambda town: [
        {"asset_id": town.ids["asset"]},
        *({"asset_id": draft} for draft in town.ids["drafts"].values()),
    ],
    "knowledge.list_assets": lambda town: [
        {},
        {
            "kind": "manual",
            "unit": town.ids["unit"],
            "step": "KM3",
            "goal": town.ids["goal"],
            "order": "title",
        },
        {"kind": "minutes"},
        {"kind": "nugget"},
    ],
    "knowledge.show_asset": lambda town: [
        {"asset_id": town.ids["asset"]},
        {"asset_id": town.ids["retired"]},
        {"asset_id": town.ids["grown"]},
        {"asset_id": town.ids["long"]},
        *({"asset_id": draft} for draft in town.ids["drafts"].values()),
    ],
    "knowledge.show_history": lambda town: [{"asset_id": town.ids["asset"]}],
    "knowledge.show_revision": lambda town: [{"asset_id": town.ids["asset"], "number": n} for n in (1, 2)],
    "knowledge.write_asset": lambda town: [{}, {"from": town.ids["asset"]}],
    "notices.follow": lambda town: [{"notice_id": town.ids["notice"]}],
    "notices.show_calendar": lambda town: [{"secret": town.ids["calendar"]}],
    "people.set_password": lambda town: [{"secret": town.ids["secret"]}],
    "plan.edit_plan": lambda town: [{"plan_id": town.ids["plan"]}],
    "plan.show_plan": lambda town: [{"plan_id": town.ids["plan"]}],
    "plan.show_step": lambda town: [{"code": code} for code in ("KM7", "CM4")],
    "plan.show_year": lambda town: [{"year": town.ids["year"]}],
    "profiles.show_person": lambda town: [{"person_id": person} for person in town.ids["people"].values()],
    "api.training_due": lambda town: [{"returned": town.ids["holiday"]}],
    "training.close_rule": lambda town: [{"rule_id": town.ids["rule"]}],
    "training.edit_holiday": lambda town: [{"day": town.ids["holiday"]}],
    "training.edit_rule": lambda town: [{"rule_id": town.ids["rule"]}],
    "training.list_holidays": lambda town: [{}, {"year": int(town.ids["holiday"][:4])}, {"year": 2640}],
    "training.show_duty": lambda town: [{"duty_id": duty} for duty in town.ids["duties"]],
    "training.add_people": lambda town: [{"training_id": town.ids["trainings"][0]}],
    "training.edit_training": lambda town: [{"training_id": town.ids["trainings"][0]}],
    "training.record_participation": lambda town: [
        {"training_id": town.ids["trainings"][0], "participation_id": participation}
        for participation in town.ids["to_record"]
    ],
    "training.show_training": lambda town: [{"training_id": one} for one in town.ids["trainings"]],
    "recognition.give": lambda town: [{}, {"person": town.ids["staff"]}],
    "recognition.list_awards": lambda town: [{}, {"badge": "honoured"}, {"year": town.ids["year"] - 1}],
    "recognition.show_award": lambda town: [{"award_id": one} for one in town.ids["awards"]],
    "recognition.download_certificate": lambda town: [{"award_id": town.ids["awards"][0]}],
    "search.results": lambda town: [
        {},
        {"q": town.words.tag},
        {"q": town.words.tag * 3},
        {"q": town.words.tag, "kind": "story"},
        {"q": town.words.question, "sort": "title"},
        {"q": town.words.wish},
    ],
    "search.edit_group": lambda town: [{}, {"name": town.words.title}],
    "search.list_groups": lambda town: [{}, {"q": town.words.tag}, {"q": town.words.reason}],
    "search.show_insight": lambda town: [
        {"of": of, "days": days} for of, days in (("most", 7), ("not-found", 30), ("not-opened", 90))
    ],
    "search.show_version": lambda town: [{"number": number} for number in (0, town.ids["version"])],
    "search.download_version": lambda town: [{"number": town.ids["version"]}],
    "search.suggestions": lambda town: [{"q": town.words.tag}],
    "search.list_needs": lambda town: [{}, {"state": "answered"}, {"state": "declined"}],
    "search.close_need": lambda town: [{"need_id": town.ids["need"]}],
    "search.open_saved": lambda town: [{"saved_id": town.ids["saved"]}],
    "training.download_development": lambda town: [{"person_id": town.ids["staff"]}],
    "training.show_development": lambda town: [
        {"person_id": person} for person in town.ids["people"].values()
    ],
    "training.show_figures": lambda town: [
        {},
        {"unit": town.ids["unit"], "of": "records"},
        {"year": town.ids["year"] - 9},
    ],
    "training.show_register": lambda town: [
        {},
        {"state": "overdue"},
        {"state": "waiting"},
        {"year": town.ids["year"], "month": 10, "unit": town.ids["unit"], "directly": 1},
        {"person": town.ids["staff"], "kind": "seminar"},
    ],
    "training.list_asked": lambda town: [{}, {"unit": town.ids["unit"]}, {"year": 2560}],
    "training.show_after": lambda town: [{"participation_id": one} for one in town.ids["participations"]],
}
