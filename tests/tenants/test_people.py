"""Groups, roles and who may hand them on (F68-F79)."""

from typing import Any

import pytest

from tests.tenants.house import Tenant


async def roles_of(browser: Any) -> list[str]:
    return list((await browser.get("/api/v1/me")).json()["roles"])


async def a_group(acme: Tenant, name: str = "Second floor", **more: Any) -> dict[str, Any]:
    answer = await acme.admin.post("/api/v1/groups", json={"name": name} | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def join(acme: Tenant, group: dict[str, Any], user: dict[str, Any]) -> str:
    body = {"group_id": group["id"], "user_id": user["id"]}
    answer = await acme.admin.post("/api/v1/group_members", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_groups_roles_come_and_go_with_membership(acme: Tenant) -> None:
    user, browser = await acme.someone()
    group = await a_group(acme, roles=["agent_b2c"])
    assert await roles_of(browser) == ["case_viewer"]
    member = await join(acme, group, user)
    assert await roles_of(browser) == ["agent_b2c", "case_viewer"]
    assert (await acme.admin.delete(f"/api/v1/group_members/{member}")).status_code == 204
    assert await roles_of(browser) == ["case_viewer"]


async def test_a_group_inherits_the_roles_of_the_one_above(acme: Tenant) -> None:
    user, browser = await acme.someone()
    above = await a_group(acme, "Above", roles=["service_manager"])
    below = await a_group(acme, "Below", parent_id=above["id"])
    await join(acme, below, user)
    assert "service_manager" in await roles_of(browser)
    address = f"/api/v1/groups/{above['id']}"
    assert (await acme.admin.patch(address, json={"roles": []})).status_code == 200
    assert await roles_of(browser) == ["case_viewer"]


async def test_a_group_cannot_lie_below_itself(acme: Tenant) -> None:
    above = await a_group(acme, "Above")
    below = await a_group(acme, "Below", parent_id=above["id"])
    answer = await acme.admin.patch(
        f"/api/v1/groups/{above['id']}", json={"parent_id": below["id"]}
    )
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/group-circle"


async def test_two_groups_cannot_have_one_name(acme: Tenant) -> None:
    await a_group(acme, "Telesales")
    answer = await acme.admin.post("/api/v1/groups", json={"name": "ＴＥＬＥＳＡＬＥＳ"})
    assert answer.status_code == 409


async def test_a_consumer_profile_has_no_roles_of_the_staffs_groups(acme: Tenant) -> None:
    user, browser = await acme.someone(kind="consumer")
    group = await a_group(acme, roles=["agent_b2c"])
    await join(acme, group, user)
    assert await roles_of(browser) == ["consumer"]


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("consumer", "agent_b2c"),
        ("contact", "admin"),
        ("staff", "consumer"),
        ("partner", "customer"),
    ],
)
async def test_a_role_of_another_kind_is_refused(acme: Tenant, kind: str, role: str) -> None:
    body = {"email": "x@example.test", "name": "X", "kind": kind, "roles": [role]}
    answer = await acme.admin.post("/api/v1/users", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/roles/0"


async def test_an_unknown_role_is_named(acme: Tenant) -> None:
    body = {"email": "x@example.test", "name": "X", "roles": ["agent_b2b", "emperor", "visitor"]}
    answer = await acme.admin.post("/api/v1/users", json=body)
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/roles/1", "/roles/2"]


async def test_one_address_is_one_person(acme: Tenant) -> None:
    await acme.user("ada@example.test")
    body = {"email": "ADA@Example.test", "name": "Another"}
    assert (await acme.admin.post("/api/v1/users", json=body)).status_code == 409


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "a@b@c.de",
        "a@example.test,b@example.test",
        "a\r\nBcc: b@c.de",
        "аdmin@example.test",
    ],
)
async def test_what_is_no_single_address_is_refused(acme: Tenant, address: str) -> None:
    answer = await acme.admin.post("/api/v1/users", json={"email": address, "name": "X"})
    assert answer.status_code == 422


async def test_agents_see_names_and_addresses_and_no_more(acme: Tenant) -> None:
    _, browser = await acme.someone(roles=["agent_b2c"])
    answer = await browser.get("/api/v1/users")
    assert answer.status_code == 200
    row = answer.json()["data"][0]
    assert {name for name, value in row.items() if value is not None} <= {"id", "name", "email"}
    assert (await browser.get("/api/v1/profiles")).status_code == 403
    assert (await browser.get("/api/v1/api_keys")).status_code == 403


async def test_the_last_admin_stays(acme: Tenant) -> None:
    address = f"/api/v1/users/{acme.admin_id}/suspend"
    answer = await acme.admin.post(address, json={})
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/last-administrator"


async def test_a_role_of_the_tenants_own_grants_what_it_says(acme: Tenant) -> None:
    body = {
        "name": "desk_lead",
        "title": "Desk lead",
        "audience": "staff",
        "grants": [{"resource": "groups", "verbs": ["read", "update"], "path": "own"}],
    }
    made = await acme.admin.post("/api/v1/roles", json=body)
    assert made.status_code == 201, made.text
    user, browser = await acme.someone(roles=["desk_lead"])
    mine = await a_group(acme, "Mine")
    await a_group(acme, "Not mine")
    await join(acme, mine, user)
    assert [g["name"] for g in (await browser.get("/api/v1/groups")).json()["data"]] == ["Mine"]
    answer = await browser.patch(f"/api/v1/groups/{mine['id']}", json={"summary": "Ours"})
    assert answer.status_code == 200, answer.text
    address = f"/api/v1/roles/{made.json()['id']}"
    assert (await acme.admin.delete(address)).status_code == 409
    assert (await acme.admin.patch(address, json={"grants": []})).status_code == 200
    assert (await browser.get("/api/v1/groups")).status_code == 403


async def test_a_grant_of_nonsense_is_named(acme: Tenant) -> None:
    grants = [
        {"resource": "unicorns", "verbs": ["read"]},
        {"resource": "groups", "verbs": ["fly"], "path": "nowhere", "columns": ["password_hash"]},
    ]
    body = {"name": "odd", "title": "Odd", "audience": "staff", "grants": grants}
    answer = await acme.admin.post("/api/v1/roles", json=body)
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == [
        "/grants/0/resource",
        "/grants/1/path",
        "/grants/1/verbs/0",
        "/grants/1/columns/0",
    ]
