"""The admin area: for admins alone, and what it changes is what the API would change."""

import re

import pytest

from portals.workspace.records.kinds import KINDS as ALL
from portals.workspace.records.shapes import Kind
from tests.portals.workspace.furnishing import at_desk
from tests.world import World

KINDS = [kind for kind in ALL.values() if kind.here == "admin"]
PAGES = ("/admin", *(kind.path for kind in KINDS), "/admin/standard-roles", "/admin/settings")


async def test_every_page_is_for_admins_alone(world: World) -> None:
    tenant = await world.tenant()
    admin = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    manager = await at_desk(await tenant.member("service_manager", name="Mo Manager"), tenant)
    for path in PAGES:
        answer = await admin.get(path)
        assert answer.status_code == 200, (path, admin.text[:300])
        assert re.search(r"\bNone\b", admin.text) is None, path
        assert (await manager.get(path)).status_code == 403, path
    await manager.get("/workspace")
    assert 'href="/admin"' not in manager.page


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.collection)
async def test_a_record_of_each_kind_opens_with_its_form(world: World, kind: Kind) -> None:
    tenant = await world.tenant()
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    await browser.get(kind.path)
    found = re.search(rf'href="({kind.path}/[0-9a-f-]{{36}})"', browser.page)
    if found:
        assert (await browser.get(found[1])).status_code == 200, browser.text[:400]
        assert (await browser.get(f"{found[1]}?tab=access")).status_code == 200
    if kind.asks:
        assert (await browser.get(f"{kind.path}/new")).status_code == 200


async def test_admin_enters_a_user_invites_gives_a_role_and_suspends(world: World) -> None:
    tenant = await world.tenant()
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    await browser.get("/admin/users/new")
    await browser.follow(
        await browser.post("/admin/users/new", {"name": "Kim Park", "email": "kim@example.com"})
    )
    (user,) = await tenant.admin.list("users", email="kim@example.com")
    path = f"/admin/users/{user['id']}"
    answer = await browser.post(
        f"{path}/panels/profiles", {"kind": "staff", "roles": "agent_b2b, knowledge_manager"}
    )
    assert answer.status_code == 303, browser.faults
    profiles = await tenant.admin.list("profiles", user_id=str(user["id"]))
    assert {"agent_b2b", "knowledge_manager"} in [set(row["roles"]) for row in profiles]
    await browser.get(path)
    assert (await browser.post(f"{path}/panels/invitations", {})).status_code == 303
    # Entering somebody invites them already.
    assert len(await tenant.admin.list("invitations", user_id=str(user["id"]))) == 2
    await browser.get(path)
    assert (await browser.post(f"{path}/do/suspend", {})).status_code == 303
    assert (await tenant.admin.read("users", user["id"]))["state"] == "suspended"


async def test_change_of_access_is_previewed_and_nothing_is_kept(world: World) -> None:
    tenant = await world.tenant()
    agent = await tenant.member("agent_b2b", name="Jonas Reuter")
    await tenant.account("Harbour Dental Group")
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    path = f"/admin/profiles/{agent.profile_id}"
    await browser.get(path)
    answer = await browser.post(f"{path}/do/revoke_role", {"role": "agent_b2b", "do": "preview"})
    assert answer.status_code == 200, browser.faults
    assert "What it would do" in browser.text
    assert "Jonas Reuter loses 1 × Accounts" in browser.text
    (profile,) = [
        row for row in await tenant.admin.list("profiles") if row["id"] == agent.profile_id
    ]
    assert profile["roles"] == ["agent_b2b"]


async def test_settings_are_chosen_and_a_wrong_colour_is_named(world: World) -> None:
    tenant = await world.tenant()
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    await browser.get("/admin/settings")
    answer = await browser.post("/admin/settings", {"color": "purple", "support_text": "Call us"})
    assert answer.status_code == 422
    assert 'value="Call us"' in browser.page
    answer = await browser.post("/admin/settings", {"color": "#112233"})
    assert answer.status_code == 303
    await browser.get("/admin/settings")
    assert 'value="#112233"' in browser.page


async def test_history_shows_what_changed_and_leads_back(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    first = await admin.do("config_revisions.keep_up")
    made = await admin.do("skills.create", name="Second line")
    second = await admin.do("config_revisions.keep_up")
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    await browser.get(f"/admin/config_revisions/{second['id']}")
    assert "Second line" in browser.text
    await browser.get(f"/admin/config_revisions/{first['id']}")
    answer = await browser.post(f"/admin/config_revisions/{first['id']}/rollback", {})
    assert answer.status_code == 303, browser.text[:400]
    assert made["id"] not in [row["id"] for row in await admin.list("skills")]


async def test_priorities_are_weighed_by_the_tenants_own_matrix(world: World) -> None:
    tenant = await world.tenant()
    browser = await at_desk(tenant.admin, tenant)
    await browser.get("/admin/settings")
    pairs = [f"{impact}-{urgency}" for impact in (1, 2, 3) for urgency in (1, 2, 3)]
    some = {f"priority.{pair}": "2" for pair in pairs[:-1]}
    refused = await browser.post("/admin/settings", some | {"case_reopen_days": "14"})
    assert refused.status_code == 422
    assert browser.faults == ["Choose a priority for all nine, or for none of them"]
    assert browser.page.count('<option value="2" selected>') == 8
    told = (await tenant.admin.http().get("/api/v1/settings")).json()
    assert (told["case_priorities"], told["case_reopen_days"]) == (None, None)
    whole = some | {"priority.3-3": "1", "case_reopen_days": "14"}
    await browser.follow(await browser.post("/admin/settings", whole))
    assert browser.page.count('<option value="2" selected>') == 8
    told = (await tenant.admin.http().get("/api/v1/settings")).json()
    assert told["case_priorities"] == dict.fromkeys(pairs, 2) | {"3-3": 1}
    assert told["case_reopen_days"] == 14
    case = await tenant.admin.do("cases.create", subject="x", impact=3, urgency=3)
    assert case["priority"] == 1
    refused = await browser.post("/admin/settings", some | {"priority.3-3": ""})
    assert refused.status_code == 422
    await browser.get("/admin/settings")
    await browser.follow(await browser.post("/admin/settings", {}))
    told = (await tenant.admin.http().get("/api/v1/settings")).json()
    assert (told["case_priorities"], told["case_reopen_days"]) == (None, None)
