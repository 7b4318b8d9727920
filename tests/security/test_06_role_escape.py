"""Nobody gives, or makes, more than he has."""

from tests.tenants.house import Tenant

LEAD = {
    "name": "people_lead",
    "title": "People lead",
    "audience": "staff",
    "grants": [
        {"resource": "users", "verbs": ["read", "create"]},
        {"resource": "profiles", "verbs": ["read", "create", "grant_role", "revoke_role"]},
        {"resource": "groups", "verbs": ["read", "create", "update"]},
        {"resource": "group_members", "verbs": ["read", "create"]},
        {"resource": "roles", "verbs": ["read", "create", "update"]},
        {"resource": "api_keys", "verbs": ["read", "create", "rotate"]},
        {"resource": "oauth_clients", "verbs": ["read", "create"]},
    ],
}


async def test_a_lead_cannot_give_what_he_has_not(acme: Tenant) -> None:
    assert (await acme.admin.post("/api/v1/roles", json=LEAD)).status_code == 201
    user, lead = await acme.someone(roles=["people_lead"])
    own = await acme.profile_of(user["id"])
    group = (
        await acme.admin.post("/api/v1/groups", json={"name": "Bosses", "roles": ["admin"]})
    ).json()
    keys = (await acme.admin.get("/api/v1/api_keys")).json()["data"]
    tries = [
        (f"/api/v1/profiles/{own['id']}/grant_role", {"role": "admin"}),
        ("/api/v1/users", {"email": "m@example.test", "name": "M", "roles": ["admin"]}),
        ("/api/v1/profiles", {"user_id": user["id"], "kind": "staff", "roles": ["agent_b2c"]}),
        ("/api/v1/groups", {"name": "Mine", "roles": ["service_manager"]}),
        ("/api/v1/groups", {"name": "Below", "parent_id": group["id"]}),
        ("/api/v1/group_members", {"group_id": group["id"], "user_id": user["id"]}),
        ("/api/v1/api_keys", {"name": "k", "roles": ["admin"]}),
        (f"/api/v1/api_keys/{keys[0]['id']}/rotate", {}),
        ("/api/v1/oauth_clients", {"name": "c", "kind": "confidential", "roles": ["admin"]}),
        (
            "/api/v1/roles",
            {
                "name": "sneaky",
                "title": "S",
                "audience": "staff",
                "grants": [{"resource": "users", "verbs": ["suspend"]}],
            },
        ),
    ]
    for path, body in tries:
        answer = await lead.post(path, json=body)
        assert answer.status_code == 403, (path, answer.text)
    assert (await lead.get("/api/v1/me")).json()["roles"] == ["people_lead"]
    people = (await acme.admin.get("/api/v1/users", params={"email": "m@example.test"})).json()
    assert people["data"] == []


async def test_nobody_without_a_sign_in_reaches_anything(acme: Tenant) -> None:
    stranger = acme.browser()
    for path in ("users", "profiles", "groups", "roles", "api_keys", "oauth_clients", "me"):
        assert (await stranger.get(f"/api/v1/{path}")).status_code == 401


async def test_a_consumer_reaches_none_of_it(acme: Tenant) -> None:
    _, consumer = await acme.someone(kind="consumer")
    for path in ("users", "profiles", "groups", "roles", "api_keys", "identity_providers"):
        assert (await consumer.get(f"/api/v1/{path}")).status_code == 403
        assert (await consumer.post(f"/api/v1/{path}", json={})).status_code in {403, 405}


async def test_a_key_with_few_scopes_makes_no_wider_one(acme: Tenant) -> None:
    body = {"name": "narrow", "scopes": ["users:read", "api_keys:*"]}
    narrow = (await acme.admin.post("/api/v1/api_keys", json=body)).json()
    client = acme.browser()
    client.headers["authorization"] = f"Bearer {narrow['key']}"
    assert (await client.get("/api/v1/users")).status_code == 200
    assert (await client.get("/api/v1/groups")).status_code == 403
    assert (await client.post("/api/v1/users", json={})).status_code == 403
    wider = await client.post("/api/v1/api_keys", json={"name": "w", "scopes": ["*"]})
    assert wider.status_code == 403
    own = (await acme.admin.get("/api/v1/api_keys", params={"name": "narrow"})).json()["data"][0]
    assert own["scopes"] == ["users:read", "api_keys:*"]


async def test_a_key_loses_what_its_maker_loses(acme: Tenant) -> None:
    assert (await acme.admin.post("/api/v1/roles", json=LEAD)).status_code == 201
    user, lead = await acme.someone(roles=["people_lead", "agent_b2c"])
    key = (await lead.post("/api/v1/api_keys", json={"name": "k"})).json()["key"]
    client = acme.browser()
    client.headers["authorization"] = f"Bearer {key}"
    assert (await client.get("/api/v1/profiles")).status_code == 200
    profile = await acme.profile_of(user["id"])
    address = f"/api/v1/profiles/{profile['id']}/revoke_role"
    assert (await acme.admin.post(address, json={"role": "people_lead"})).status_code == 200
    assert (await client.get("/api/v1/profiles")).status_code == 403
