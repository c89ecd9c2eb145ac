"""The API answers what its description says, to everybody only what is his."""

import secrets

from portal.db import session
from portal.people.passwords import digest
from portal.people.sign_in_models import ApiToken
from tests.making import make_asset, make_organisation, make_person, make_unit


def token_of(person):
    secret = secrets.token_urlsafe(16)
    session.add(ApiToken(person_id=person.id, secret_hash=digest(secret)))
    session.commit()
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_finds_what_its_owner_finds(client, settle):
    unit = make_unit("กองช่าง")
    asset = make_asset("คู่มือประปา", "# ท่อ\n\nวิธีซ่อมท่อประปา", unit=unit, readers="unit")
    settle()
    found = client.get("/api/v1/search?q=ซ่อมท่อ", headers=token_of(make_person(unit=unit))).json
    assert set(found) == {"query", "total", "took_ms", "results"}
    assert (found["query"], found["total"]) == ("ซ่อมท่อ", 1)
    (result,) = found["results"]
    assert result["id"] == asset.id
    assert result["external_id"] is None
    assert result["kind"] == "manual"
    assert result["title"] == "คู่มือประปา"
    assert result["url"].startswith(f"/knowledge/{asset.id}")
    assert "ซ่อมท่อ" in result["snippet"]
    assert result["score"] > 0
    assert result["heading"] == "ท่อ"
    assert result["url"].endswith(f"#{result['anchor']}") or "#" in result["url"]


def test_a_stranger_s_token_and_no_token_find_nothing_of_it(client, settle):
    make_asset("คู่มือประปา", "ประปา", unit=make_unit("กองช่าง"), readers="unit")
    settle()
    for headers in (token_of(make_person()), {}):
        found = client.get("/api/v1/search?q=ประปา", headers=headers).json
        assert (found["total"], found["results"]) == (0, [])


def test_without_a_token_only_what_is_public_is_answered(client, settle):
    make_asset("คู่มือประชาชน", "ประปา", readers="public")
    make_asset("คู่มือภายใน", "ประปา")
    settle()
    found = client.get("/api/v1/search?q=ประปา").json
    assert [result["title"] for result in found["results"]] == ["คู่มือประชาชน"]


def test_a_wrong_token_is_refused_in_json_and_not_taken_for_the_public(client):
    make_organisation()
    answer = client.get("/api/v1/search?q=ประปา", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert answer.json["status"] == 401


def test_an_unknown_address_is_an_error_in_json(client):
    make_organisation()
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.json["status"]) == (404, 404)


def test_kind_limit_and_page_narrow_the_answer(client, settle):
    author = make_person()
    for n in range(5):
        make_asset(f"คู่มือประปา {n}", "ประปา", author=author, readers="public")
    settle()
    pages = [client.get(f"/api/v1/search?q=ประปา&limit=2&page={page}").json for page in (1, 2, 3, 4)]
    assert [len(page["results"]) for page in pages] == [2, 2, 1, 0]
    assert {page["total"] for page in pages} == {5}
    assert len({result["id"] for page in pages for result in page["results"]}) == 5
    assert client.get("/api/v1/search?q=ประปา&kind=story").json["total"] == 0
    assert client.get("/api/v1/search?q=ประปา&limit=-1&page=nonsense").json["total"] == 5


def test_the_description_names_every_route_and_every_field(app, client, settle):
    make_asset("คู่มือประปา", "# ท่อ\n\nประปา", readers="public")
    settle()
    description = client.get("/api/v1/openapi.json").json
    routes = {
        rule.rule.removeprefix("/api/v1")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
    }
    assert set(description["paths"]) == routes
    schemas = description["components"]["schemas"]
    found = client.get("/api/v1/search?q=ประปา").json
    assert set(found) == set(schemas["SearchResults"]["properties"])
    result = set(found["results"][0])
    assert set(schemas["SearchResult"]["required"]) <= result <= set(schemas["SearchResult"]["properties"])
