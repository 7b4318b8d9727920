"""What a request says is read strictly, and every fault in it is named."""

from typing import Any

import pytest

from tests.world import World


async def test_a_name_given_twice_is_no_input(world: World) -> None:
    admin = (await world.tenant()).admin.http()
    answer = await admin.post(
        "/api/v1/accounts",
        content=b'{"name": "One", "code": "ONE", "name": "Two"}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/name"
    assert (await admin.get("/api/v1/accounts")).json()["data"] == []


async def test_nothing_is_no_object(world: World) -> None:
    admin = (await world.tenant()).admin.http()
    place = (await admin.post("/api/v1/accounts", json={"name": "A", "code": "A"})).headers[
        "location"
    ]
    answer = await admin.patch(place, content=b"null", headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "not_an_object"


async def test_preconditions_are_lists_of_tags(world: World) -> None:
    admin = (await world.tenant()).admin.http()
    made = await admin.post("/api/v1/accounts", json={"name": "Quay", "code": "QUAY"})
    place, tag = made.headers["location"], made.headers["etag"]
    for told in (f'"0", {tag}', f"W/{tag}", "*"):
        assert (await admin.get(place, headers={"If-None-Match": told})).status_code == 304
    weak = await admin.patch(place, json={"name": "A"}, headers={"If-Match": f"W/{tag}"})
    assert weak.status_code == 412
    listed = await admin.patch(place, json={"name": "B"}, headers={"If-Match": f'"0", {tag}'})
    assert listed.status_code == 200


async def test_a_record_told_with_another_is_told_anew_when_the_other_has_changed(
    world: World,
) -> None:
    admin = (await world.tenant()).admin.http()
    account = await admin.post("/api/v1/accounts", json={"name": "Quay", "code": "QUAY"})
    made = await admin.post(
        "/api/v1/contacts", json={"name": "Maya", "account_id": account.json()["id"]}
    )
    place = f"{made.headers['location']}?expand=account"
    first = await admin.get(place)
    tag = first.headers["etag"]
    assert (await admin.get(place, headers={"If-None-Match": tag})).status_code == 304
    await admin.patch(account.headers["location"], json={"name": "Harbour"})
    again = await admin.get(place, headers={"If-None-Match": tag})
    assert (again.status_code, again.json()["account"]["name"]) == (200, "Harbour")
    # The record itself is the same, so what was read may still be changed, and then not once more.
    change = {"json": {"name": "Maya Lee"}, "headers": {"If-Match": tag}}
    assert (await admin.patch(made.headers["location"], **change)).status_code == 200
    assert (await admin.patch(made.headers["location"], **change)).status_code == 412
    for broken in (f'"1.{tag[3:-1]}', '"11"', '"1x"'):
        change["headers"]["If-Match"] = broken
        assert (await admin.patch(made.headers["location"], **change)).status_code == 412


async def test_a_broken_cursor_is_named_beside_all_other_faults(world: World) -> None:
    admin = (await world.tenant()).admin.http()
    answer = await admin.get("/api/v1/accounts?limit=0&sort=shoe&colour=red&after=!!")
    assert {e["pointer"] for e in answer.json()["errors"]} == {"limit", "sort", "colour", "after"}


@pytest.mark.parametrize("asked", ["kinds=shoes", "kinds=cases,shoes", "kinds=%00", "after=-1"])
async def test_events_of_what_is_no_collection_are_a_wrong_question(
    world: World, asked: str
) -> None:
    admin = (await world.tenant()).admin.http()
    answer = await admin.get(f"/api/v1/events?{asked}")
    assert answer.status_code == 400
    assert [e["pointer"] for e in answer.json()["errors"]] == [asked.partition("=")[0]]


@pytest.mark.parametrize(
    ("address", "body", "pointer"),
    [
        ("config/plan", {"files": {"../roles.yaml": ""}}, "/files/..~1roles.yaml"),
        (
            "imports",
            {
                "attachment_id": "01890000-0000-7000-8000-000000000000",
                "resource": "accounts",
                "format": "csv",
            },
            "/attachment_id",
        ),
    ],
)
async def test_a_pointer_leads_to_what_was_sent(
    world: World, address: str, body: dict[str, Any], pointer: str
) -> None:
    admin = (await world.tenant()).admin.http()
    answer = await admin.post(f"/api/v1/{address}", json=body)
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]


async def test_a_secret_that_is_shown_once_is_not_kept_with_the_answer_to_repeat(
    world: World,
) -> None:
    tenant = await world.tenant()
    body = {"name": "Ours", "url": "https://hooks.example.com/in"}
    key = {"Idempotency-Key": "made-once"}
    first = await tenant.admin.http().post("/api/v1/webhooks", json=body, headers=key)
    again = await tenant.admin.http().post("/api/v1/webhooks", json=body, headers=key)
    assert (first.status_code, again.json()) == (201, first.json())
    async with world.services.database.transaction(tenant.id) as connection:
        kept = await connection.fetchval(
            "SELECT body FROM idempotency_keys WHERE tenant_id = $1", tenant.id
        )
    assert first.json()["secret"].encode() not in kept
