"""A portal of nothing but templates: base.html and the components in a Flask app with the strict policy of the real one."""

import datetime
from collections.abc import Callable
from typing import Any

from babel.messages.pofile import read_po
from flask import Flask, Response, jsonify, render_template, render_template_string, request, url_for
from flask_wtf import CSRFProtect
from markupsafe import escape
from wtforms import (
    BooleanField,
    FileField,
    Form,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.paths import LOCALE, STATIC, TEMPLATES

with (LOCALE / "th" / "look.po").open("rb") as file:
    CATALOGUE = {
        message.id if isinstance(message.id, str) else message.id[0]: message.string
        if isinstance(message.string, str)
        else message.string[0]
        for message in read_po(file, locale="th")
        if message.id
    }
DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
POLICY = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"


WRITING = """
{% extends "base.html" %}
{% import "components/forms.html" as forms %}
{% import "components/lists.html" as lists %}
{% block title %}เขียน{% endblock %}
{% block heading %}<h1>เขียน</h1>{% endblock %}
{% block left %}{{ lists.facets([{"name": "kind", "label": "ประเภท", "options": [
  {"value": "manual", "label": "คู่มือ", "count": 12}, {"value": "story", "label": "เรื่องเล่า", "count": 2}]}], "/search",
  {"q": "อบรม"}) }}{% endblock %}
{% block content %}
{% call forms.form(form, draft_url="/draft") %}
  {{ forms.field(form.title) }}
  {{ forms.date(form.returned, understand_url="/understand") }}
  {{ forms.markdown(form.text, preview_url="/preview", upload_url="/picture") }}
  {{ forms.file(form.file, max_bytes=10, too_large="ใหญ่กว่า 10 ไบต์") }}
  {{ forms.choices(form.kind) }}
  {{ forms.submit("ส่ง") }}
{% endcall %}
{{ forms.confirm("ลบ", "ลบเรื่องนี้หรือไม่", "/remove", "ลบเลย") }}
{% endblock %}
"""


class SampleForm(Form):
    """One field of each kind, for the living page."""

    title = StringField(
        "ชื่อเรื่อง", [InputRequired("กรุณาใส่ชื่อเรื่อง"), Length(max=300)], description="บอกให้รู้ว่าเรื่องอะไร"
    )
    password = PasswordField("รหัสผ่าน")
    unit = SelectField(
        "ส่วนราชการ", choices=[SelectChoice("1", "กองคลัง"), SelectChoice("2", "กองยุทธศาสตร์และงบประมาณ")]
    )
    text = TextAreaField("เนื้อหา", [InputRequired("กรุณาเขียนเนื้อหา")])
    note = TextAreaField("จะนำไปใช้ในงานของฉันอย่างไร", description="งานใด เริ่มเมื่อไร ใครเกี่ยวข้อง")
    returned = StringField("วันที่กลับ")
    kind = RadioField(
        "ชนิด", choices=[SelectChoice("manual", "คู่มือ"), SelectChoice("story", "เรื่องเล่า")], default="manual"
    )
    steps = SelectMultipleField(
        "ขั้นตอน",
        choices=[SelectChoice("KM2", "KM2 สร้างและแสวงหา"), SelectChoice("KM6", "KM6 แลกเปลี่ยน")],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    is_public = BooleanField("ให้ประชาชนอ่านได้")
    file = FileField("เอกสารแนบ", description="PDF, Word, Excel หรือรูปภาพ")


def thai(message: str) -> str:
    return CATALOGUE.get(message, message)


def number(value: float | None, decimals: int = 0) -> str:
    """As the portal's filter, in Thai numerals: an Arabic digit that slips past the filter shows itself."""
    if value is None:
        return "–"
    return f"{value:,.{decimals}f}".translate(DIGITS)


def make_app(context: Callable[[], dict[str, Any]] | None = None) -> Flask:
    """An app whose `/` is the living page, `/error` the error page; `?errors=1` shows the form as refused."""
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.config.update(SECRET_KEY="look", WTF_CSRF_ENABLED=True, TEMPLATES_AUTO_RELOAD=True)
    CSRFProtect(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(thai, lambda one, _many, _n: thai(one), newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters.update(
        number=number,
        year=lambda year: str(year).translate(DIGITS),
        date=str,
        datetime=str,
        filesize=lambda size: f"{number(size / 1024)} KB",
    )
    app.jinja_env.globals.update(static_url=lambda path: url_for("static", filename=path))

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {
            "current_language": "th",
            "organisation": {"name": "องค์การบริหารส่วนตำบลบ้านริมธารน้ำใสพัฒนา"},
            "search_url": "/search",
            "navigation": [
                {"label": label, "url": f"/{n}", "is_current": n == 4}
                for n, label in enumerate(
                    ["หน้าแรก", "คลังความรู้", "รายงานการฝึกอบรม", "ชุมชนนักปฏิบัติ", "แผน KM ๒๕๗๐", "ใครเก่งเรื่องอะไร"]
                )
            ],
            "notices_url": "/notices",
            "unread": 3,
            "account": {
                "name": "มาลี ใจเย็นประเสริฐศักดิ์วงศ์",
                "links": [{"label": "หน้าของฉัน", "url": "/me"}],
                "sign_out_url": "/sign-out",
            },
            "demo_mode": True,
            "footer_pages": [
                {"label": "นโยบายความเป็นส่วนตัว", "url": "/privacy"},
                {"label": "ติดต่อ", "url": "/contact"},
            ],
            "last_update": datetime.date(2026, 11, 20),
            "language_switch": {"label": "English", "url": "/language", "code": "en", "post": True},
            **(context() if context else {}),
        }

    @app.after_request
    def strict(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    @app.get("/")
    def living_page() -> str:
        form = SampleForm()
        if request.args.get("errors"):
            form.validate()
        return render_template("living_page.html", form=form)

    @app.route("/search", methods=["GET"])
    @app.route("/remove", methods=["POST"])
    def arrived() -> str:
        return request.full_path

    @app.get("/error")
    def error() -> str:
        return render_template(
            "errors/page.html", status=404, title="ไม่พบหน้านี้", message="อาจถูกย้าย", request_id="a1b2"
        )

    @app.get("/write")
    def write() -> str:
        return render_template_string(WRITING, form=SampleForm())

    @app.get("/understand")
    def understand() -> Response:
        return jsonify(ok="/" in request.args["text"], text="วันอาทิตย์ที่ 8 พฤศจิกายน 2569")

    @app.post("/preview")
    def preview() -> Response:
        text = escape((request.get_json() or {})["text"])
        return jsonify(html=f"<p>{text}</p>")

    @app.post("/picture")
    def picture() -> tuple[Response, int]:
        name = request.files["file"].filename or ""
        if not name.endswith(".png"):
            return jsonify(error="รับเฉพาะรูป PNG"), 422
        return jsonify(markdown=f"![{name}](/files/1)"), 201

    @app.route("/draft", methods=["GET", "POST", "DELETE"])
    def draft() -> tuple[Response | str, int]:
        # each test's own: a page that closes late may still save for the test before
        drafts: dict[str, Any] = app.extensions["drafts"].setdefault(request.headers.get("X-Test", ""), {})
        if request.method == "POST":
            drafts.update((request.get_json() or {})["fields"])
        if request.method == "DELETE":
            drafts.clear()
        if not drafts:
            return "", 204
        return jsonify(fields=drafts, saved_at="2026-11-20T03:42:00+00:00", saved="10:42 น."), 200

    app.extensions["drafts"] = {}
    return app
