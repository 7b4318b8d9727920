from tests.tenants.house import Tenant, key_in


async def test_an_invitation_opens_nothing_in_another_tenant(acme: Tenant, other: Tenant) -> None:
    body = {"email": "guest@example.test", "name": "Guest"}
    await acme.admin.post("/api/v1/users", json=body)
    key = key_in((await acme.mails("guest@example.test"))[-1]["text_body"])
    answer = await other.browser().post(
        "/auth/accept-invitation", json={"token": key, "password": "Ein-neues-Wort-8"}
    )
    assert answer.status_code == 422
    forged = key.replace(acme.id.hex, other.id.hex)
    answer = await other.browser().post(
        "/auth/accept-invitation", json={"token": forged, "password": "Ein-neues-Wort-8"}
    )
    assert answer.status_code == 422
    assert (await other.admin.get("/api/v1/users", params={"email": "guest@example.test"})).json()[
        "data"
    ] == []


async def test_an_invitation_cannot_be_given_a_higher_role(acme: Tenant) -> None:
    body = {"email": "guest@example.test", "name": "Guest", "roles": ["case_viewer"]}
    await acme.admin.post("/api/v1/users", json=body)
    key = key_in((await acme.mails("guest@example.test"))[-1]["text_body"])
    higher = {"token": key, "password": "Ein-neues-Wort-8", "roles": ["admin"]}
    assert (await acme.browser().post("/auth/accept-invitation", json=higher)).status_code == 422
