"""The page of results on a phone."""

import pytest

from portal.search.indexing import index_pending
from tests.look.browsing import serving
from tests.making import make_asset

pytestmark = pytest.mark.browser


def test_the_orders_stand_on_one_line_of_a_phone(app, chromium):
    for number in range(2):
        make_asset(f"คู่มือประปา {number}", readers="public")
    index_pending(app.config["SETTINGS"])
    context = chromium.new_context(
        viewport={"width": 360, "height": 800}, locale="th-TH", is_mobile=True, has_touch=True
    )
    with serving(app) as address:
        page = context.new_page()
        page.goto(f"{address}/search?q=ประปา")
        tops = page.locator(".orders li").evaluate_all("lines => lines.map(line => line.offsetTop)")
        context.close()
    assert len(tops) == 4
    assert len(set(tops)) == 1
