"""Which result was opened, told by a real browser; without script nothing is told and everything works."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.db import session
from portal.search.indexing import index_pending
from portal.search.models import AskedQuery
from tests.look.browsing import serving
from tests.making import PASSWORD, make_asset, make_person

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("has_script", [True, False])
def test_the_place_of_the_opened_result_is_told_by_a_browser_with_script(app, chromium, has_script):
    app.config["WTF_CSRF_ENABLED"] = True
    asset = make_asset("คู่มือรับชำระภาษีที่ดิน")
    person = make_person("มาลี", username="malee")
    index_pending(app.config["SETTINGS"])
    session.remove()
    context = chromium.new_context(locale="th-TH", java_script_enabled=has_script)
    with serving(app) as address:
        page = context.new_page()
        page.goto(f"{address}/sign-in")
        page.fill("[name=account]", person.username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.goto(f"{address}/search?q=ภาษีที่ดิน")
        told = []
        page.on(
            "request", lambda request: told.append(request.url) if "/search/opened" in request.url else None
        )
        page.click(".hit h2 a")
        expect(page.locator("h1")).to_contain_text(asset.title)
        page.wait_for_timeout(300)  # a beacon goes beside the page
        context.close()
    app.extensions["asked"].flush()
    row = session.scalars(select(AskedQuery)).one()
    assert (row.words, row.asked) == ("ภาษีที่ดิน", 1)
    assert (row.clicks, row.ranks) == ((1, 1) if has_script else (0, 0))
    assert len(told) == int(has_script)
