"""A plan is kept to: what a tenant has agreed on is what it can have."""

import base64
from collections.abc import Iterator

import httpx2
import pytest
from starlette.applications import Starlette

from infra.kernel.ids import uuid7
from infra.kernel.quotas import QuotaReached
from infra.kernel.ratelimit import RateLimiter
from infra.kernel.services import Services
from tenants import provisioning
from tenants.plans import PLANS, Plan
from tests.world import PASSWORD, Actor, World

TINY = Plan("tiny", "Tiny", 3, 4, 100, 2, 2, 1)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLANS, TINY.name, TINY)


@pytest.fixture
def limits(services: Services) -> Iterator[None]:
    before = services.get(RateLimiter)
    services.provide(RateLimiter(None))
    yield
    services.provide(before)


async def on_tiny_plan(world: World) -> Actor:
    created = await provisioning.create(
        world.services,
        slug=f"t{uuid7().hex[-12:]}",
        name="Small Co",
        admin_email="admin@example.com",
        admin_password=PASSWORD,
        plan=TINY.name,
    )
    return Actor(world, await world.authenticated(created.api_key), created.api_key)


def upload(size: int) -> dict[str, str]:
    return {"name": "note.txt", "content": base64.b64encode(b"x" * size).decode()}


@pytest.mark.usefixtures("tiny")
async def test_a_plan_gives_so_many_webhooks(world: World) -> None:
    admin = await on_tiny_plan(world)
    hook = {"name": "Ours", "url": "https://hooks.example.com/in"}
    first = await admin.do("webhooks.create", **hook)
    await admin.do("webhooks.create", **hook)
    with pytest.raises(QuotaReached, match="the Tiny plan allows 2 webhooks; 2 are in use"):
        await admin.do("webhooks.create", **hook)
    await admin.do("webhooks.delete", first.id)
    await admin.do("webhooks.create", **hook)


@pytest.mark.usefixtures("tiny")
async def test_a_plan_gives_so_much_storage(world: World) -> None:
    admin = await on_tiny_plan(world)
    kept = await admin.do("attachments.create", **upload(90))
    with pytest.raises(QuotaReached, match="allows 100 storage bytes; 90 are in use"):
        await admin.do("attachments.create", **upload(11))
    await admin.do("attachments.create", **upload(10))
    await admin.do("attachments.delete", kept["id"])
    await admin.do("attachments.create", **upload(90))


@pytest.mark.usefixtures("tiny")
async def test_a_plan_gives_so_many_people(world: World) -> None:
    admin = await on_tiny_plan(world)
    for name in ("b", "c"):
        await admin.do("users.create", email=f"{name}@example.com", name=name)
    with pytest.raises(QuotaReached, match="allows 3 users"):
        await admin.do("users.create", email="d@example.com", name="d")


@pytest.mark.usefixtures("tiny", "limits")
async def test_a_plan_gives_so_many_requests_a_minute_to_all_together(
    world: World, app: Starlette
) -> None:
    admin = await on_tiny_plan(world)
    other = (await world.tenant()).admin
    answers = [await _ask(app, admin) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert answers[0].headers["ratelimit-policy"] == '"tenant-tiny";q=4;w=60'
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (await _ask(app, other)).status_code == 200


async def _ask(app: Starlette, actor: Actor) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        return await client.get(
            "/api/v1/accounts", headers={"Authorization": f"Bearer {actor.token}"}
        )
