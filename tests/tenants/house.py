"""A small house for the tests of this floor: the kernel, ours, and an application over them."""

import json
import random
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.kernel.access import Caller
from infra.kernel.admission import admit_all
from infra.kernel.errors import Problem
from infra.kernel.problems import handle
from infra.kernel.rest import PREFIX, Api
from infra.kernel.services import Services
from tenants import provisioning
from tenants.domain import domain
from tenants.signin.authenticator import Authenticator
from tenants.signin.requests import identify

PASSWORD = "Ein-langes-Wort-7"
OPERATOR_KEY = "operator-key-of-the-tests"


class Gate:
    """The registry's addresses to its dispatcher, all others to the routes."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app, self._api = app, Api(services, identify, app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (self._api if is_api else self._app)(scope, receive, send)


def application(services: Services) -> ASGIApp:
    app = Starlette(routes=list(domain.routes), exception_handlers={Problem: handle, 404: handle})
    app.state.services = services
    app.state.authenticate = identify
    app.state.admit = admit_all
    app.add_middleware(Gate, services=services)
    return app


@dataclass
class Tenant:
    """A tenant of the tests, with its admin's key."""

    id: UUID
    slug: str
    key: str
    admin_id: UUID
    house: "House"

    @property
    def host(self) -> str:
        return f"{self.slug}.localhost:8000"

    def browser(self, address: str | None = None, host: str | None = None) -> httpx2.AsyncClient:
        """A browser of its own, at an address of its own."""
        return self.house.client(host or self.host, address=address)

    @property
    def admin(self) -> httpx2.AsyncClient:
        """The admin's program."""
        client = self.house.client(self.host)
        client.headers["authorization"] = f"Bearer {self.key}"
        return client

    async def user(self, email: str = "", **more: Any) -> dict[str, Any]:
        """A person with a password, made through the API."""
        address = email or f"p{random.getrandbits(60):x}@example.test"
        body = {"email": address, "name": "Ada Byron", "password": PASSWORD} | more
        answer = await self.admin.post("/api/v1/users", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def signed_in(self, email: str, password: str = PASSWORD) -> httpx2.AsyncClient:
        """A browser in which this person has signed in; its CSRF token is sent along."""
        browser = self.browser()
        answer = await sign_in(browser, email, password)
        assert answer.status_code == 200, answer.text
        browser.headers["x-csrf-token"] = answer.json()["csrf_token"]
        return browser

    async def someone(self, **more: Any) -> tuple[dict[str, Any], httpx2.AsyncClient]:
        user = await self.user(**more)
        return user, await self.signed_in(user["email"])

    async def profile_of(self, user_id: str) -> dict[str, Any]:
        answer = await self.admin.get("/api/v1/profiles", params={"user_id": user_id})
        return dict(answer.json()["data"][0])

    async def mails(self, recipient: str | None = None) -> list[Any]:
        async with self.house.services.system(self.id, reason="test") as ctx:
            return list(
                await ctx.fetch(
                    """SELECT recipient, subject, text_body FROM outbound_mails
                       WHERE tenant_id = $1 AND ($2::text IS NULL OR recipient = $2)
                       ORDER BY id""",
                    self.id,
                    recipient,
                )
            )

    async def run_jobs(self, name: str) -> int:
        """Do the queued jobs of this name, as a worker would."""
        services = self.house.services
        async with services.system(self.id, reason="test") as ctx:
            rows = await ctx.fetch(
                """UPDATE jobs SET state = 'done' WHERE tenant_id = $1 AND name = $2
                     AND state = 'queued' RETURNING arguments::text AS arguments""",
                self.id,
                name,
            )
            for row in rows:
                await services.registry.jobs[name].function(ctx, **json.loads(row["arguments"]))
        return len(rows)

    async def reset_token(self, email: str) -> str:
        """The key from the last letter to this address."""
        await self.run_jobs("signin.send_reset")
        return key_in((await self.mails(email))[-1]["text_body"])

    async def caller(self, token: str) -> Caller:
        return await self.house.services.get(Authenticator).authenticate(token)


@dataclass
class House:
    services: Services
    app: ASGIApp

    def client(self, host: str, address: str | None = None) -> httpx2.AsyncClient:
        where = address or ".".join(str(random.randint(1, 250)) for _ in range(4))
        transport = httpx2.ASGITransport(self.app, client=(where, 4711))
        return httpx2.AsyncClient(transport=transport, base_url=f"http://{host}")

    async def tenant(self, **more: Any) -> Tenant:
        slug = f"t-{random.getrandbits(64):x}-x"
        made = await provisioning.create(
            self.services, slug=slug, name="Acme", admin_email="boss@example.test", **more
        )
        return Tenant(UUID(made.id), slug, made.api_key, UUID(made.admin_user_id), self)

    def operator(self, key: str = OPERATOR_KEY) -> httpx2.AsyncClient:
        client = self.client("localhost:8000")
        client.headers["authorization"] = f"Bearer {key}"
        return client


async def sign_in(
    browser: httpx2.AsyncClient, email: str, password: str = PASSWORD, **more: Any
) -> httpx2.Response:
    body = {"email": email, "password": password} | more
    return await browser.post("/auth/sign-in", json=body)


def key_in(text: str) -> str:
    found = re.search(r"token=(\S+)", text)
    assert found is not None
    return found[1]
