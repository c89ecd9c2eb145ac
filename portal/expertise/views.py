"""Looking for people by a topic; what one knows oneself; and what of it stands on the pages of other rooms."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.communities.listing import Member
from portal.db import session
from portal.expertise.contributing import contributions_of
from portal.expertise.finding import Expert, experts_among, people_for
from portal.expertise.forms import TagForm
from portal.expertise.models import ExpertiseTag
from portal.expertise.permissions import (
    can_confirm,
    can_look_for_people,
    can_remove_tag,
    can_tag,
    can_take_away,
)
from portal.expertise.tagging import (
    MOST_TAGS,
    add_tag,
    confirm,
    remove_tag,
    subjects_named,
    tags_in_group,
    tags_of,
    take_away_tag,
    take_back_confirmation,
)
from portal.expertise.wording import address_of, reasons_of
from portal.people.listing import places_of
from portal.people.models import Person
from portal.people.permissions import can_see_contact
from portal.search.query import tidy
from portal.search.searching import SearchResults
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

MOST_BESIDE_RESULTS = 3

bp = Blueprint("expertise", __name__)


@bp.get("/experts")
def find() -> ResponseReturnValue:
    """Who may know about the topic and why; without one, what colleagues say they know."""
    me = current_person()
    require(can_look_for_people(me))
    topic = tidy(request.args.get("q", ""))
    experts = people_for(topic, me) if topic else []
    return render_template(
        "expertise/find.html",
        topic=topic,
        rows=_rows(experts),
        subjects=[] if topic else subjects_named(me),
    )


@bp.route("/me/expertise", methods=["GET", "POST"])
def my_subjects() -> ResponseReturnValue:
    """What one says oneself one knows; a form adds to it."""
    me = current_person()
    require(can_tag(me, me))
    form = TagForm()
    if form.validate_on_submit():
        with refusals_in(form):
            add_tag(me, form.tag.data or "")
            session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for("expertise.my_subjects"))
    tags = tags_of([me.id], with_names=True).get(me.id, [])
    page = render_template("expertise/my_subjects.html", form=form, tags=tags, may_add=len(tags) < MOST_TAGS)
    return page, status_of(form) if form.errors else 200


@bp.post("/expertise/<int:tag_id>/remove")
def remove(tag_id: int) -> ResponseReturnValue:
    tag = get_visible(ExpertiseTag, tag_id)
    me, owner, said = current_person(), tag.person, tag.tag
    require(can_remove_tag(me, tag))
    if can_take_away(me, tag):
        take_away_tag(tag, by=me)
        back = url_for("profiles.show_person", person_id=owner.id)
    else:
        remove_tag(tag)
        back = url_for("expertise.my_subjects")
    session.commit()
    flash(gettext("“%(tag)s” is removed, with what colleagues confirmed of it.", tag=said), "success")
    return redirect(back)


@bp.post("/expertise/<int:tag_id>/confirm")
def confirm_tag(tag_id: int) -> ResponseReturnValue:
    tag = get_visible(ExpertiseTag, tag_id, locked=True)
    require(can_confirm(current_person(), tag))
    confirm(tag, by=current_person())
    session.commit()
    return _back_to(tag)


@bp.post("/expertise/<int:tag_id>/take-back")
def take_back(tag_id: int) -> ResponseReturnValue:
    tag = get_visible(ExpertiseTag, tag_id, locked=True)
    require(can_confirm(current_person(), tag))
    take_back_confirmation(tag, by=current_person())
    session.commit()
    return _back_to(tag)


def _back_to(tag: ExpertiseTag) -> ResponseReturnValue:
    return redirect(url_for("profiles.show_person", person_id=tag.person_id, _anchor="expertise"))


def _rows(experts: list[Expert]) -> list[dict[str, Any]]:
    """A line for each: who, where he works, why, and how to reach him."""
    me = current_person()
    places = places_of([one.person.id for one in experts])
    return [
        {
            "person": one.person,
            "place": next(iter(places.get(one.person.id, ())), None),
            "reasons": reasons_of(one),
            "phone": one.person.phone if can_see_contact(me, one.person) else "",
        }
        for one in experts
    ]


def profile_section(person: Person) -> str:
    """For a profile: what he knows, who confirms it, what he contributed."""
    me = current_person()
    tags = tags_of([person.id], with_names=True).get(person.id, [])
    contributions = contributions_of(person, me)
    if not tags and contributions.is_empty and person.id != me.id:
        return ""
    return render_template(
        "expertise/profile_section.html",
        person=person,
        tags=tags,
        may_confirm={tag.id for tag in tags if can_confirm(me, tag)},
        may_take_away={tag.id for tag in tags if can_take_away(me, tag)},
        confirmed={tag.id for tag in tags if any(one.by_id == me.id for one in tag.confirmations)},
        contributions=contributions,
        address_of=address_of,
    )


def my_section(person: Person) -> str:
    """For one's own page: what one says one knows, and the way to change it."""
    return render_template("expertise/my_section.html", tags=tags_of([person.id]).get(person.id, []))


def member_tags(member: Member) -> str:
    """For the card of a community's member: what he is good at. Of all members it is asked once."""
    known: dict[int, dict[int, list[ExpertiseTag]]] = g.setdefault("tags_of_members", {})
    group_id = member.membership.group_id
    if group_id not in known:
        known[group_id] = tags_in_group(group_id)
    tags = known[group_id].get(member.person.id, [])
    return render_template("expertise/member_tags.html", tags=tags) if tags else ""


def beside_results(found: SearchResults) -> str:
    """For the first page of results: who may know more, of whom one reads there, or where nothing was found who may know."""
    me, topic = current_person(), found.query.sought
    if not can_look_for_people(me) or not topic or found.query.page > 1:
        return ""
    lines = [result.item for result in (*found.results, *found.near)]
    experts = experts_among(lines, topic, me.organisation_id, without=[me.id], most=MOST_BESIDE_RESULTS)
    return render_template(
        "expertise/beside_results.html", rows=_rows(experts), topic=topic, nothing_found=not found.total
    )
