from tests.tenants.house import Tenant, key_in

PATH, NEW = "/auth/accept-invitation", "Ein-neues-Wort-8"


async def test_an_invitation_is_good_once(acme: Tenant) -> None:
    await acme.admin.post("/api/v1/users", json={"email": "g@example.test", "name": "G"})
    body = {"token": key_in((await acme.mails("g@example.test"))[-1]["text_body"]), "password": NEW}
    assert (await acme.browser().post(PATH, json=body)).status_code == 200
    assert (await acme.browser().post(PATH, json=body)).status_code == 422


async def test_an_expired_invitation_is_refused_at_the_final_post(acme: Tenant) -> None:
    made = await acme.admin.post("/api/v1/users", json={"email": "g@example.test", "name": "G"})
    async with acme.house.services.system(acme.id, reason="test") as ctx:
        await ctx.execute(
            "UPDATE invitations SET expires_at = now() - interval '1 second' WHERE tenant_id = $1",
            acme.id,
        )
    body = {"token": key_in((await acme.mails("g@example.test"))[-1]["text_body"]), "password": NEW}
    assert (await acme.browser().post(PATH, json=body)).status_code == 422
    user = (await acme.admin.get(f"/api/v1/users/{made.json()['id']}")).json()
    assert user["state"] == "invited"
