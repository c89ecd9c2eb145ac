"""Suggestions under the search box as one meets them: with the keyboard, as a screen reader is told, with the mouse."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_the_main_job import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def page(portal, chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="th-TH")
    page = context.new_page()
    sign_in(page, f"http://127.0.0.1:{portal.port}", "reader")
    yield page
    context.close()


def open_list(page: Page, text: str):
    box = page.locator("#search-box")
    box.press_sequentially(text)
    expect(page.get_by_role("listbox")).to_be_visible()
    return box


def test_arrows_choose_and_enter_goes_there(page):
    box = open_list(page, "สมพง")
    option = page.get_by_role("option")
    expect(option).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box).to_have_value("สมพง")
    box.press("Enter")
    page.wait_for_url("**/people/*")


def test_enter_without_a_choice_searches(page):
    box = open_list(page, "สมพง")
    box.press("ArrowDown")
    box.press("ArrowUp")
    box.press("Enter")
    page.wait_for_url("**/search?q=*")


def test_escape_closes_the_list_and_then_leaves_the_box(page):
    box = open_list(page, "สมพง")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_be_focused()
    expect(box).to_have_value("สมพง")
    box.press("Escape")
    expect(box).not_to_be_focused()


def test_a_click_goes_there_and_a_click_elsewhere_closes_the_list(page):
    open_list(page, "สมพง")
    page.locator("h1").first.click()
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.locator("#search-box").fill("")
    open_list(page, "สมพง")
    page.get_by_role("option").click()
    page.wait_for_url("**/people/*")


def test_the_list_goes_when_nothing_fits_any_more(page):
    box = open_list(page, "สมพง")
    box.press_sequentially("กขค")
    expect(page.get_by_role("listbox")).to_be_hidden()
