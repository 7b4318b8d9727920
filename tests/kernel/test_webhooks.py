"""#38, F7, F8: webhooks are signed as the standard says, tried again, and given up in sight."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
import pytest_asyncio

from infra.kernel.access import Caller
from infra.kernel.config import Settings
from infra.kernel.errors import NotFound
from infra.kernel.ids import uuid7
from infra.kernel.performing import perform
from infra.kernel.services import Services
from infra.kernel.webhooks import BadSignature, Vault, new_secret, rotate, signed_headers, verify
from tests.kernel import workshop
from tests.kernel.conftest import a_caller
from tests.kernel.sink import Sink, listening
from tests.kernel.workshop import until, working

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BODY = b'{"type":"books.created"}'


def signed(secret: str, at: datetime = NOW, body: bytes = BODY) -> dict[str, str]:
    return signed_headers([secret], "msg_1", int(at.timestamp()), body)


def test_a_genuine_message_is_taken() -> None:
    secret = new_secret()
    assert verify([new_secret(), secret], signed(secret), BODY, NOW) == "msg_1"


def test_the_example_of_the_standard_verifies() -> None:
    headers = {
        "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "Webhook-Timestamp": "1614265330",
        "Webhook-Signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    assert verify([secret], headers, body, datetime.fromtimestamp(1614265330, UTC))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW.timestamp()))},
        signed("whsec_" + base64.b64encode(b"another tenant's").decode()),
        {"webhook-signature": "v1,", "webhook-timestamp": "x", "webhook-id": "msg_1"},
    ],
)
def test_an_unsigned_or_foreign_message_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify([new_secret()], headers, BODY, NOW)


def test_an_altered_old_or_renamed_message_is_refused() -> None:
    secret = new_secret()
    for headers, body, now in (
        (signed(secret), BODY + b" ", NOW),
        (signed(secret), BODY, NOW + timedelta(minutes=6)),
        (signed(secret), BODY, NOW - timedelta(minutes=6)),
        (signed(secret) | {"webhook-id": "msg_2"}, BODY, NOW),
        (signed(secret) | {"webhook-timestamp": "1" * 20}, BODY, NOW),
        (signed(secret) | {"webhook-timestamp": "１２３"}, BODY, NOW),
    ):
        with pytest.raises(BadSignature):
            verify([secret], headers, body, now)


def test_secrets_are_unreadable_at_rest_and_two_hold_during_a_rotation() -> None:
    vault, first = Vault("installation"), new_secret()
    column = [vault.seal(first)]
    assert first not in json.dumps(column)
    second, column = vault.rotated(column, NOW)
    assert vault.open(column, NOW) == [second, first]
    assert vault.open(column, NOW + timedelta(hours=25)) == [second]


@pytest_asyncio.fixture
async def sink() -> AsyncIterator[Sink]:
    async with listening() as found:
        yield found


@pytest_asyncio.fixture
async def services(
    library: Services, kernel_settings: Settings, sink: Sink
) -> AsyncIterator[Services]:
    settings = replace(kernel_settings, egress_allow_private=(sink.place,))
    async with workshop.opened(library, settings) as services:
        yield services


async def a_webhook(services: Services, tenant: UUID, url: str, *types: str) -> tuple[UUID, str]:
    hook, secret = uuid7(), new_secret()
    column = [Vault(services.settings.secret_key).seal(secret)]
    async with services.system(tenant, reason="test") as ctx:
        await ctx.execute(
            """INSERT INTO webhooks (tenant_id, id, name, url, event_types, secrets)
               VALUES ($1, $2, 'hook', $3, $4, $5::text::jsonb)""",
            tenant,
            hook,
            url,
            list(types),
            orjson.dumps(column).decode(),
        )
    return hook, secret


async def a_book(services: Services, tenant: UUID) -> UUID:
    body = {"title": "Dune"}
    outcome = await perform(services, a_caller(tenant, "librarian"), "books.create", body=body)
    return UUID(str(outcome.body["id"]))


async def deliveries(services: Services, tenant: UUID) -> list[Any]:
    async with services.database.transaction(tenant) as connection:
        rows: list[Any] = await connection.fetch(
            "SELECT * FROM webhook_deliveries WHERE tenant_id = $1 ORDER BY id", tenant
        )
    return rows


async def in_state(services: Services, tenant: UUID, state: str) -> bool:
    found = await deliveries(services, tenant)
    return bool(found) and {row["state"] for row in found} == {state}


async def test_an_event_reaches_the_endpoint_and_a_third_party_can_verify_it(
    services: Services, tenant: UUID, sink: Sink
) -> None:
    _, secret = await a_webhook(services, tenant, sink.url, "books.*")
    async with working(services):
        book = await a_book(services, tenant)
        await until(lambda: in_state(services, tenant, "delivered"))
    [(headers, body)] = sink.heard
    signed_bytes = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed_bytes, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    told = json.loads(body)
    assert (told["type"], told["data"]["record_id"]) == ("books.created", str(book))


async def test_an_endpoint_hears_only_its_own_tenants_events(
    services: Services, tenant: UUID, sink: Sink
) -> None:
    await a_webhook(services, tenant, sink.url)
    other = await workshop.another_tenant(services)
    async with services.database.transaction(other) as connection:
        await connection.execute("INSERT INTO tenant_state (tenant_id, id) VALUES ($1, $1)", other)
    async with working(services):
        await a_book(services, other)
        await a_book(services, tenant)
        await until(lambda: in_state(services, tenant, "delivered"))
        await asyncio.sleep(0.2)
    assert len(sink.heard) == 1


async def test_a_rotated_secret_signs_beside_the_old_one(
    services: Services, tenant: UUID, sink: Sink
) -> None:
    hook, first = await a_webhook(services, tenant, sink.url)
    async with services.system(tenant, reason="test") as ctx:
        second = await rotate(ctx, hook)
    async with working(services):
        await a_book(services, tenant)
        await until(lambda: in_state(services, tenant, "delivered"))
    [(headers, body)] = sink.heard
    for secret in (first, second):
        assert verify([secret], headers, body, datetime.now(UTC)) == headers["webhook-id"]


class Owners:
    """Who the profiles of the test are."""

    def __init__(self, caller: Caller | None) -> None:
        self.caller = caller

    async def reload(self, caller: Caller) -> Caller:
        return caller

    async def of_profile(self, tenant_id: UUID, profile_id: UUID) -> Caller:
        if self.caller is None:
            raise NotFound
        return self.caller


async def owned_by(services: Services, tenant: UUID, caller: Caller | None) -> None:
    services.callers = Owners(caller)
    async with services.system(tenant, reason="test") as ctx:
        await ctx.execute(
            "UPDATE webhooks SET profile_id = $2 WHERE tenant_id = $1", tenant, uuid7()
        )


async def test_an_endpoint_hears_no_more_than_its_owner_may_read(
    services: Services, tenant: UUID, sink: Sink
) -> None:
    await a_webhook(services, tenant, sink.url)
    await owned_by(services, tenant, a_caller(tenant, "browser"))
    async with working(services):
        await a_book(services, tenant)
        await until(lambda: in_state(services, tenant, "delivered"))
    told = json.loads(sink.heard[0][1])["data"]["payload"]["changes"]
    assert set(told) <= {"id", "title", "state"}


@pytest.mark.parametrize("roles", [("reader",), None])
async def test_an_owner_without_rights_or_gone_hears_nothing(
    services: Services, tenant: UUID, sink: Sink, roles: tuple[str, ...] | None
) -> None:
    await a_webhook(services, tenant, sink.url)
    await owned_by(services, tenant, a_caller(tenant, *roles) if roles else None)
    async with working(services):
        await a_book(services, tenant)
        await until(lambda: in_state(services, tenant, "dead"))
    assert sink.heard == []
