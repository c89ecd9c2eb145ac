"""What a form says of a mistake is in the reader's language."""

import re

import pytest

from tests.making import make_admin, make_organisation

FORMS = [
    "/knowledge/new",
    "/plans/new",
    "/admin/people/new",
    "/admin/units/new",
    "/admin/groups/new",
    "/admin/positions/new",
]


@pytest.mark.parametrize("address", FORMS)
def test_an_empty_form_is_refused_in_thai(login_as, address):
    make_organisation()
    page = login_as(make_admin()).post(address, data={}).text
    errors = re.findall(r'<p class="error"[^>]*>.*?<span>(.*?)</span></p>', page, re.S)
    assert errors
    for error in errors:
        assert not re.search(r"[A-Za-z]{3,}", re.sub(r"<[^>]+>", "", error)), error
