"""What is asked after a training and how its days are counted: read by everybody, kept by the KM team and the admin."""

from dataclasses import asdict

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.db import session
from portal.people.last_writers import last_writer
from portal.people.settings import settings_of
from portal.templating import in_language, number
from portal.thai.dates import bangkok_today
from portal.training.asking_first import ask_first, is_confirmed
from portal.training.blueprint import bp
from portal.training.calendar_keeping import change_counting, moved_by_policy
from portal.training.clock_forms import CountingForm, EndRuleForm, NewRuleForm, RuleForm
from portal.training.clock_names import COVERS, DISCHARGES, POLICIES
from portal.training.counting import policy_of
from portal.training.holiday_views import told
from portal.training.models import Discharge, DutyRule, HolidayPolicy
from portal.training.permissions import can_keep_rules
from portal.training.recounting import would_move
from portal.training.rules import all_rules, is_shipped
from portal.training.ruling import RuleText, add_rule, change_rule, end_rule, open_duties, resume_rule
from portal.translating import gettext, ngettext
from portal.web.editing import status_of
from portal.web.visibility import current_person, get_visible, require


@bp.get("/rules")
def list_rules() -> ResponseReturnValue:
    require(current_person() is not None)
    rules = all_rules(g.organisation.id)
    return render_template(
        "training/list_rules.html",
        rules=[rule for rule in rules if rule.ended_at is None],
        ended=[rule for rule in rules if rule.ended_at is not None],
        is_shipped=is_shipped,
        covers=COVERS,
        discharges=DISCHARGES,
        policy=POLICIES[policy_of(g.organisation.id)],
        follow_up_days=settings_of(g.organisation.id).follow_up_days,
        can_keep=can_keep_rules(current_person()),
    )


@bp.route("/rules/new", methods=["GET", "POST"])
def write_new_rule() -> ResponseReturnValue:
    require(can_keep_rules(current_person()))
    form = NewRuleForm(data={"returns_from": bangkok_today(), "discharged_by": str(Discharge.BY_HAND)})
    del form.every_months  # the terms of further study have their own rule
    form.offer()
    if form.validate_on_submit():
        rule = add_rule(g.organisation, form.written(), by=current_person(), **form.chosen())
        made = len(open_duties(rule))
        session.commit()
        flash(gettext("“%(rule)s” holds from now on.", rule=in_language(rule, "name")), "success")
        if made:
            said = ngettext(
                "%(num)s person owes it already.", "%(num)s persons owe it already.", made, num=number(made)
            )
            flash(said)
        return redirect(url_for("training.list_rules"))
    return render_template("training/write_rule.html", form=form, rule=None), status_of(form)


@bp.route("/rules/<int:rule_id>/edit", methods=["GET", "POST"])
def edit_rule(rule_id: int) -> ResponseReturnValue:
    rule = get_visible(DutyRule, rule_id, locked=request.method == "POST")
    require(can_keep_rules(current_person()))
    stored = {name: getattr(rule, name) for name in RuleText.__dataclass_fields__}
    form = RuleForm.opened(stored, saved_by=lambda: last_writer(rule, "duty_rule.change"))
    if rule.every_months is None:
        del form.every_months
    if form.validate_on_submit():
        text = form.written()
        moves = would_move(rule.organisation_id, rule=rule, days=text.days)
        if moves and not is_confirmed():
            heading = gettext(
                "“%(rule)s”: %(before)s days become %(after)s",
                rule=in_language(rule, "name"),
                before=number(rule.days),
                after=number(text.days),
            )
            return ask_first(moves, heading=heading, back=url_for("training.list_rules"))
        moved = change_rule(rule, text, by=current_person())
        session.commit()
        flash(gettext("Saved.") + told(moved), "success")
        return redirect(url_for("training.list_rules"))
    return render_template("training/write_rule.html", form=form, rule=rule), status_of(form)


@bp.route("/rules/<int:rule_id>/end", methods=["GET", "POST"])
def close_rule(rule_id: int) -> ResponseReturnValue:
    rule = get_visible(DutyRule, rule_id)
    require(can_keep_rules(current_person()))
    form = EndRuleForm()
    if form.validate_on_submit():
        exempted = end_rule(
            rule, by=current_person(), exempts=(form.reason.data or "") if form.exempts.data else ""
        )
        session.commit()
        flash(gettext("“%(rule)s” is ended: nobody new is asked.", rule=in_language(rule, "name")), "success")
        if exempted:
            said = ngettext(
                "%(num)s duty was exempted.", "%(num)s duties were exempted.", exempted, num=number(exempted)
            )
            flash(said)
        return redirect(url_for("training.list_rules"))
    still_open = open_duties(rule)
    page = render_template(
        "training/end_rule.html",
        form=form,
        rule=rule,
        still_open=len(still_open),
        own=sum(duty.person_id == current_person().id for duty in still_open),
    )
    return page, status_of(form)


@bp.post("/rules/<int:rule_id>/resume")
def take_up_rule(rule_id: int) -> ResponseReturnValue:
    rule = get_visible(DutyRule, rule_id)
    require(can_keep_rules(current_person()))
    resume_rule(rule, by=current_person())
    session.commit()
    flash(gettext("“%(rule)s” holds again.", rule=in_language(rule, "name")), "success")
    return redirect(url_for("training.list_rules"))


@bp.route("/rules/counting", methods=["GET", "POST"])
def decide_counting() -> ResponseReturnValue:
    require(can_keep_rules(current_person()))
    decisions = asdict(settings_of(g.organisation.id))
    stored = {name: decisions[name] for name in ("holiday_policy", "follow_up_days")}
    form = CountingForm.opened(stored, saved_by=lambda: last_writer(g.organisation, "organisation.decide"))
    form.offer()
    if form.validate_on_submit():
        policy = HolidayPolicy(form.holiday_policy.data)
        moves = moved_by_policy(g.organisation.id, policy) if policy != stored["holiday_policy"] else []
        if moves and not is_confirmed():
            heading = gettext(str(POLICIES[policy]))
            return ask_first(moves, heading=heading, back=url_for("training.list_rules"))
        moved = change_counting(
            g.organisation, by=current_person(), policy=policy, follow_up_days=form.follow_up_days.data or 0
        )
        session.commit()
        flash(gettext("Saved.") + told(moved), "success")
        return redirect(url_for("training.list_rules"))
    return render_template("training/decide_counting.html", form=form), status_of(form)
