"""The mails that were written: waiting, sent, failed. One that holds a secret is shown without its text."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from portal.admin.blueprint import bp
from portal.db import session
from portal.documents.sending import send_table
from portal.errors import NotHere
from portal.mail.models import Mail, MailState
from portal.translating import N_, gettext
from portal.web.numbers import whole_number

PAGE_SIZE = 50
MOST_TO_TAKE_HOME = 10_000
STATES = {
    MailState.WAITING: N_("Waiting"),
    MailState.SENDING: N_("Being sent"),
    MailState.SENT: N_("Sent"),
    MailState.UNCERTAIN: N_("Perhaps sent"),
    MailState.FAILED: N_("Failed"),
}


@bp.get("/mails")
def list_mails() -> ResponseReturnValue:
    state = request.args.get("state", "")
    page = whole_number(request.args.get("page"), most=100_000) or 1
    query, counted = select(Mail), select(func.count()).select_from(Mail)
    if state in set(MailState):
        query, counted = query.where(Mail.state == state), counted.where(Mail.state == state)
    total = session.scalar(counted) or 0
    mails = session.scalars(
        query.order_by(Mail.id.desc()).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    ).all()
    return render_template(
        "admin/list_mails.html",
        mails=mails,
        state=state,
        states=STATES,
        page=page,
        pages=max(1, -(-total // PAGE_SIZE)),
        total=total,
        has_server=bool(current_app.config["SETTINGS"].mail_url),
    )


@bp.get("/mails.xlsx")
def download_mails() -> ResponseReturnValue:
    mails = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(MOST_TO_TAKE_HOME))
    header = (N_("Written"), N_("To"), N_("Subject"), N_("State"), N_("Tries"), N_("Sent"), N_("Last error"))
    return send_table(
        N_("Mails"),
        header,
        (
            (
                mail.written_at,
                mail.to_address,
                mail.subject,
                gettext(STATES[mail.state]),
                mail.tries,
                mail.sent_at,
                mail.last_error,
            )
            for mail in mails
        ),
    )


@bp.get("/mails/<int:mail_id>")
def show_mail(mail_id: int) -> ResponseReturnValue:
    mail = session.get(Mail, mail_id) if mail_id < 2**31 else None
    if mail is None:
        raise NotHere
    return render_template("admin/show_mail.html", mail=mail, states=STATES)
