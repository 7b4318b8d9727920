"""Committed events get gapless positions once, and what follows from them is created once."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest_asyncio

from infra.kernel.audit_chain import ChainKey
from infra.kernel.config import Settings
from infra.kernel.ids import uuid7
from infra.kernel.performing import perform
from infra.kernel.relay import Relay, wants
from infra.kernel.services import Services
from tests.kernel import workshop
from tests.kernel.conftest import a_caller
from tests.kernel.workshop import jobs, until, words, working


@pytest_asyncio.fixture(scope="session")
async def services(library: Services, kernel_settings: Settings) -> AsyncIterator[Services]:
    async with workshop.opened(library, kernel_settings) as services:
        yield services


def a_relay(services: Services) -> Relay:
    key = ChainKey(services.settings.secret_key)
    return Relay(services.database, services.redis, services.registry, key)


async def a_book(services: Services, tenant: UUID, title: str = "Dune") -> UUID:
    body = {"title": title}
    outcome = await perform(services, a_caller(tenant, "librarian"), "books.create", body=body)
    return UUID(str(outcome.body["id"]))


async def positions(services: Services, tenant: UUID) -> list[int | None]:
    async with services.database.transaction(tenant) as connection:
        rows = await connection.fetch(
            "SELECT position FROM events WHERE tenant_id = $1 ORDER BY id", tenant
        )
    return [row["position"] for row in rows]


async def test_positions_are_gapless_however_many_relays_run(
    services: Services, tenant: UUID
) -> None:
    await asyncio.gather(*(a_book(services, tenant) for _ in range(30)))
    told = await asyncio.gather(*(a_relay(services).run(tenant) for _ in range(20)))
    assert sum(len(relayed.events) for relayed in told) == 30
    found = await positions(services, tenant)
    assert sorted(p or 0 for p in found) == list(range(1, 31))


async def test_a_late_commit_comes_after_what_was_told_before(
    services: Services, tenant: UUID
) -> None:
    async with services.system(tenant, reason="slow") as slow:
        await slow.execute(
            """INSERT INTO events (tenant_id, id, type, kind, record_id, at, actor, payload)
               VALUES ($1, $2, 'books.counted', 'books', $2, now(), '{}', '{}')""",
            tenant,
            uuid7(),
        )
        await a_book(services, tenant)
        await a_relay(services).run(tenant)
    await a_relay(services).run(tenant)
    assert await positions(services, tenant) == [2, 1]


async def test_a_reaction_follows_each_event_once(services: Services, tenant: UUID) -> None:
    async with working(services):
        books = [await a_book(services, tenant) for _ in range(10)]
        await asyncio.gather(*(a_relay(services).run(tenant) for _ in range(5)))
        await until(lambda: has_words(services, tenant, 10))
    assert sorted(await words(services, tenant)) == sorted(f"shelved {book}" for book in books)


async def has_words(services: Services, tenant: UUID, count: int) -> bool:
    return len(await words(services, tenant)) >= count


async def test_a_reaction_knows_who_acted_and_by_which_request(
    services: Services, tenant: UUID
) -> None:
    librarian = a_caller(tenant, "librarian")
    await perform(services, librarian, "books.create", body={"title": "X"}, request_id="req-9")
    await a_relay(services).run(tenant)
    [row] = await jobs(services, tenant, "reaction:kernel.shelve")
    assert row["request_id"] == "req-9"
    assert json.loads(row["actor"])["profile_id"] == str(librarian.attributes["profile_id"])


async def test_the_batch_is_published_once_it_is_committed(
    services: Services, tenant: UUID
) -> None:
    pubsub: Any = services.redis.pubsub(ignore_subscribe_messages=True)
    await pubsub.subscribe(f"atrium:live:{tenant}")
    book = await a_book(services, tenant)
    await a_relay(services).run(tenant)
    message = None
    while message is None:
        message = await pubsub.get_message(timeout=1)
    [told] = json.loads(message["data"])
    assert (told["position"], told["record_id"]) == (1, str(book))
    await pubsub.aclose()


async def test_an_idle_tenant_costs_no_write(services: Services, tenant: UUID) -> None:
    relayed = await a_relay(services).run(tenant)
    assert (len(relayed.events), relayed.sealed) == (0, 0)


def test_an_endpoint_gets_the_types_that_it_asked_for() -> None:
    assert wants([], "books.created")
    assert wants(["books.*"], "books.created")
    assert wants(["*"], "books.created")
    assert wants(["shelves.created", "books.created"], "books.created")
    assert not wants(["books.updated", "book.*"], "books.created")
