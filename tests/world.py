"""Builders: a tenant, its people and their records, in one line each."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
from starlette.applications import Starlette

from infra.kernel.access import Caller
from infra.kernel.ids import uuid7
from infra.kernel.performing import perform
from infra.kernel.reading import Page, read_list, read_one
from infra.kernel.services import Services
from infra.kernel.worker_loop import Worker
from tenants import provisioning
from tenants.credentials import queries as credentials

PASSWORD = "correct horse battery staple"


class Actor:
    """Somebody who acts, in process or over HTTP."""

    def __init__(self, world: "World", caller: Caller, token: str = "") -> None:
        self._world = world
        self.caller = caller
        self.token = token

    @property
    def profile_id(self) -> UUID:
        assert self.caller.profile_id
        return self.caller.profile_id

    async def do(self, action: str, record_id: Any = None, /, **body: Any) -> Any:
        """Perform `cases.resolve`; answers the body."""
        outcome = await perform(
            self._world.services, self.caller, action, record_id=record_id, body=body
        )
        return outcome.body

    async def list(self, collection: str, **query: str) -> list[dict[str, Any]]:
        return (await self.page(collection, **query)).data

    async def page(self, collection: str, **query: str) -> Page:
        return await read_list(self._world.services, self.caller, collection, query)

    async def read(self, collection: str, key: Any, **query: str) -> dict[str, Any]:
        told, _ = await read_one(self._world.services, self.caller, collection, key, query)
        return told

    def http(self) -> httpx2.AsyncClient:
        """A client that bears this actor's token."""
        return self._world.http({"Authorization": f"Bearer {self.token}"})


class Tenant:
    """One tenant and its first admin."""

    def __init__(self, world: "World", created: provisioning.Created, admin: Actor) -> None:
        self.world = world
        self.id = UUID(created.id)
        self.slug = created.slug
        self.admin = admin

    async def member(self, *roles: str, name: str = "Agnes Agent") -> Actor:
        """An employee with these roles."""
        return await self._person("staff", name, roles, {})

    async def account(self, name: str = "Harbour Dental", **values: Any) -> dict[str, Any]:
        code = values.pop("code", f"A{uuid7().hex[-8:].upper()}")
        values |= {"name": name, "code": code}
        made: dict[str, Any] = await self.admin.do("accounts.create", **values)
        return made

    async def contact(
        self, account: dict[str, Any] | None = None, *roles: str, name: str = "Maya Lindqvist"
    ) -> Actor:
        """A contact of an account, by default of a new one, with the role `customer`."""
        company = account or await self.account()
        contact = await self.admin.do(
            "contacts.create",
            account_id=str(company["id"]),
            name=name,
            email=f"{uuid7().hex[-10:]}@example.com",
        )
        return await self._as_profile("contact_id", contact["id"], roles or ("customer",))

    async def consumer(self, *roles: str, name: str = "Noor Haddad") -> Actor:
        """A consumer with the role `consumer`."""
        consumer = await self.admin.do(
            "consumers.create", name=name, email=f"{uuid7().hex[-10:]}@example.com"
        )
        return await self._as_profile("consumer_id", consumer["id"], roles or ("consumer",))

    async def _as_profile(self, column: str, key: Any, roles: tuple[str, ...]) -> Actor:
        (profile,) = await self.admin.list("profiles", **{column: str(key)})
        await self._let_in(profile["user_id"])
        held = await self.world.services.callers.of_profile(self.id, profile["id"])
        for role in set(roles) - held.roles:
            await self.admin.do("profiles.grant_role", profile["id"], role=role)
        return await self.world.actor(self, profile["id"])

    async def _let_in(self, user_id: Any) -> None:
        """As if the person had taken an invitation up: nobody else may act as themselves."""
        async with self.world.services.database.transaction(self.id) as connection:
            await connection.execute(
                "UPDATE users SET state = 'active' WHERE tenant_id = $1 AND id = $2",
                self.id,
                UUID(str(user_id)),
            )

    async def _person(
        self, kind: str, name: str, roles: tuple[str, ...], profile: dict[str, Any]
    ) -> Actor:
        user = await self.admin.do(
            "users.create",
            email=f"{uuid7().hex[-10:]}@staff.example.com",
            name=name,
            password=PASSWORD,
        )
        created = await self.admin.do(
            "profiles.create", user_id=str(user["id"]), kind=kind, roles=list(roles), **profile
        )
        return await self.world.actor(self, created["id"])


class World:
    """Everything a test builds on."""

    def __init__(self, services: Services, app: Starlette) -> None:
        self.services = services
        self.app = app
        self._clients: list[httpx2.AsyncClient] = []

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()

    async def tenant(self, name: str = "Northlight") -> Tenant:
        """A new tenant, unlike any other."""
        created = await provisioning.create(
            self.services,
            slug=f"t{uuid7().hex[-12:]}",
            name=name,
            admin_email="admin@example.com",
            admin_password=PASSWORD,
        )
        caller = await self.authenticated(created.api_key)
        return Tenant(self, created, Actor(self, caller, created.api_key))

    async def authenticated(self, token: str) -> Caller:
        authenticate = self.services.callers.authenticate  # type: ignore[attr-defined]
        caller: Caller = await authenticate(token)
        return caller

    async def actor(self, tenant: Tenant, profile_id: Any) -> Actor:
        """Whoever the profile is, acting without a credential of his own."""
        caller = await self.services.callers.of_profile(tenant.id, UUID(str(profile_id)))
        return Actor(self, caller)

    async def session(self, tenant: Tenant, actor: Actor) -> httpx2.AsyncClient:
        """A client in which the actor is signed in, with a session that can go stale."""
        async with self.services.system(tenant.id, reason="test") as ctx:
            issued = await credentials.issue(
                ctx,
                "session",
                lifetime=timedelta(hours=1),
                user_id=actor.caller.user_id,
                profile_id=actor.profile_id,
            )
        return self.http({"Authorization": f"Bearer {issued.token}"})

    def http(self, headers: dict[str, str] | None = None) -> httpx2.AsyncClient:
        """A client of the application; closed with the world."""
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False)
        client = httpx2.AsyncClient(
            transport=transport, base_url="http://localhost:8000", headers=headers or {}
        )
        self._clients.append(client)
        return client

    async def work(self, tenant: Tenant, *, rounds: int = 20) -> None:
        """Do the tenant's background work until nothing is due.

        A round in which a job goes on is not counted: what it takes is the machine's affair.
        """
        worker = Worker(self.services)
        async with asyncio.timeout(60):
            while rounds:
                await worker.drain(tenant.id)
                waiting = await self.pending(tenant)
                if not waiting:
                    return
                if not worker.runs.running:
                    rounds -= 1
        raise AssertionError(f"work is left: {waiting}")

    async def pending(self, tenant: Tenant) -> list[str]:
        """What is due and not done."""
        async with self.services.database.transaction(tenant.id) as connection:
            rows = await connection.fetch(
                """SELECT name FROM jobs WHERE tenant_id = $1 AND state IN ('queued', 'running')
                     AND run_at <= now()
                   UNION ALL SELECT type FROM events WHERE tenant_id = $1 AND position IS NULL""",
                tenant.id,
            )
        return [row["name"] for row in rows]
