"""What a tenant chooses for itself: typed, for admins alone, audited, and in force at once."""

import json

from tests.security.neighbours import bearing
from tests.world import World

DEFAULTS = {
    "assets_by_contact_only": False,
    "business_models": None,
    "case_priorities": None,
    "case_reopen_days": None,
    "brand": {"color": None, "logo_url": None, "support_text": None, "support_phone": None},
}


async def test_settings_start_with_the_defaults_and_are_changed_one_by_one(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin.http()
    first = await admin.get("/api/v1/settings")
    assert (first.status_code, first.json()) == (200, DEFAULTS)
    told = await admin.patch("/api/v1/settings", json={"brand": {"color": "#aa3300"}})
    assert told.json() == DEFAULTS | {"brand": DEFAULTS["brand"] | {"color": "#aa3300"}}
    told = await admin.patch("/api/v1/settings", json={"assets_by_contact_only": True})
    assert told.json()["brand"]["color"] == "#aa3300"
    again = await admin.get("/api/v1/settings")
    assert again.json() == told.json()
    assert again.headers["etag"] == told.headers["etag"] != first.headers["etag"]
    told = await admin.patch("/api/v1/settings", json={"brand": None})
    assert told.json() == DEFAULTS | {"assets_by_contact_only": True}


async def test_a_change_is_audited_and_moves_the_configuration_on(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin.http()
    before = await stored(world, tenant.id)
    await admin.patch("/api/v1/settings", json={"assets_by_contact_only": True})
    after = await stored(world, tenant.id)
    assert after["config_version"] == before["config_version"] + 1
    assert json.loads(after["settings"]) == {"assets_by_contact_only": True}
    (entry,) = await tenant.admin.list("audit_entries", action="settings.update")
    assert entry["changes"] == {"assets_by_contact_only": [False, True]}
    await admin.patch("/api/v1/settings", json={"assets_by_contact_only": True})
    assert await stored(world, tenant.id) == after


async def test_every_fault_is_named_and_nothing_changes(world: World) -> None:
    tenant = await world.tenant()
    before = await stored(world, tenant.id)
    told = await tenant.admin.http().patch(
        "/api/v1/settings",
        json={"assets_by_contact_only": "yes", "brand": {"color": "red;}*{x"}, "unheard_of": 1},
    )
    assert told.status_code == 422
    pointers = {fault["pointer"] for fault in told.json()["errors"]}
    assert pointers == {"/assets_by_contact_only", "/brand/color", "/unheard_of"}
    told = await tenant.admin.http().patch("/api/v1/settings", json=[])
    assert told.status_code == 422
    assert await stored(world, tenant.id) == before


async def test_whoever_read_other_settings_is_told_so(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin.http()
    seen = (await admin.get("/api/v1/settings")).headers["etag"]
    await admin.patch("/api/v1/settings", json={"brand": {"support_phone": "123"}})
    told = await admin.patch(
        "/api/v1/settings", json={"assets_by_contact_only": True}, headers={"If-Match": seen}
    )
    assert told.status_code == 412
    assert (await admin.get("/api/v1/settings")).json()["assets_by_contact_only"] is False


async def test_agents_read_and_only_admins_choose(world: World) -> None:
    tenant = await world.tenant()
    agent = await bearing(world, await tenant.member("agent_b2b"))
    assert (await agent.get("/api/v1/settings")).json() == DEFAULTS
    refused = await agent.patch("/api/v1/settings", json={"assets_by_contact_only": True})
    assert refused.status_code == 403
    customer = await bearing(world, await tenant.contact())
    assert (await customer.get("/api/v1/settings")).status_code == 403
    key = await tenant.admin.do("api_keys.create", name="reader", scopes=["*:read"])
    reader = world.http({"Authorization": f"Bearer {key.key}"})
    assert (await reader.get("/api/v1/settings")).status_code == 200
    refused = await reader.patch("/api/v1/settings", json={"assets_by_contact_only": True})
    assert refused.status_code == 403
    assert (await world.http().get("/api/v1/settings")).status_code == 401
    other = (await world.tenant("Other")).admin.http()
    await other.patch("/api/v1/settings", json={"assets_by_contact_only": True})
    assert (await tenant.admin.http().get("/api/v1/settings")).json() == DEFAULTS


async def test_what_no_longer_fits_counts_as_not_chosen(world: World) -> None:
    tenant = await world.tenant()
    async with world.services.database.transaction(tenant.id) as connection:
        await connection.execute(
            """UPDATE tenant_state SET settings = '{"brand": {"color": 7}, "later": 1}'
               WHERE tenant_id = $1""",
            tenant.id,
        )
    admin = tenant.admin.http()
    assert (await admin.get("/api/v1/settings")).json() == DEFAULTS
    told = await admin.patch("/api/v1/settings", json={"brand": {"color": "#00aa33"}})
    assert told.status_code == 200
    kept = json.loads((await stored(world, tenant.id))["settings"])
    assert kept == {"later": 1, "brand": {"color": "#00aa33"}}


async def stored(world: World, tenant_id: object) -> dict[str, object]:
    async with world.services.database.transaction(tenant_id) as connection:  # type: ignore[arg-type]
        row = await connection.fetchrow(
            """SELECT config_version, settings::text AS settings FROM tenant_state
               WHERE tenant_id = $1""",
            tenant_id,
        )
    return dict(row)
