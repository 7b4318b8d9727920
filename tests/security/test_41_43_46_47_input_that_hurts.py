"""#41, #43, #46, #47: broken Unicode, twisted JSON, boundless questions, and a noisy neighbour."""

import asyncio
import time
from typing import Any

import pytest
import pytest_asyncio

from tests.security.neighbours import Neighbours, bearing, neighbours
from tests.world import World

JSON = {"Content-Type": "application/json"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(services: Any, app: Any) -> Any:
    world = World(services, app)
    yield await neighbours(world)
    await world.close()


async def test_41_one_address_has_one_form_however_it_is_written(two: Neighbours) -> None:
    admin = two.http(two.home)

    async def make(email: str) -> int:
        body = {"email": email, "name": "Somebody"}
        return (await admin.post("/api/v1/users", json=body)).status_code

    assert await make("zoe\u0301@example.com") == await make("ZOÉ@example.com") == 422
    assert await make("info@example.com") == 201
    assert await make("INFO@EXAMPLE.COM") == 409
    for odd in ("in\u200bfo@example.com", "\u202einfo@example.com", "info@example.com\x00"):
        assert await make(odd) in {409, 422}, ascii(odd)


async def test_41_a_look_alike_of_a_host_or_role_cannot_be_made(two: Neighbours) -> None:
    admin = two.http(two.home)
    for name in ("аdmin", "admin\u200b", "ADMIN", "ad\u0131min", "admin "):
        body = {"name": name, "title": "x", "audience": "staff", "grants": []}
        answer = await admin.post("/api/v1/roles", json=body)
        assert answer.status_code in {409, 422}, (ascii(name), answer.text)


@pytest.mark.parametrize("subject", ["\U0001f600", "e\u0301", "\u202eevil", "\ufdfa" * 100])
async def test_41_any_letters_are_kept_as_they_came(two: Neighbours, subject: str) -> None:
    admin = two.http(two.home)
    made = await admin.post("/api/v1/cases", json={"subject": subject})
    assert made.status_code == 201
    assert (await admin.get(f"/api/v1/cases/{made.json()['id']}")).json() == made.json()


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (b'{"subject": "a\\u0000b"}', {400, 422}),
        (b'{"subject": "\\ud800"}', {400, 422}),
        (b'{"subject": "\xff\xfe"}', {400}),
        (b"[" * 200_000, {400}),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, {400, 422}),
        (b'{"subject": "a", "priority": 1' + b"0" * 100_000 + b"}", {400, 422}),
        (b'{"subject": "a", "priority": 1e400}', {400, 422}),
        (b'{"subject": "a", "priority": NaN}', {400}),
        (b'{"subject": "a", "priority": "1"}', {422}),
        (b'{"subject": "a", "priority": true}', {422}),
        (b'{"subject": "a", "priority": 1.5}', {422}),
        (b'{"subject": ["a"]}', {422}),
        (b'{"subject": {"$ne": null}}', {422}),
        (b'{"product_context": ' + b'{"k":' * 200 + b"1" + b"}" * 200 + b"}", {422}),
        (b'{"subject": "a", "product_context": []}', {422}),
        (b"null", {422}),
        (b'"text"', {422}),
        (b"{}{}", {400}),
        (b'{"subject": "a",}', {400}),
        (b"\xef\xbb\xbf{}", {400, 422}),
        (b'{"subject": ' + b'"' + b"x" * 400_000 + b'"}', {422}),
    ],
    ids=range(21),
)  # fmt: skip
async def test_43_twisted_json_is_refused_quickly(
    two: Neighbours, body: bytes, statuses: set[int]
) -> None:
    admin = two.http(two.home)
    began = time.monotonic()
    answer = await admin.post("/api/v1/cases", content=body, headers=JSON)
    assert answer.status_code in statuses, (answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == "application/problem+json"
    assert time.monotonic() - began < 3


async def test_43_of_a_doubled_key_one_value_counts_everywhere(two: Neighbours) -> None:
    admin = two.http(two.home)
    made = await admin.post(
        "/api/v1/cases", content=b'{"subject": "first", "subject": "second"}', headers=JSON
    )
    assert made.status_code in {201, 400, 422}
    if made.status_code == 201:
        shown = await admin.get(f"/api/v1/cases/{made.json()['id']}")
        assert shown.json()["subject"] == made.json()["subject"] == "second"


async def test_43_long_lists_are_refused_before_they_are_used(two: Neighbours) -> None:
    admin = two.http(two.home)
    many = ["x" * 8] * 80_000
    for path, body in (
        ("webhooks", {"name": "w", "url": "https://example.com/", "event_types": many}),
        ("api_keys", {"name": "k", "scopes": many}),
        ("roles", {"name": "r", "title": "R", "audience": "staff", "grants": many}),
    ):
        answer = await admin.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == 422, (path, answer.status_code)
        assert len(answer.content) < 300_000, "a refusal is not longer than what it refuses"


async def test_46_boundless_questions_are_capped(two: Neighbours) -> None:
    admin = two.http(two.home)
    for query in (
        "limit=1000000000", "limit=-1", "limit=0", "limit=1e3", "page=1000000000", "offset=10",
        "expand=account.account.account", "expand=account,account.parent", "limit=200&limit=200",
        "id[in]=" + ",".join(["x"] * 500), "fields=" + "id," * 1000,
    ):  # fmt: skip
        answer = await admin.get(f"/api/v1/cases?{query}")
        assert answer.status_code == 400, query
    assert (await admin.get("/api/v1/cases?limit=200&expand=account,contact")).status_code == 200
    assert (await admin.get(f"/api/v1/cases?q={'a' * 9_000}")).status_code == 414
    huge = {"operations": [{"op": "delete", "id": str(two.case["id"])}] * 1_001}
    assert (await admin.post("/api/v1/cases/bulk", json=huge)).status_code == 422
    assert (await admin.get(f"/api/v1/cases/{two.case['id']}")).status_code == 200


async def test_47_a_flood_of_one_tenant_leaves_the_others_answers_quick(two: Neighbours) -> None:
    noisy, quiet = two.http(two.other), await bearing(two.world, two.desk.agent)
    stop = asyncio.Event()

    async def flood() -> None:
        while not stop.is_set():
            await noisy.get("/api/v1/accounts?count=true")

    async def asked() -> float:
        began = time.monotonic()
        answer = await quiet.get(f"/api/v1/cases/{two.case['id']}")
        assert answer.status_code == 200
        return time.monotonic() - began

    floods = [asyncio.create_task(flood()) for _ in range(12)]
    await asyncio.sleep(0.2)
    times = [await asked() for _ in range(40)]
    stop.set()
    await asyncio.gather(*floods)
    assert sorted(times)[37] < 1.0
