from tests.tenants.house import Tenant

HEADERS = {
    "x-remote-user": "boss@example.test",
    "x-forwarded-user": "boss@example.test",
    "remote-user": "boss@example.test",
    "x-auth-request-email": "boss@example.test",
    "x-user-id": "1",
    "x-real-ip": "127.0.0.1",
}


async def test_headers_sign_nobody_in(acme: Tenant) -> None:
    headers = HEADERS | {"x-tenant-id": str(acme.id)}
    assert (await acme.browser().get("/api/v1/me", headers=headers)).status_code == 401
    operator = acme.house.client("localhost:8000")
    assert (await operator.get("/platform/v1/tenants", headers=headers)).status_code == 401


async def test_headers_move_nobody_to_another_tenant(acme: Tenant, other: Tenant) -> None:
    headers = {"x-tenant-id": str(other.id), "x-forwarded-host": other.host, "x-tenant": other.slug}
    told = (await acme.admin.get("/api/v1/me", headers=headers)).json()
    assert told["tenant"]["id"] == str(acme.id)
