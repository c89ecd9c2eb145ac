"""Files over the wire: sending them in, fetching them through a permission check made at that moment, taking them away."""

from contextlib import ExitStack

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.file import MultipleFileField
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField

from portal.config import Settings
from portal.db import session
from portal.errors import BadInput, NotHere, PortalError
from portal.files.recognising import ENDINGS
from portal.files.storing import path_of, receive
from portal.items.attaching import (
    address_of,
    attach,
    can_fetch,
    can_remove,
    markdown_of,
    remove,
    visible_attachments,
)
from portal.items.models import Attachment, Item
from portal.items.permissions import can_attach
from portal.items.views import page_of
from portal.people.signing_in import public
from portal.templating import number
from portal.translating import N_, gettext
from portal.translating import lazy_gettext as _l
from portal.web.forms import PortalForm
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, get_visible, require

bp = Blueprint("attachments", __name__)

MOST_AT_ONCE = 20
# What a file may do when a browser opens it: nothing. A PDF is left out of the sandbox, in which older browsers show none.
NOTHING_ALLOWED = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
SANDBOX = f"sandbox; {NOTHING_ALLOWED}"
PDF = "application/pdf"


class NoFileChosen(BadInput):
    message = N_("Choose a file first.")


class TooManyFiles(BadInput):
    message = N_("At most %(limit)s files can be sent at once.")


class FilesForm(PortalForm):
    file = MultipleFileField(
        _l("Files"),
        description=_l(
            "PDF, Word, Excel, PowerPoint, OpenDocument, text, or pictures. A picture loses the place where it was taken."
        ),
    )
    item_id = HiddenField(filters=())


@bp.get("/files/new")
def choose() -> ResponseReturnValue:
    """Sending files without script: for an item (`?item=`), or to be shown in a text that is being written."""
    form = FilesForm()
    item = _item_to_attach_to(request.args.get("item", ""))
    form.item_id.data = str(item.id) if item else ""
    return _choose_page(form, item)


@bp.post("/files")
def upload() -> ResponseReturnValue:
    item_id = request.form.get("item_id", "")
    _item_to_attach_to(item_id)
    try:
        attachments = take_in(request.files.getlist("file"), item_id)
    except PortalError as error:
        if _wants_json() or error.status in (403, 404):
            raise
        session.rollback()
        form = FilesForm()
        form.form_errors = [gettext(error.message, **error.values)]
        return _choose_page(form, _item_to_attach_to(item_id)), error.status
    if _wants_json():
        shown = [_as_json(attachment) for attachment in attachments]
        return jsonify(**shown[0], files=shown), 201
    item = attachments[0].item
    if item is not None:
        flash(gettext("The files are attached."))
        return redirect(url_for("attachments.choose", item=item.id))
    return redirect(url_for("attachments.choose", sent=",".join(str(one.id) for one in attachments)))


def take_in(files: list[FileStorage], item_id: str = "") -> list[Attachment]:
    """Receive all files, then keep and commit them all, with the item or (no id) with their uploader till the text they
    belong to is saved; one that can't be kept refuses all."""
    chosen = [file for file in files if file.filename]
    if not chosen:
        raise NoFileChosen
    if len(chosen) > MOST_AT_ONCE:
        raise TooManyFiles(limit=number(MOST_AT_ONCE))
    settings = _settings()
    # Drawing a photograph takes a second or two; nobody else's saving should wait for the database meanwhile.
    session.rollback()
    with ExitStack() as stack:
        received = [
            stack.enter_context(receive(file.stream, file.filename or "", settings=settings))
            for file in chosen
        ]
        person, item = current_person(), _item_to_attach_to(item_id)
        attachments = [attach(one, by=person, settings=settings, item=item) for one in received]
        session.commit()
    return attachments


@bp.get("/files/<int:attachment_id>")
@bp.get("/files/<int:attachment_id>/<path:name>")
@public
def fetch(attachment_id: int, name: str = "") -> ResponseReturnValue:
    """The file itself. The id decides, what stands behind it is for texts (`address_of`); hidden, removed and missing look the same."""
    attachment = _fetchable(attachment_id)
    file = attachment.file
    inline = file.is_picture or file.media_type == PDF
    response = send_file(
        path_of(file, _settings()),
        mimetype=file.media_type,
        as_attachment=not inline,
        download_name=attachment.name,
        conditional=True,
        etag=file.sha256,
    )
    response.headers["Content-Security-Policy"] = NOTHING_ALLOWED if file.media_type == PDF else SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    # What everybody may read may be kept by a browser that asks each time whether it is still so.
    is_open = can_fetch(None, attachment)
    response.headers["Cache-Control"] = "public, no-cache" if is_open else "private, no-store"
    return response


@bp.post("/files/<int:attachment_id>/remove")
def take_away(attachment_id: int) -> ResponseReturnValue:
    attachment = _fetchable(attachment_id)
    require(can_remove(current_person(), attachment))
    item = attachment.item
    remove(attachment, by=current_person())
    session.commit()
    if _wants_json():
        return "", 204
    flash(gettext("The file is gone."))
    if item is None:
        return redirect(url_for("attachments.choose"))
    if can_attach(current_person(), item):
        return redirect(url_for("attachments.choose", item=item.id))
    return redirect(page_of(item))


def _fetchable(attachment_id: int) -> Attachment:
    if not 0 < attachment_id < 2**31:
        raise NotHere
    attachment = session.scalar(
        visible_attachments(current_person())
        .where(Attachment.id == attachment_id)
        .options(joinedload(Attachment.item), joinedload(Attachment.post))
    )
    if attachment is None:
        raise NotHere
    return attachment


def _item_to_attach_to(item_id: str) -> Item | None:
    """The item with that id, to which the person may attach files; None when no id is given. NotHere, Refused."""
    if not item_id:
        return None
    item = get_visible(Item, whole_number(item_id) or 0)
    require(can_attach(current_person(), item))
    return item


def _choose_page(form: FilesForm, item: Item | None) -> str:
    """The page for sending files, with those the item has, or those that were just sent and wait for their text."""
    shown: list[Attachment] = []
    if item is not None:
        wanted = visible_attachments(current_person()).where(
            Attachment.item_id == item.id, Attachment.post_id.is_(None)
        )
        shown = list(session.scalars(wanted.order_by(Attachment.id)))
    elif sent := [
        number
        for one in request.args.get("sent", "").split(",")[:MOST_AT_ONCE]
        if (number := whole_number(one))
    ]:
        wanted = visible_attachments(current_person()).where(Attachment.id.in_(sent))
        shown = list(session.scalars(wanted.order_by(Attachment.id)))
    return render_template(
        "items/choose_files.html",
        form=form,
        item=item,
        back=page_of(item) if item else "",
        shown=shown,
        markdown_of=markdown_of,
        endings=",".join(f".{ending}" for ending in sorted(ENDINGS)),
        most_bytes=_settings().max_upload,
    )


def _as_json(attachment: Attachment) -> dict[str, object]:
    return {
        "id": attachment.id,
        "url": address_of(attachment),
        "name": attachment.name,
        "size": attachment.file.size,
        "is_picture": attachment.file.is_picture,
        "markdown": markdown_of(attachment),
    }


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
