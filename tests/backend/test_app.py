"""The house stands: the contract is whole, and nobody comes in without a key."""

import httpx2
import pytest
from openapi_spec_validator import validate
from starlette.applications import Starlette
from starlette.routing import Route

from infra.kernel.ratelimit import RateLimiter
from infra.kernel.services import Services
from tests.world import World


async def test_the_contract_is_valid_openapi_3_1(client: httpx2.AsyncClient) -> None:
    document = (await client.get("/api/openapi.json")).json()
    validate(document)
    assert "/api/v1/cases/{id}/resolve" in document["paths"]
    assert "/oauth/token" in document["paths"]


async def test_the_contract_names_every_address(client: httpx2.AsyncClient, app: Starlette) -> None:
    paths = (await client.get("/api/openapi.json")).json()["paths"]
    missing = [
        f"{method} {route.path}"
        for route in app.routes
        if isinstance(route, Route) and route.include_in_schema
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
        if method.lower() not in paths.get(route.path_format, {})
    ]
    assert missing == []
    assert set(paths["/api/v1/attachments"]["post"]["requestBody"]["content"]) == {
        "application/json", "multipart/form-data",
    }  # fmt: skip


BY_HAND = ("me", "settings", "search", "layers", "config", "config/packs", "config/history")


@pytest.mark.parametrize("address", [*BY_HAND, "events", "accounts", "insights/figures/export"])
async def test_every_address_says_its_limits_and_refuses_unknown_parameters(
    world: World, app: Starlette, services: Services, address: str
) -> None:
    tenant = await world.tenant()
    before = services.get(RateLimiter)
    services.provide(RateLimiter(None))
    try:
        http = tenant.admin.http()
        known = await http.get(f"/api/v1/{address}")
        unknown = await http.get(f"/api/v1/{address}?colour=red&shape=round")
        wrong = await http.put(f"/api/v1/{address}", json={})
    finally:
        services.provide(before)
    assert known.status_code == 200, known.text
    assert known.headers["ratelimit-policy"] == '"caller";q=6000;w=60'
    assert known.headers["ratelimit"].startswith('"caller";r=')
    assert unknown.status_code == 400
    assert [e["pointer"] for e in unknown.json()["errors"]] == ["colour", "shape"]
    assert "ratelimit" in unknown.headers
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["allow"]


async def test_a_method_that_an_address_lacks_is_told_all_that_it_has(
    client: httpx2.AsyncClient,
) -> None:
    wrong = await client.put("/api/v1/settings", json={})
    assert wrong.headers["allow"] == "GET, HEAD, PATCH"


async def test_the_docs_page_loads_nothing_from_elsewhere(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/api/docs")).text
    assert "POST" in page
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page


async def test_nobody_is_told_to_sign_in(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/api/v1/cases")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_an_admin_creates_reads_changes_and_removes_an_account(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin.http()
    made = await admin.post("/api/v1/accounts", json={"name": "Quay", "code": "QUAY"})
    assert made.status_code == 201, made.text
    place = made.headers["location"]
    read = await admin.get(place)
    assert read.json() == made.json()
    assert read.headers["etag"] == made.headers["etag"]
    again = await admin.get(place, headers={"If-None-Match": read.headers["etag"]})
    assert again.status_code == 304
    by_number = await admin.get(f"/api/v1/accounts/{made.json()['number']}")
    assert by_number.json()["id"] == made.json()["id"]
    changed = await admin.patch(place, json={"name": "Quayside"})
    assert changed.json()["name"] == "Quayside"
    stale = await admin.patch(place, json={"name": "Q"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await admin.delete(place)).status_code == 204
    assert (await admin.get(place)).status_code == 404


async def test_every_unknown_query_field_is_named(world: World) -> None:
    admin = (await world.tenant()).admin.http()
    answer = await admin.get(
        "/api/v1/accounts?colour=red&limit=9999&sort=shoe&expand=moon&name[like]=x"
    )
    assert answer.status_code == 400
    assert {e["pointer"] for e in answer.json()["errors"]} == {
        "colour", "limit", "sort", "expand", "name[like]",
    }  # fmt: skip


async def test_unreadable_wrong_typed_and_too_large_bodies_get_their_problems(world: World) -> None:
    admin = (await world.tenant()).admin.http()
    url, json_type = "/api/v1/accounts", {"Content-Type": "application/json"}
    assert (await admin.post(url, content=b"{", headers=json_type)).status_code == 400
    assert (await admin.post(url, content=b"[" * 100_000, headers=json_type)).status_code == 400
    assert (await admin.post(url, content=b"[]", headers=json_type)).status_code == 422
    text = {"Content-Type": "text/plain"}
    assert (await admin.post(url, content=b"{}", headers=text)).status_code == 415
    large = b'{"name": "' + b"x" * (1024 * 1024) + b'"}'
    assert (await admin.post(url, content=large, headers=json_type)).status_code == 413
    assert (await admin.put(url, json={})).status_code == 405


async def test_bulk_gives_each_operation_its_own_result(world: World) -> None:
    admin = (await world.tenant()).admin.http()
    answer = await admin.post(
        "/api/v1/accounts/bulk",
        json={
            "operations": [
                {"op": "create", "body": {"name": "One", "code": "ONE"}},
                {"op": "create", "body": {"name": "Two"}},
                {"op": "create", "body": {"name": "One again", "code": "ONE"}},
                {"op": "delete", "id": "01890000-0000-7000-8000-000000000000"},
            ]
        },
    )
    assert [r["status"] for r in answer.json()["results"]] == [201, 422, 409, 404]
