"""Communities: the list, a community's page, founding and editing one, joining and leaving."""

from typing import TypeVar

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from portal.communities.belonging import facilitators_of, present_parts
from portal.communities.forms import BringInForm, CommunityForm, FoundingForm, JoinForm, PartForm
from portal.communities.founding import close_down, edit_community, found_community, open_again
from portal.communities.hearing import count_unread, reading_of, unread_among
from portal.communities.joining import (
    ask_to_join,
    belong,
    bring_in,
    give_up_part,
    leave,
    let_in,
    take_part,
    turn_down,
)
from portal.communities.life import asleep_among, shown_signs
from portal.communities.listing import (
    A_PAGE,
    communities_of,
    count_communities,
    count_members,
    members_of,
    people_of,
    request_of,
    requests_to,
    standings_of,
)
from portal.communities.models import Community, CommunityPart, JoinRequest, Part
from portal.communities.naming import LEAVING, PARTS, SHORTLY, THREAD_KINDS
from portal.communities.permissions import (
    can_ask_to_join,
    can_bring_in,
    can_change_openness,
    can_close_down,
    can_decide,
    can_end_part,
    can_found_community,
    can_join,
    can_lead,
    can_leave,
    can_open_again,
    can_read,
    can_see_community,
    can_see_members,
    is_member,
)
from portal.communities.thread_models import ThreadKind
from portal.communities.thread_permissions import can_start_thread
from portal.communities.threads import threads_of
from portal.db import lock, session
from portal.drafts.sending import sent_once
from portal.errors import BadInput, NotHere
from portal.people.by_name import people_to_offer_for
from portal.people.last_writers import last_writer
from portal.people.models import NAME_LENGTH, Openness, Person
from portal.plan.permissions import can_plan
from portal.plan.running import goals_to_offer
from portal.plan.steps import STEPS
from portal.thai.repair import repair
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.numbers import LARGEST, whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

Belonging = TypeVar("Belonging", JoinRequest, CommunityPart)

bp = Blueprint("communities", __name__, url_prefix="/communities")


@bp.get("")
def list_communities() -> ResponseReturnValue:
    person = current_person()
    require(person is not None)
    asked, plans, called = request.args.get("state", ""), can_plan(person), _called()
    state = asked if asked in ("mine", "closed_down") or (asked == "asleep" and plans) else ""
    page = _page_number()
    if state == "asleep":
        everyone = [one.community for one in communities_of(person, called=called)]
        asleep = asleep_among(everyone)
        total, standings = len(asleep), standings_of(asleep[(page - 1) * A_PAGE : page * A_PAGE], person)
    else:
        mine, ended = state == "mine", state == "closed_down"
        total = count_communities(person, mine=mine, closed_down=ended, called=called)
        standings = communities_of(person, mine=mine, closed_down=ended, called=called, page=page)
    return render_template(
        "communities/list_communities.html",
        standings=standings,
        signs=shown_signs([one.community for one in standings]),
        unread=count_unread(person),
        state=state,
        called=called,
        page=page,
        pages=max(1, -(-total // A_PAGE)),
        searched=bool(called) or total > A_PAGE,
        url_of=lambda number: url_for(
            "communities.list_communities", state=state or None, q=called or None, page=number
        ),
        plans=plans,
        can_found=can_found_community(person),
        shortly=SHORTLY,
    )


@bp.route("/new", methods=["GET", "POST"])
def found() -> ResponseReturnValue:
    person = current_person()
    require(can_found_community(person))
    form = FoundingForm()
    form.offer(goals_to_offer(g.organisation.id))
    if form.validate_on_submit():
        with refusals_in(form):
            sent = sent_once(person, request.path, request.form.items(multi=True))
            if not sent.led_to:
                community = found_community(g.organisation, form.about(), by=person)
                sent.led_to = url_for("communities.show_community", community_id=community.id)
                session.commit()
                flash(gettext("The community is founded. Its first talk is yours to begin."), "success")
            return redirect(sent.led_to)
    return render_template("communities/write_community.html", form=form, community=None), status_of(form)


@bp.get("/<int:community_id>")
def show_community(community_id: int) -> ResponseReturnValue:
    return _page(get_visible(Community, community_id, joinedload(Community.goal)))


@bp.route("/<int:community_id>/edit", methods=["GET", "POST"])
def edit(community_id: int) -> ResponseReturnValue:
    community = get_visible(Community, community_id)
    require(can_lead(current_person(), community))
    if request.method == "POST":
        lock(community.group)
    form = CommunityForm.opened(
        _as_typed(community), saved_by=lambda: last_writer(community, "community.edit")
    )
    only = None if can_change_openness(current_person(), community) else community.group.openness
    form.offer(goals_to_offer(g.organisation.id, {community.goal_id} if community.goal_id else None), only)
    if form.validate_on_submit():
        with refusals_in(form):
            edit_community(community, form.about(), by=current_person())
            session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for("communities.show_community", community_id=community_id))
    page = render_template("communities/write_community.html", form=form, community=community)
    return page, status_of(form)


@bp.post("/<int:community_id>/join")
def join(community_id: int) -> ResponseReturnValue:
    community, person = get_visible(Community, community_id), current_person()
    if not is_member(person, community):  # a second click finds it done
        require(can_join(person, community))
        belong(community, person, by=person)
        session.commit()
    flash(gettext("Welcome to “%(name)s”.", name=community.name), "success")
    return redirect(url_for("communities.show_community", community_id=community.id))


@bp.post("/<int:community_id>/leave")
def leave_it(community_id: int) -> ResponseReturnValue:
    community, person = get_visible(Community, community_id), current_person()
    if can_leave(person, community):  # a second click finds it done
        leave(community, person, by=person)
        session.commit()
        flash(gettext("You have left “%(name)s”.", name=community.name), "success")
    still = can_see_community(person, community)
    return redirect(
        url_for("communities.show_community", community_id=community.id)
        if still
        else url_for("communities.list_communities")
    )


@bp.post("/<int:community_id>/requests")
def ask(community_id: int) -> ResponseReturnValue:
    community, person = get_visible(Community, community_id), current_person()
    require(can_ask_to_join(person, community))
    form = JoinForm()
    if form.validate_on_submit():
        with refusals_in(form):
            ask_to_join(community, person, form.why.data or "")
            session.commit()
            flash(
                gettext("Those who let people in are told. You hear as soon as they have decided."), "success"
            )
            return redirect(url_for("communities.show_community", community_id=community_id))
    return _page(get_visible(Community, community_id), join_form=form)


@bp.post("/<int:community_id>/requests/<int:request_id>")
def decide(community_id: int, request_id: int) -> ResponseReturnValue:
    """Let in, or turn down, as the button says."""
    community = get_visible(Community, community_id)
    require(can_decide(current_person(), community))
    asked = _of(community, JoinRequest, request_id)
    if request.form.get("outcome") == "turn_down":
        turn_down(asked, by=current_person())
        said = gettext("%(name)s is told that it is not to be.", name=asked.person.name)
    elif request.form.get("outcome") != "let_in":
        raise BadInput
    else:
        let_in(asked, by=current_person())
        said = gettext("%(name)s belongs to it now.", name=asked.person.name)
    session.commit()
    flash(said, "success")
    return redirect(url_for("communities.list_members", community_id=community.id))


@bp.get("/<int:community_id>/members")
def list_members(community_id: int) -> ResponseReturnValue:
    community = get_visible(Community, community_id)
    require(can_see_members(current_person(), community))
    return _members_page(community)


@bp.post("/<int:community_id>/members")
def bring_somebody_in(community_id: int) -> ResponseReturnValue:
    community = get_visible(Community, community_id)
    require(can_bring_in(current_person(), community))
    form = BringInForm()
    form.offer(_not_yet_in(community))
    if form.validate_on_submit():
        person = form.person.person
        bring_in(community, person, by=current_person())
        session.commit()
        flash(gettext("%(name)s belongs to it now.", name=person.name), "success")
        return redirect(url_for("communities.list_members", community_id=community.id))
    return _members_page(community, bring_in_form=form)


@bp.get("/<int:community_id>/members/to-choose")
def offer_members(community_id: int) -> ResponseReturnValue:
    """Who may be given a part, or with `new` be brought in, by the beginning of a name (`q`)."""
    community, person = get_visible(Community, community_id), current_person()
    is_new = "new" in request.args
    require(can_bring_in(person, community) if is_new else can_lead(person, community))
    among = _not_yet_in(community) if is_new else people_of(community)
    return jsonify(people=people_to_offer_for(request.args.get("q", ""), among))


@bp.post("/<int:community_id>/parts")
def give_part(community_id: int) -> ResponseReturnValue:
    community = get_visible(Community, community_id)
    require(can_lead(current_person(), community))
    form = PartForm()
    form.offer(people_of(community))
    if form.validate_on_submit():
        take_part(community, form.person.person, Part(form.part.data), by=current_person())
        session.commit()
        flash(gettext("Saved."), "success")
        return redirect(url_for("communities.list_members", community_id=community.id))
    return _members_page(community, part_form=form)


@bp.post("/<int:community_id>/parts/<int:part_id>/end")
def end_part(community_id: int, part_id: int) -> ResponseReturnValue:
    community, person = get_visible(Community, community_id), current_person()
    taken = _of(community, CommunityPart, part_id)
    require(can_end_part(person, taken))
    give_up_part(taken, by=person)
    session.commit()
    flash(gettext("Saved."), "success")
    return redirect(url_for("communities.list_members", community_id=community.id))


@bp.post("/<int:community_id>/close")
def close(community_id: int) -> ResponseReturnValue:
    community = get_visible(Community, community_id)
    require(can_close_down(current_person(), community))
    close_down(community, by=current_person())
    session.commit()
    flash(gettext("“%(name)s” is closed.", name=community.name), "success")
    return redirect(url_for("communities.list_communities"))


@bp.post("/<int:community_id>/reopen")
def reopen(community_id: int) -> ResponseReturnValue:
    community = get_visible(Community, community_id)
    require(can_open_again(current_person(), community))
    open_again(community, by=current_person())
    session.commit()
    flash(gettext("“%(name)s” is open again.", name=community.name), "success")
    return redirect(url_for("communities.show_community", community_id=community.id))


def _of(community: Community, kind: type[Belonging], number: int) -> Belonging:
    """That request or part, of this community and of no other."""
    row = session.get(kind, number) if 0 < number <= LARGEST else None
    if row is None or row.community_id != community.id:
        raise NotHere
    return row


def _called() -> str:
    """What names are searched for in a list; cut where nobody types on."""
    return " ".join(repair(request.args.get("q", "")).split())[:NAME_LENGTH]


def _page_number() -> int:
    return whole_number(request.args.get("page"), most=100_000) or 1


def _not_yet_in(community: Community) -> Select[Person]:
    """The colleagues who can be brought in."""
    here = Person.visible_to(current_person()).where(Person.deactivated_at.is_(None))
    return here.where(Person.id.not_in(people_of(community).with_only_columns(Person.id)))


def _page(community: Community, *, join_form: JoinForm | None = None) -> ResponseReturnValue:
    person = current_person()
    sees_members, reads = can_see_members(person, community), can_read(person, community)
    show = request.args.get("show", "")
    kind, unanswered = ThreadKind(show) if show in set(ThreadKind) else None, show == "unanswered"
    page_number = _page_number()
    found = (
        threads_of(community, person, page=page_number, kind=kind, unanswered=unanswered) if reads else None
    )
    belongs = is_member(person, community)
    page = render_template(
        "communities/show_community.html",
        community=community,
        step=STEPS[community.step],
        members=count_members([community.group_id]).get(community.group_id, 0),
        is_open=community.group.openness == Openness.OPEN,
        parts_named=PARTS,
        shortly=SHORTLY,
        leaving=LEAVING,
        request_waiting=request_of(person, community),
        waiting=len(requests_to(community)) if can_decide(person, community) else 0,
        parts=present_parts([community.id]),
        signs=shown_signs([community])[community.id],
        found=found,
        unread=unread_among([*found.pinned, *found.threads], person) if found and belongs else {},
        reading=reading_of(community, person) if belongs else None,
        page=page_number,
        shown="unanswered" if unanswered else str(kind or ""),
        thread_kinds=THREAD_KINDS,
        url_of=lambda number: url_for(
            "communities.show_community",
            community_id=community.id,
            show=request.args.get("show"),
            page=number,
        ),
        join_form=join_form or JoinForm(formdata=None),
        may={
            "join": can_join(person, community),
            "ask": can_ask_to_join(person, community),
            "leave": can_leave(person, community),
            "be_last": facilitators_of(community) == {person.id},
            "lead": can_lead(person, community),
            "close": can_close_down(person, community),
            "reopen": can_open_again(person, community),
            "see_members": sees_members,
            "start": can_start_thread(person, community),
        },
    )
    return page, status_of(join_form) if join_form else 200


def _members_page(
    community: Community, *, part_form: PartForm | None = None, bring_in_form: BringInForm | None = None
) -> ResponseReturnValue:
    person, called, number = current_person(), _called(), _page_number()
    found = members_of(community, called=called, page=number)
    leads, brings_in = can_lead(person, community), can_bring_in(person, community)
    decides = can_decide(person, community)
    status = max([200, *(status_of(one) for one in (part_form, bring_in_form) if one)])
    if part_form is None and leads:
        part_form = PartForm(formdata=None)
        part_form.offer(people_of(community))
    if bring_in_form is None and brings_in:
        bring_in_form = BringInForm(formdata=None)
        bring_in_form.offer(_not_yet_in(community))
    page = render_template(
        "communities/list_members.html",
        community=community,
        found=found,
        called=called,
        page=number,
        searched=bool(called) or found.pages > 1,
        url_of=lambda wanted: url_for(
            "communities.list_members", community_id=community.id, q=called or None, page=wanted
        ),
        requests=requests_to(community) if decides else [],
        is_open=community.group.openness == Openness.OPEN,
        parts_named=PARTS,
        part_form=part_form,
        bring_in_form=bring_in_form,
        leads=leads,
    )
    return page, status


def _as_typed(community: Community) -> dict[str, object]:
    group = community.group
    return {
        "name": group.name,
        "name_en": group.name_en,
        "purpose": group.purpose,
        "openness": str(group.openness),
        "step": community.step,
        "goal": str(community.goal_id or ""),
    }
