"""What a caller is made of: profile, records, account path, groups."""

from uuid import UUID

from infra.kernel.ids import uuid7
from tests.tenants.house import Tenant


async def an_account(acme: Tenant, code: str) -> UUID:
    account_id = uuid7()
    async with acme.house.services.system(acme.id, reason="test") as ctx:
        await ctx.execute(
            """INSERT INTO accounts (tenant_id, id, name, code, path, created_at, updated_at)
               VALUES ($1, $2, $3, $3, $3 || '/', now(), now())""",
            acme.id,
            account_id,
            code,
        )
    return account_id


async def test_a_contact_carries_the_path_of_its_account(acme: Tenant) -> None:
    account = await an_account(acme, "P")
    _, browser = await acme.someone(kind="contact", account_id=str(account))
    caller = await acme.caller(browser.cookies["atrium_session"])
    assert (caller.audience, caller.profile_kind) == ("customer", "contact")
    assert caller.roles == frozenset({"customer"})
    assert caller.attributes["account_id"] == account
    assert caller.attributes["account_path"] == "P/"


async def test_a_company_that_moves_takes_its_peoples_reach_along(acme: Tenant) -> None:
    account = await an_account(acme, "C1")
    _, browser = await acme.someone(kind="contact", account_id=str(account))
    assert (await browser.get("/api/v1/me")).status_code == 200
    async with acme.house.services.system(acme.id, reason="test") as ctx:
        before = await ctx.fetchval(
            "SELECT config_version FROM tenant_state WHERE tenant_id = $1", acme.id
        )
        for path in ("P/C1/", "Q/C1/"):
            await ctx.execute("UPDATE accounts SET path = $2 WHERE tenant_id = $1", acme.id, path)
        after = await ctx.fetchval(
            "SELECT config_version FROM tenant_state WHERE tenant_id = $1", acme.id
        )
    assert after == before + 1
    assert (await browser.get("/api/v1/me")).status_code == 200
    caller = await acme.caller(browser.cookies["atrium_session"])
    assert caller.attributes["account_path"] == "Q/C1/"


async def test_work_in_a_profiles_name_has_its_rights_and_no_proof(acme: Tenant) -> None:
    user = await acme.user(roles=["agent_b2c"])
    profile = await acme.profile_of(user["id"])
    callers = acme.house.services.callers
    caller = await callers.of_profile(acme.id, UUID(profile["id"]))
    assert (caller.roles, caller.proof) == (frozenset({"agent_b2c"}), None)
    assert str(caller.user_id) == user["id"]
