"""Every route of the portal, and what seven people get from it: of things that are there, so that 404 means hidden.

A route that is in no table fails the suite: whoever adds one says here who may, and how what it names is made.
"""

import io
from datetime import date

import pytest
from sqlalchemy import func, select

from portal.communities.joining import ask_to_join
from portal.communities.polling import start_poll
from portal.communities.talking import reply
from portal.db import session
from portal.documents.columns import read_columns
from portal.documents.sheets import read_table
from portal.drafts.keeping import keep
from portal.expertise.tagging import add_tag
from portal.files.storing import receive
from portal.items.attaching import attach
from portal.items.order_models import Because, HeldText
from portal.items.posting import write_post
from portal.mail.writing import write
from portal.meetings.check_in_codes import code_of
from portal.meetings.noting import release_notes
from portal.moderation.models import Reason
from portal.moderation.reporting import report
from portal.moderation.suspending import suspend
from portal.notices.models import Notice
from portal.notices.preferring import make_calendar, make_feeds
from portal.people.list_columns import read_people
from portal.people.models import GroupKind, Openness, Rank, RoleName
from portal.people.passwords import make_link
from portal.people.settings import decide
from portal.people.sign_in_models import ApiToken
from portal.people.tokens import make_token
from portal.plan.needs import ask_for
from portal.plan.steps import STEPS
from portal.recognition.awarding import honour
from portal.search.query import SearchQuery
from portal.search.saving import save
from portal.search.thesaurus import shipped
from portal.search.thesaurus_versions import save_version
from portal.thai.dates import bangkok_today
from portal.training.after import note_interview
from portal.training.calendar_keeping import add_holiday
from portal.training.holidays import holidays_between
from portal.training.import_columns import COLUMNS
from portal.training.models import Covers, Discharge, Duty, DutyRule
from portal.training.report_models import Respondent
from portal.training.rules import ship_rules
from portal.training.ruling import RuleText, add_rule
from tests.communities.making import make_community, make_thread
from tests.look.worlds import picture
from tests.making import (
    act_for,
    grant_role,
    join,
    make_asset,
    make_group,
    make_organisation,
    make_person,
    make_plan,
    make_position,
    make_unit,
)
from tests.meetings.making import make_event, make_note
from tests.postgresql import CHOSEN, KIND
from tests.training.making import make_participation, make_training
from tests.training.town import handed_in_by
from tests.web.test_headers import unsafe_in

OPEN, SIGN_IN, HIDDEN, REFUSED = "open", "sign-in", "hidden", "refused"
# The asset is its author's and open to his unit. Everybody else but his colleague and their head works elsewhere, also
# the admin: administering people does not open their texts.
CAST = ("visitor", "outsider", "colleague", "head", "author", "km_team", "admin")


def doors(everybody, **others):
    """What each of the cast meets: all the same, but these others."""
    return dict.fromkeys(CAST, everybody) | others


EVERYBODY = doors(OPEN)
STAFF = doors(OPEN, visitor=SIGN_IN)
READERS = doors(HIDDEN, visitor=SIGN_IN, colleague=OPEN, head=OPEN, author=OPEN)
READERS_AND_PUBLIC_DOOR = READERS | {"visitor": HIDDEN}
AUTHOR = READERS | {"colleague": REFUSED, "head": REFUSED}
READERS_REFUSED = AUTHOR | {"author": REFUSED}
PLANNERS = doors(REFUSED, visitor=SIGN_IN, km_team=OPEN, admin=OPEN)
DEVELOPMENT = doors(HIDDEN, visitor=SIGN_IN, head=OPEN, km_team=OPEN, admin=OPEN)
ADMINS = doors(REFUSED, visitor=SIGN_IN, admin=OPEN)
REGISTER = PLANNERS  # those who keep the register of trainings
NOBODY = doors(HIDDEN)
# A report that its author handed in and that waits at the head of his unit; another participation of his has none yet.
ON_ITS_WAY = doors(HIDDEN, visitor=SIGN_IN, head=OPEN, author=OPEN, km_team=OPEN)
ON_ITS_WAY_REFUSED = ON_ITS_WAY | {"head": REFUSED, "author": REFUSED, "km_team": REFUSED}
PARTICIPANT = doors(HIDDEN, visitor=SIGN_IN, author=OPEN, head=REFUSED, km_team=REFUSED, admin=REFUSED)
# What the author owes after a training: his head and those who keep the register see it, and these may change it.
CONCERNED = doors(HIDDEN, visitor=SIGN_IN, head=OPEN, author=OPEN, km_team=OPEN, admin=OPEN)
DUTY_KEEPERS = CONCERNED | {"head": REFUSED, "author": REFUSED}
# A participation of the author's: his head leads him, the KM team and the admin keep the register.
AFTER = doors(HIDDEN, visitor=SIGN_IN, head=OPEN, author=OPEN, km_team=OPEN, admin=OPEN)
OVER_THE_AUTHOR = AFTER | {"author": REFUSED}

# A closed community: the author facilitates it, his colleague is a member; those who plan know that it is there.
KNOWN = doors(HIDDEN, visitor=SIGN_IN, colleague=OPEN, author=OPEN, km_team=OPEN, admin=OPEN)
MEMBERS = KNOWN | {"km_team": REFUSED, "admin": REFUSED}
FACILITATOR = MEMBERS | {"colleague": REFUSED}
READING = MEMBERS | {"km_team": HIDDEN, "admin": HIDDEN}

ROUTES = {
    "api.openapi": EVERYBODY,
    "api.search": EVERYBODY,
    "api.training_due": EVERYBODY,
    "attachments.choose": STAFF,
    "attachments.fetch": READERS_AND_PUBLIC_DOOR,
    "attachments.take_away": AUTHOR,
    "attachments.upload": STAFF,
    "communities.ask": FACILITATOR | {"author": REFUSED},  # nobody asks to join a closed one
    "communities.bring_somebody_in": FACILITATOR,
    "communities.close": FACILITATOR | {"km_team": OPEN, "admin": OPEN},
    "communities.decide": FACILITATOR,
    "communities.edit": FACILITATOR,
    "communities.end_part": FACILITATOR,
    "communities.found": STAFF,
    "communities.give_part": FACILITATOR,
    "communities.join": MEMBERS,
    "communities.leave_it": KNOWN,  # who has left already finds it done
    "communities.list_communities": STAFF,
    "communities.list_members": MEMBERS,
    "communities.offer_members": FACILITATOR,
    "communities.reopen": FACILITATOR | {"author": REFUSED},  # it has not ended
    "communities.show_community": KNOWN,
    "drafts.drop": STAFF,
    "drafts.save": STAFF,
    "drafts.show": STAFF,
    "drafts.throw_away": STAFF,
    "evidence.bring_back": PLANNERS,
    "evidence.show_coverage": STAFF,
    "evidence.withdraw": PLANNERS,
    # Of what the author says he knows.
    "expertise.confirm_tag": doors(OPEN, visitor=SIGN_IN, author=REFUSED),
    "expertise.find": STAFF,
    "expertise.my_subjects": STAFF,
    # Of another those who plan take it away, and its owner is told.
    "expertise.remove": PLANNERS | {"author": OPEN},
    "expertise.take_back": doors(OPEN, visitor=SIGN_IN, author=REFUSED),
    "home.edit_site_page": ADMINS,
    "home.first_page": EVERYBODY,
    "home.show_emblem": EVERYBODY,
    "home.show_site_page": EVERYBODY,
    "items.comment": READERS,
    "items.hide": AUTHOR,
    "items.unhide": READERS_REFUSED,  # it is not hidden
    "items.show_item": READERS_AND_PUBLIC_DOOR,
    "items.start_following": READERS,
    "items.stop_following": READERS,
    "knowledge.begin_from_file": STAFF,
    # Published things are never deleted.
    "knowledge.delete_asset": READERS | {"colleague": REFUSED, "head": REFUSED, "author": REFUSED},
    "knowledge.download_list": STAFF,
    "knowledge.download_text": READERS,
    "knowledge.edit_asset": AUTHOR,
    "knowledge.list_assets": EVERYBODY,
    "knowledge.preview": STAFF,
    "knowledge.publish_asset": AUTHOR,
    "knowledge.retire_asset": AUTHOR,
    "knowledge.show_asset": READERS_AND_PUBLIC_DOOR,
    "knowledge.show_history": READERS,
    "knowledge.show_revision": READERS,
    "knowledge.write_asset": STAFF,
    # A meeting of the closed community, which the author called; his colleague is a member.
    "meetings.add_guest": READING | {"colleague": REFUSED},
    "meetings.begin_asset": READING,
    "meetings.call_off": READING | {"colleague": REFUSED, "author": REFUSED},  # somebody was there
    "meetings.check_in_here": READING,
    "meetings.check_in_online": READING,
    "meetings.download_attendance": READING,
    "meetings.download_figures": STAFF,
    "meetings.download_ics": READING,
    "meetings.download_list": STAFF,
    "meetings.download_minutes": READING,
    "meetings.download_present": READING,
    "meetings.download_sheet": READING | {"colleague": REFUSED},
    "meetings.edit_event": READING | {"colleague": REFUSED},
    "meetings.edit_note": READING | {"colleague": REFUSED},
    "meetings.end_part": READING | {"colleague": REFUSED},
    "meetings.give_part": READING | {"colleague": REFUSED},
    "meetings.keep_list": READING | {"colleague": REFUSED},
    "meetings.list_meetings": STAFF,
    "meetings.offer_people": READING | {"colleague": REFUSED},
    "meetings.open_notes": READING | {"colleague": REFUSED},
    "meetings.remove_note": READING | {"colleague": REFUSED},
    "meetings.renew_code": READING | {"colleague": REFUSED},
    "meetings.say_whether": READING,
    "meetings.show_code": READING | {"colleague": REFUSED},
    "meetings.show_event": READING,
    "meetings.show_figures": STAFF,
    "meetings.take_notes": READING | {"colleague": REFUSED},
    "meetings.take_off_list": READING | {"colleague": REFUSED},
    "meetings.tick": READING | {"colleague": REFUSED},
    "meetings.write_event": STAFF,
    # Reported, or waiting, where nobody who plans reads: the admin is shown that text alone.
    "moderation.decide": doors(HIDDEN, visitor=SIGN_IN, admin=OPEN),
    "moderation.hide_item": READERS_REFUSED,
    "moderation.lift_suspension": doors(HIDDEN, visitor=SIGN_IN, km_team=OPEN, admin=OPEN),
    "moderation.read_first": doors(HIDDEN, visitor=SIGN_IN, admin=OPEN),
    "moderation.report_item": READERS_REFUSED,  # an article is discussed
    "moderation.report_post": READERS | {"author": REFUSED},  # it is his own
    "moderation.report_use": READERS_REFUSED,  # nobody says yet how he used it
    "moderation.set_rules": PLANNERS,
    "moderation.show_hidden": READERS_REFUSED,
    "moderation.show_own": STAFF,
    "moderation.show_queue": STAFF,
    "moderation.unhide_item": READERS_REFUSED,
    "notices.follow": STAFF,
    "notices.list_notices": STAFF,
    "notices.read_them_all": STAFF,
    "notices.show_calendar": EVERYBODY,  # the secret decides
    "people.change_password": STAFF,
    "people.forgotten_password": EVERYBODY,
    "people.set_password": EVERYBODY,  # the secret decides
    "people.sign_in": EVERYBODY,
    "people.sign_out": STAFF,
    "people.sign_out_everywhere": STAFF,
    "plan.edit_plan": PLANNERS,
    "plan.list_plans": STAFF,
    "plan.make_plan": PLANNERS,
    "plan.show_plan": STAFF,
    "plan.show_step": EVERYBODY,
    "plan.show_year": STAFF,
    "profiles.choose_way_of_notices": STAFF,
    "profiles.download_people": STAFF,
    "profiles.list_people": STAFF,
    "profiles.make_own_calendar": STAFF,
    "profiles.make_own_token": STAFF,
    "profiles.my_page": STAFF,
    "profiles.remove_own_calendar": STAFF,
    "profiles.revoke_own_token": STAFF,
    "profiles.show_person": STAFF,
    "recognition.choose_showing": STAFF,
    # Of an award of the author's by hand: the KM team and the admin honour.
    "recognition.download_certificate": doors(
        REFUSED, visitor=SIGN_IN, author=OPEN, km_team=OPEN, admin=OPEN
    ),
    "recognition.give": PLANNERS,
    "recognition.list_awards": STAFF,
    "recognition.show_award": STAFF,
    "recognition.take_back": PLANNERS,
    "search.ask_for_knowledge": STAFF,
    "search.change_notice": STAFF,
    "search.close_need": PLANNERS,
    "search.delete_saved": STAFF,
    "search.list_needs": STAFF,
    "search.list_saved": STAFF,
    "search.need_it_too": STAFF,
    "search.open_saved": STAFF,
    "search.results": EVERYBODY,
    "search.discard_changes": PLANNERS,
    "search.download_insight": PLANNERS,
    "search.download_version": PLANNERS,
    "search.edit_group": PLANNERS,
    "search.list_groups": PLANNERS,
    "search.list_versions": PLANNERS,
    "search.note_opened": STAFF,
    "search.preview_thesaurus": PLANNERS,
    "search.remove_group": PLANNERS,
    "search.replace_all": PLANNERS,
    "search.restore_version": PLANNERS,
    "search.save_thesaurus": PLANNERS,
    "search.show_insight": PLANNERS,
    "search.show_version": PLANNERS,
    "search.save_search": STAFF,
    "search.suggestions": EVERYBODY,
    # Members lift what is said in a closed community; an answer goes into the store once it was accepted.
    "lifting.combine": STAFF,
    "lifting.lift_posts": READING,
    "lifting.move": READING | {"colleague": REFUSED, "author": REFUSED},
    "lifting.show_family": READERS_AND_PUBLIC_DOOR,
    # The question of a member of the closed community, with a reply by him.
    "hearing.choose": MEMBERS,
    "hearing.list_unread": STAFF,
    "hearing.mark_read": MEMBERS,
    "hearing.show_feed": NOBODY
    | dict.fromkeys(("visitor",), HIDDEN),  # a secret of somebody who is no member
    "notices.end_mails": NOBODY,  # what nobody signed
    "posts.offer_colleagues": STAFF,
    "posts.offer_items": STAFF,
    "posts.offer_people": READERS,
    "posts.rewrite": AUTHOR,
    "posts.say": READERS | {"author": REFUSED},  # nobody thanks himself
    "posts.show_post": READERS,
    "posts.show_versions": READERS,
    "posts.used": READERS | {"author": REFUSED},
    "profiles.make_own_feeds": STAFF,
    "profiles.remove_own_feeds": STAFF,
    "keeping.merge": READING | {"colleague": REFUSED},
    "keeping.move": READING
    | {"colleague": REFUSED, "author": REFUSED},  # out of a closed community nothing moves
    "keeping.pin": READING | {"colleague": REFUSED},
    "keeping.split": READING | {"colleague": REFUSED},
    "keeping.unpin": READING | {"colleague": REFUSED},
    "polls.ask": READING | {"colleague": REFUSED},
    "polls.cast": READING,
    "polls.end": READING | {"colleague": REFUSED},
    "moderation.report_poll": READING | {"author": REFUSED},  # he asked it
    "threads.accept": READING | {"colleague": REFUSED},
    "threads.edit": READING | {"colleague": REFUSED},
    "threads.show_history": READING,
    "threads.lock": READING | {"colleague": REFUSED},
    "threads.show_thread": READING,
    "threads.take_back": READING | {"colleague": REFUSED},
    "threads.start": FACILITATOR | {"colleague": OPEN},
    "threads.unlock": READING | {"colleague": REFUSED},
    "threads.write_reply": READING,
    "training.close_rule": PLANNERS,
    "training.decide_counting": PLANNERS,
    "training.edit_holiday": PLANNERS,
    "training.edit_rule": PLANNERS,
    "training.enter_holiday": PLANNERS,
    "training.exempt_duty": DUTY_KEEPERS,
    "training.extend_duty": DUTY_KEEPERS,
    "training.list_holidays": STAFF,
    "training.list_rules": STAFF,
    "training.note_duty_done": DUTY_KEEPERS,
    "training.show_duty": CONCERNED,
    "training.strike_holiday": PLANNERS,
    "training.take_up_rule": PLANNERS,
    "training.write_new_rule": PLANNERS,
    "training.add_interview": OVER_THE_AUTHOR,
    "training.download_after": PLANNERS,
    "training.list_asked": STAFF,
    "training.save_review": OVER_THE_AUTHOR,
    "training.save_use": AFTER | {"head": REFUSED, "km_team": REFUSED, "admin": REFUSED},
    "training.show_after": AFTER,
    "training.take_back": OVER_THE_AUTHOR | {"head": REFUSED},  # those who keep the register noted it
    "setup.first_run": NOBODY,  # the organisation is there
    "training.add_people": REGISTER,
    "training.cancel_training": doors(REFUSED, visitor=SIGN_IN, author=OPEN, km_team=OPEN, admin=OPEN),
    "training.agree_to_report": ON_ITS_WAY_REFUSED,
    "training.change_fulfilments": ON_ITS_WAY_REFUSED,  # once it is endorsed
    "training.choose_booklet": STAFF,
    "training.download_booklet": STAFF,
    "training.download_docx": ON_ITS_WAY,
    "training.download_pdf": ON_ITS_WAY,
    "training.confirm_import": REGISTER,
    "training.decide": ON_ITS_WAY_REFUSED | {"head": OPEN},
    "training.delete_report": ON_ITS_WAY_REFUSED,
    "training.discard_import": REGISTER,
    "training.discard_refused": REGISTER,
    "training.download_refused": REGISTER,
    "training.edit_training": doors(REFUSED, visitor=SIGN_IN, author=OPEN, km_team=OPEN, admin=OPEN),
    "training.endorse_several": STAFF,
    "training.enter_many": REGISTER,
    "training.import_template": REGISTER,
    "training.import_trainings": REGISTER,
    "training.join_training": STAFF,
    "training.list_waiting": STAFF,
    "training.my_trainings": STAFF,
    "training.name_somebody": ON_ITS_WAY_REFUSED | {"km_team": OPEN},
    "training.new_report": PARTICIPANT,
    "training.new_training": STAFF,
    "training.preview_import": REGISTER,
    "training.record_participation": doors(REFUSED, visitor=SIGN_IN, author=OPEN, km_team=OPEN, admin=OPEN),
    "training.show_report": ON_ITS_WAY,
    "training.show_training": STAFF,
    "training.withdraw_participant": doors(REFUSED, visitor=SIGN_IN, author=OPEN, km_team=OPEN, admin=OPEN),
    "training.write_report": ON_ITS_WAY_REFUSED,
    # Of somebody in the author's unit: whoever leads it, and those who keep the register.
    "training.download_development": DEVELOPMENT,
    "training.download_figures": doors(REFUSED, visitor=SIGN_IN, head=OPEN, km_team=OPEN, admin=OPEN),
    "training.download_register": STAFF,
    "training.show_development": DEVELOPMENT,
    "training.show_figures": STAFF,  # who leads nothing is led to his own record
    "training.show_register": STAFF,
    "web.choose_language": EVERYBODY,
    "web.health": EVERYBODY,
    "web.understand_date": STAFF,
}
ROOMS = {"admin": ADMINS}
# Of a draft nobody but its author knows, and what is done with published things only is refused him as well.
DRAFT = doors(HIDDEN, visitor=SIGN_IN, author=OPEN)
ROUTES_OF_A_DRAFT = {
    **{endpoint: DRAFT for endpoint, who in ROUTES.items() if who in (READERS, AUTHOR)},
    **{
        endpoint: DRAFT | {"visitor": HIDDEN}
        for endpoint, who in ROUTES.items()
        if who == READERS_AND_PUBLIC_DOOR
    },
    "items.comment": DRAFT | {"author": REFUSED},
    "items.start_following": DRAFT | {"author": REFUSED},
    "items.stop_following": DRAFT | {"author": REFUSED},
    "posts.rewrite": DRAFT | {"author": REFUSED},
    "knowledge.delete_asset": DRAFT,
    "knowledge.retire_asset": DRAFT | {"author": REFUSED},
}
# What it names belongs to whoever asks.
ONES_OWN = {"profiles.revoke_own_token", "notices.follow"}
ENDS_THE_SESSION = {"people.sign_out", "people.sign_out_everywhere", "people.sign_in"}


def expected(endpoint):
    return ROUTES.get(endpoint) or ROOMS.get(endpoint.split(".")[0])


class Stage:
    """The town around the cast. What a route names is made anew for each request: some requests are the end of it."""

    def __init__(self, settings):
        self.settings = settings
        self.unit, elsewhere = make_unit("กองคลัง"), make_unit("กองช่าง")
        team = make_group("คณะทำงาน KM", GroupKind.KM_TEAM)
        self.people = {
            "visitor": None,
            "outsider": make_person("สมชาย", unit=elsewhere),
            "colleague": make_person("มาลี", unit=self.unit),
            "head": make_person("สมศรี", unit=self.unit, rank=Rank.HEAD),
            "author": make_person("สมพงษ์", unit=self.unit),
            "km_team": make_person("นารี", unit=elsewhere, groups=(team,)),
            "admin": make_person("ธิดา", unit=elsewhere, roles=(RoleName.ADMIN,)),
        }
        self.author = self.people["author"]
        self.plan = make_plan(2570)
        ship_rules(make_organisation().id)
        save_version(shipped(), by=self.author, note="")
        self.rule_id = session.scalars(select(func.min(DutyRule.id))).one()
        self.participation = make_participation(self.author)
        decide(
            make_organisation().id,
            reports_per_day=10_000,
            posts_per_hour=10_000,
            emblem_file_id=self.file(make_asset(author=self.author)).file_id,
        )
        session.commit()

    def arguments(self, rule, person, *, published=True):
        """Of each thing that the address names, one that is there. The asset is published, or a draft."""
        asset = make_asset(author=self.author, unit=self.unit, readers="unit", published=published)
        somebody = make_person("คนที่ถูกย้าย", unit=self.unit)
        makers = {
            "asset_id": lambda: asset.id,
            "item_id": lambda: asset.id,
            "attachment_id": lambda: self.file(asset).id,
            "post_id": lambda: write_post(asset, by=self.author, text="ความเห็น").id,
            "plan_id": lambda: self.plan.id,
            "lines": lambda: "goals",
            "year": lambda: self.plan.fiscal_year,
            "person_id": lambda: somebody.id,
            "unit_id": lambda: make_unit("กองที่ว่าง").id,
            "position_id": lambda: make_position(self.unit).id,
            "posting_id": lambda: somebody.postings[0].id,
            "appointment_id": lambda: act_for(somebody, make_position(self.unit)).id,
            "grant_id": lambda: grant_role(somebody, RoleName.PRACTITIONER) or somebody.roles[0].id,
            "token_id": lambda: token_id(person if person and rule.endpoint in ONES_OWN else somebody),
            "group_id": lambda: make_group().id,
            "membership_id": lambda: join(somebody, make_group()).id,
            "mail_id": mail_id,
            "report_id": lambda: handed_in_by(self.author).id,
            "notice_id": lambda: notice_id(person or somebody),
            "secret": lambda: (
                make_calendar(somebody)
                if rule.endpoint == "notices.show_calendar"
                else make_feeds(somebody)
                if rule.endpoint == "hearing.show_feed"
                else make_link(somebody, by=None)
            ),
            "interview_id": lambda: self.interview().id,
            "number": lambda: 1,
            "signed": lambda: "x",
            "name": lambda: "ภาพ.png",
            "slug": lambda: "privacy" if rule.endpoint.startswith("home.") else "x",
            "code": lambda: next(iter(STEPS)),
            "form": lambda: "knowledge-new-0123456789abcdef",
            "rule_id": lambda: self.rule_id,
            "need_id": lambda: need_id(self.author),
            "saved_id": lambda: saved_id(person or somebody),
            "duty_id": lambda: self.duty_id(),
            "tag_id": lambda: tag_id(self.author),
            "award_id": lambda: award_id(self.author, by=self.people["km_team"]),
            "case_id": lambda: self.case_id(asset),
            "held_id": lambda: self.held_id(asset),
            "suspension_id": lambda: self.suspension_id(somebody),
            "day": songkran,
        }
        if rule.arguments & {"training_id", "participation_id"}:
            went = make_participation(self.author, make_training(entered_by=self.author))
            makers |= {"training_id": lambda: went.training_id, "participation_id": lambda: went.id}
        if rule.arguments & {"community_id", "thread_id", "poll_id"}:
            community = make_community(openness=Openness.CLOSED, by=self.author)
            join(self.people["colleague"], community.group)
            makers |= {
                "community_id": lambda: community.id,
                "part_id": lambda: community.parts[0].id,
                "request_id": lambda: request_id(somebody, community),
                "thread_id": lambda: thread_id(self.author, community),
                "poll_id": lambda: poll_id(self.author, community),
            }
        if "event_id" in rule.arguments:
            community = make_community(openness=Openness.CLOSED, by=self.author)
            join(self.people["colleague"], community.group)
            event = make_event(
                by=self.author, community=community, link="https://meet.example/a", present=(self.author,)
            )
            make_note(event)
            release_notes(event, by=self.author)
            session.commit()
            makers |= {
                "event_id": lambda: event.id,
                "part_id": lambda: event.parts[0].id,
                "attendance_id": lambda: event.attendances[0].id,
                "ticket": lambda: code_of(event),
            }
        if "interview_id" in rule.arguments:
            makers["participation_id"] = lambda: self.participation.id
        return {name: makers[name]() for name in rule.arguments}

    def duty_id(self):
        """A duty that the author owes and that is closed by hand."""
        organisation, admin = make_organisation(), self.people["admin"]
        participation = make_participation(self.author, unit_id=self.unit.id)
        claim = RuleText(name="เบิกค่าใช้จ่าย", days=60)
        by_hand = {"covers": Covers.EVERY, "discharged_by": Discharge.BY_HAND, "returns_from": None}
        rule = add_rule(organisation, claim, by=admin, **by_hand)
        session.commit()
        return session.scalars(
            select(Duty.id).where(Duty.rule_id == rule.id, Duty.participation_id == participation.id)
        ).one()

    def case_id(self, asset):
        post = write_post(asset, by=self.author, text="ความเห็น")
        made = report(asset, post, by=self.people["colleague"], reason=Reason.RUDE)
        session.commit()
        return made.id

    def held_id(self, asset):
        held = HeldText(item_id=asset.id, author_id=self.author.id, text="ความเห็น", because=Because.NEW)
        session.add(held)
        session.commit()
        return held.id

    def suspension_id(self, somebody):
        made = suspend(somebody, None, 7, by=self.people["admin"], why="หยาบคาย")
        session.commit()
        return made.id

    def interview(self):
        noted = note_interview(
            self.participation,
            by=self.people["km_team"],
            respondent=Respondent.COLLEAGUE,
            held_on=bangkok_today(),
            words="ทำงานได้เร็วขึ้น",
        )
        session.flush()
        return noted

    def file(self, asset):
        with receive(io.BytesIO(picture()), "ภาพ.png", settings=self.settings) as received:
            return attach(received, by=self.author, settings=self.settings, item=asset)


def songkran():
    """A holiday, also when the request before took it out."""
    organisation, day = make_organisation(), date(2026, 4, 13)
    if day not in holidays_between(organisation.id, day, day):
        add_holiday(organisation, day, by=make_person(), name="วันสงกรานต์")
        session.commit()
    return day.isoformat()


def token_id(person):
    make_token(person)
    return session.scalars(select(func.max(ApiToken.id))).one()


def notice_id(person):
    """The person is told of a comment on something he may read."""
    asset = make_asset(author=person)
    write_post(asset, by=make_person("คนที่ชอบถาม"), text="ความเห็น")
    return session.scalars(select(func.max(Notice.id)).where(Notice.person_id == person.id)).one()


def need_id(person):
    need = ask_for(f"วิธีซ่อมถนน {person.id}", by=person)
    session.commit()
    return need.id


def tag_id(person):
    tag = add_tag(person, "จัดซื้อจัดจ้าง")
    session.commit()
    return tag.id


def award_id(person, by):
    award = honour(person, by=by, reason="ดูแลผู้สูงอายุทั้งตำบล", send_key="a")
    session.commit()
    return award.id


def request_id(person, community):
    asked = ask_to_join(community, person)
    session.commit()
    return asked.id


def thread_id(person, community):
    thread = make_thread(community=community, by=person)
    reply(thread, by=person, text="ตอบเอง")
    session.commit()
    return thread.id


def poll_id(person, community):
    poll = start_poll(
        make_thread(community=community, by=person), by=person, question="วันไหน", options=["จันทร์", "อังคาร"]
    )
    session.commit()
    return poll.id


def saved_id(person):
    kept = save(SearchQuery(text="ประปา"), by=person)
    session.commit()
    return kept.id


def mail_id():
    mail = write("malee@example.org", "เรื่อง", "ข้อความ")
    session.flush()
    return mail.id


def keep_drafts_of(person):
    """The person has begun an asset, and a list of people waits to be taken in."""
    keep(person, "knowledge-new-0123456789abcdef", {"title": "เรื่องที่เริ่มไว้"})
    listed = read_people(read_table("ชื่อ,นามสกุล\n,ใจเย็น\n".encode(), "รายชื่อ.csv"))
    keep(person, "import-people", {"packed": listed.packed()})
    trainings = read_table("ชื่อหลักสูตร,ผู้เข้าอบรม,วันเริ่ม\nการจัดทำแผน,ไม่มีใคร,1/10/2568\n".encode())
    keep(person, "import-trainings", {"list": read_columns(trainings, COLUMNS).packed()})


@pytest.fixture
def stage(app, settings):
    return Stage(settings)


# Everybody on what the run is on. While nothing is chosen those two whose answers differ most try PostgreSQL.
EVERYBODY_SOMEWHERE = [(KIND, who) for who in CAST] + [
    pytest.param("postgresql", who, marks=pytest.mark.postgresql) for who in ("head", "admin") if not CHOSEN
]


def rules_of(app):
    """Every route with each of its methods."""
    return [
        (rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))
        if rule.endpoint != "static"
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def test_every_route_says_who_may(app):
    endpoints = {rule.endpoint for rule, _ in rules_of(app)}
    assert [endpoint for endpoint in sorted(endpoints) if expected(endpoint) is None] == []
    assert set(ROUTES) - endpoints == set(), "a route that is gone stands in the table"


@pytest.mark.parametrize(("database", "who"), EVERYBODY_SOMEWHERE)
def test_every_route_gives_everybody_what_the_table_says(app, login_as, stage, who):
    person, wrong, browser = stage.people[who], [], None
    for rule, method in rules_of(app):
        if person is not None:
            keep_drafts_of(person)
        url = rule.build(stage.arguments(rule, person))[1]
        browser = browser or (login_as(person) if person else app.test_client())
        answer = browser.open(url, method=method)
        got = category(answer)
        assert unsafe_in(answer) == [], f"{method} {rule.rule}"
        if rule.endpoint in ENDS_THE_SESSION:
            browser = None
        if got != expected(rule.endpoint)[who]:
            wrong.append(f"{method} {rule.rule}: {got}, not {expected(rule.endpoint)[who]}")
    assert wrong == []


@pytest.mark.parametrize("who", CAST)
def test_a_draft_is_its_authors_alone_on_every_route(app, login_as, stage, who):
    browser, wrong = login_as(stage.people[who]) if stage.people[who] else app.test_client(), []
    for rule, method in rules_of(app):
        if rule.endpoint in ROUTES_OF_A_DRAFT:
            url = rule.build(stage.arguments(rule, stage.people[who], published=False))[1]
            got = category(browser.open(url, method=method))
            if got != ROUTES_OF_A_DRAFT[rule.endpoint][who]:
                wrong.append(f"{method} {rule.rule}: {got}, not {ROUTES_OF_A_DRAFT[rule.endpoint][who]}")
    assert wrong == []


def category(answer):
    """What the answer means to the person; "open" is also a form that came back, empty as it was."""
    if answer.status_code == 401 or (answer.status_code == 302 and answer.location.startswith("/sign-in?")):
        return SIGN_IN
    if answer.status_code in (403, 404):
        return REFUSED if answer.status_code == 403 else HIDDEN
    if answer.status_code in (200, 201, 204, 301, 302, 303, 308, 409, 422):
        return OPEN
    return answer.status  # a refusal of another kind is in no table
