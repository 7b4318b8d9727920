"""The OAuth server: exact addresses, PKCE by S256, codes and refresh tokens good once."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.tenants.house import Tenant

BACK = "https://app.example.test/cb"
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Program:
    """A registered client and one authorization of it."""

    def __init__(self, acme: Tenant, made: dict[str, Any]) -> None:
        self.acme, self.id, self.secret = acme, made["client_id"], made["client_secret"]
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        self.http = acme.browser()

    def asked(self, **more: Any) -> dict[str, Any]:
        sound = {
            "client_id": self.id,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": "users:read",
            "state": "xyz",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (sound | more).items() if value is not None}

    async def agreed(self, browser: Any, **more: Any) -> str:
        answer = await browser.post("/oauth/authorize", json=self.asked(**more) | {"allow": True})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["location"])

    async def code(self, browser: Any) -> str:
        return parse_qs(urlsplit(await self.agreed(browser)).query)["code"][0]

    async def token(self, auth: Any = None, **form: Any) -> Any:
        if auth is None and self.secret is None:
            form.setdefault("client_id", self.id)
        return await self.http.post("/oauth/token", data=form, auth=auth)

    async def redeemed(self, given: str, /, **more: Any) -> Any:
        form = {
            "grant_type": "authorization_code",
            "code": given,
            "redirect_uri": BACK,
            "code_verifier": self.verifier,
        } | more
        return await self.token(**{k: v for k, v in form.items() if v is not None})


async def registered(acme: Tenant, **more: Any) -> Program:
    body = {
        "name": "App",
        "kind": "public",
        "redirect_uris": [BACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "scopes": ["users:read", "groups:read"],
    } | more
    answer = await acme.admin.post("/api/v1/oauth_clients", json=body)
    assert answer.status_code in {200, 201}, answer.text
    return Program(acme, answer.json())


async def machine(acme: Tenant) -> Program:
    return await registered(
        acme,
        kind="confidential",
        redirect_uris=[],
        grant_types=["client_credentials"],
        roles=["admin"],
    )


async def test_a_program_acts_for_itself_within_its_scopes(acme: Tenant) -> None:
    program = await machine(acme)
    auth = (program.id, program.secret)
    answer = await program.token(auth=auth, grant_type="client_credentials", scope="users:read")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["token_type"], told["scope"], told["expires_in"]) == ("Bearer", "users:read", 3600)
    assert "refresh_token" not in told
    assert answer.headers["cache-control"] == "no-store"
    client = acme.browser()
    client.headers["authorization"] = f"Bearer {told['access_token']}"
    assert (await client.get("/api/v1/users")).status_code == 200
    assert (await client.get("/api/v1/groups")).status_code == 403


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "client_credentials", "scope": "roles:read"}, "invalid_scope"),
        ({"grant_type": "password", "username": "x", "password": "y"}, "unsupported_grant_type"),
        ({"grant_type": "implicit"}, "unsupported_grant_type"),
        ({"scope": "users:read"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "unauthorized_client"),
    ],
)
async def test_what_is_not_granted_is_named(acme: Tenant, form: dict[str, str], error: str) -> None:
    program = await machine(acme)
    answer = await program.token(auth=(program.id, program.secret), **form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_client_proves_itself(acme: Tenant, other: Tenant) -> None:
    program = await machine(acme)
    form = {"grant_type": "client_credentials"}
    for auth in (
        (program.id, "wrong"),
        (program.id, ""),
        ("nobody", "x"),
        (program.id.replace(acme.id.hex, other.id.hex), program.secret),
    ):
        answer = await program.token(auth=auth, **form)
        assert answer.status_code in {400, 401}
        assert answer.json()["error"] == "invalid_client"
    for header in ("Basic !!!", "Basic /w==", "Basic " + base64.b64encode(b"\xff:\xff").decode()):
        answer = await program.http.post(
            "/oauth/token", data=form, headers={"authorization": header}
        )
        assert answer.json()["error"] == "invalid_client"
    elsewhere = await other.browser().post(
        "/oauth/token", data=form, auth=(program.id, program.secret)
    )
    assert elsewhere.json()["error"] == "invalid_client"


async def test_a_person_agrees_and_the_program_acts_as_them(acme: Tenant) -> None:
    program = await registered(acme)
    user, browser = await acme.someone(roles=["agent_b2c"])
    shown = await browser.get("/oauth/authorize", params=program.asked())
    assert shown.json()["client"]["name"] == "App"
    location = await program.agreed(browser)
    assert location.startswith(f"{BACK}?code=atr_o_")
    assert parse_qs(urlsplit(location).query)["state"] == ["xyz"]
    told = (await program.redeemed(parse_qs(urlsplit(location).query)["code"][0])).json()
    client = acme.browser()
    client.headers["authorization"] = f"Bearer {told['access_token']}"
    me = (await client.get("/api/v1/me")).json()
    assert (me["user"]["id"], me["scopes"]) == (user["id"], ["users:read"])
    assert me["permissions"] == {"users": ["read"]}


@pytest.mark.parametrize(
    "uri",
    [
        BACK + "/",
        BACK + "/../evil",
        BACK + "?x=1",
        BACK + "#f",
        "https://app.example.test.evil.test/cb",
        "https://evil@app.example.test/cb",
        "https://app.example.test@evil.test/cb",
        "https://APP.example.test/cb",
        "https://app.example.test/%63b",
        "http://app.example.test/cb",
        "https://app.example.test:443/cb",
        "",
    ],
)
async def test_a_redirect_that_is_not_registered_gets_nothing(acme: Tenant, uri: str) -> None:
    program = await registered(acme)
    _, browser = await acme.someone()
    asked = program.asked(redirect_uri=uri)
    shown = await browser.get("/oauth/authorize", params=asked)
    assert shown.status_code == 400
    assert "location" not in shown.headers
    assert (await browser.post("/oauth/authorize", json=asked | {"allow": True})).status_code == 400


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "roles:read"}, "invalid_scope"),
    ],
)
async def test_a_weaker_request_is_refused_to_the_program(
    acme: Tenant, wrong: dict[str, Any], error: str
) -> None:
    program = await registered(acme)
    _, browser = await acme.someone()
    answer = await browser.get("/oauth/authorize", params=program.asked(**wrong))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BACK}?error={error}&state=xyz"


async def test_who_declines_gives_no_code(acme: Tenant) -> None:
    program = await registered(acme)
    _, browser = await acme.someone()
    answer = await browser.post("/oauth/authorize", json=program.asked() | {"allow": False})
    assert answer.json()["location"] == f"{BACK}?error=access_denied&state=xyz"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": None},
        {"code_verifier": "x" * 64},
        {"redirect_uri": BACK + "/other"},
        {"redirect_uri": None},
        {"code": "atr_o_nonsense"},
    ],
)
async def test_a_code_needs_its_verifier_and_address(acme: Tenant, wrong: dict[str, Any]) -> None:
    program = await registered(acme)
    _, browser = await acme.someone()
    answer = await program.redeemed(await program.code(browser), **wrong)
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_grant", "invalid_request"}


async def test_a_code_that_comes_twice_ends_what_it_gave(acme: Tenant) -> None:
    program = await registered(acme)
    _, browser = await acme.someone(roles=["agent_b2c"])
    code = await program.code(browser)
    told = (await program.redeemed(code)).json()
    client = acme.browser()
    client.headers["authorization"] = f"Bearer {told['access_token']}"
    assert (await client.get("/api/v1/users")).status_code == 200
    again = await program.redeemed(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await client.get("/api/v1/users")).status_code == 401


async def test_anothers_code_is_no_good(acme: Tenant) -> None:
    mine, theirs = await registered(acme), await registered(acme, name="Other")
    _, browser = await acme.someone()
    code = await theirs.code(browser)
    answer = await mine.redeemed(code, code_verifier=theirs.verifier)
    assert answer.json()["error"] == "invalid_grant"


async def test_a_refresh_token_rotates_and_its_reuse_ends_the_family(acme: Tenant) -> None:
    program = await registered(acme)
    _, browser = await acme.someone(roles=["agent_b2c"])
    first = (await program.redeemed(await program.code(browser))).json()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = (await program.token(**form)).json()
    assert second["refresh_token"] != first["refresh_token"]
    client = acme.browser()
    client.headers["authorization"] = f"Bearer {second['access_token']}"
    assert (await client.get("/api/v1/users")).status_code == 200
    reused = await program.token(**form)
    assert (reused.status_code, reused.json()["error"]) == (400, "invalid_grant")
    assert (await client.get("/api/v1/users")).status_code == 401
    form["refresh_token"] = second["refresh_token"]
    assert (await program.token(**form)).json()["error"] == "invalid_grant"


async def test_a_refresh_token_is_no_access_token_and_gives_no_wider_scope(acme: Tenant) -> None:
    program = await registered(acme)
    _, browser = await acme.someone()
    told = (await program.redeemed(await program.code(browser))).json()
    client = acme.browser()
    client.headers["authorization"] = f"Bearer {told['refresh_token']}"
    assert (await client.get("/api/v1/users")).status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    wider = await program.token(**form, scope="users:read groups:read")
    assert wider.json()["error"] == "invalid_scope"


async def test_a_suspended_person_refreshes_nothing(acme: Tenant) -> None:
    program = await registered(acme)
    user, browser = await acme.someone()
    told = (await program.redeemed(await program.code(browser))).json()
    await acme.admin.post(f"/api/v1/users/{user['id']}/suspend", json={})
    form = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    assert (await program.token(**form)).status_code == 400


async def test_revoking_ends_the_family_and_tells_nothing(acme: Tenant) -> None:
    program, stranger = await registered(acme), await registered(acme, name="Other")
    _, browser = await acme.someone(roles=["agent_b2c"])
    told = (await program.redeemed(await program.code(browser))).json()
    client = acme.browser()
    client.headers["authorization"] = f"Bearer {told['access_token']}"
    form = {"token": told["refresh_token"]}
    others = await stranger.http.post("/oauth/revoke", data=form | {"client_id": stranger.id})
    assert others.status_code == 200
    assert (await client.get("/api/v1/users")).status_code == 200
    for token in (told["refresh_token"], "nonsense"):
        body = {"token": token, "client_id": program.id}
        assert (await program.http.post("/oauth/revoke", data=body)).status_code == 200
    assert (await client.get("/api/v1/users")).status_code == 401


async def test_a_parameter_given_twice_or_json_is_refused(acme: Tenant) -> None:
    program = await machine(acme)
    twice = f"grant_type=client_credentials&grant_type=refresh_token&client_id={program.id}"
    answer = await program.http.post("/oauth/token", content=twice, headers=FORM)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    answer = await program.http.post("/oauth/token", json={"grant_type": "client_credentials"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_the_server_says_what_it_can(acme: Tenant) -> None:
    told = (await acme.browser().get("/.well-known/oauth-authorization-server")).json()
    assert told["issuer"] == f"http://{acme.host}"
    assert told["code_challenge_methods_supported"] == ["S256"]
