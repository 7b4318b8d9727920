import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis

from infra.embedded.stack import Addresses
from infra.kernel import ratelimit
from infra.kernel.errors import TooMany
from infra.kernel.ratelimit import (
    Policy,
    RateLimiter,
    address_key,
    client_address,
    headers,
    sign_in_keys,
    trusted_networks,
)

TEN = Policy("ten", limit=10, window_seconds=3600, lease_max=1)
HUNDRED = Policy("hundred", limit=100, window_seconds=3600)


@pytest.fixture
async def redis(stack: Addresses) -> AsyncIterator["Redis"]:
    client = Redis.from_url(stack.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
async def gone() -> AsyncIterator["Redis"]:
    client = Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.05)
    yield client
    await client.aclose()


async def spent(limiter: RateLimiter, key: str, policy: Policy, times: int) -> int:
    return sum([(await limiter.check(key, policy)).allowed for _ in range(times)])


async def test_requests_beyond_the_limit_are_refused_and_told_when_to_come_back(
    redis: "Redis",
) -> None:
    limiter = RateLimiter(redis)
    key = str(uuid4())
    assert await spent(limiter, key, TEN, 10) == 10
    refused = await limiter.check(key, TEN)
    assert not refused.allowed
    assert 359 < refused.retry_after <= 360
    assert headers(refused) == {
        "RateLimit-Policy": '"ten";q=10;w=3600',
        "RateLimit": '"ten";r=0;t=360',
    }
    assert ratelimit.refusal(refused).retry_after == 360
    assert await spent(limiter, str(uuid4()), TEN, 3) == 3, "another key is not touched"


async def test_remaining_counts_down(redis: "Redis") -> None:
    limiter = RateLimiter(redis)
    left = [(await limiter.check("count", HUNDRED)).remaining for _ in range(30)]
    assert left == list(range(99, 69, -1))


async def test_processes_share_one_limit(redis: "Redis") -> None:
    processes = [RateLimiter(redis) for _ in range(4)]
    allowed = await asyncio.gather(*(spent(p, "shared", HUNDRED, 60) for p in processes))
    assert 90 <= sum(allowed) <= 100, "leases may be left over, never overdrawn"


async def test_fifty_at_once_take_no_more_than_there_is(redis: "Redis") -> None:
    limiter = RateLimiter(redis)
    decisions = await asyncio.gather(*(limiter.check("rush", TEN) for _ in range(50)))
    assert sum(decision.allowed for decision in decisions) == 10


async def test_permits_come_back_with_time(redis: "Redis") -> None:
    limiter = RateLimiter(redis)
    quick = Policy("quick", limit=10, window_seconds=1, lease_max=1)
    assert await spent(limiter, "back", quick, 12) in {10, 11}
    await asyncio.sleep(0.25)
    assert await spent(limiter, "back", quick, 12) in {2, 3}


async def test_without_redis_limits_hold_within_the_process(gone: "Redis") -> None:
    """SECURITY row F5: never open, never shut for everybody."""
    limiter = RateLimiter(gone)
    assert await spent(limiter, "a", TEN, 15) == 10
    assert await spent(limiter, "b", TEN, 15) == 10
    keys = sign_in_keys(UUID(int=1), "a@b.example", "10.0.0.1")
    for _ in range(10):
        await limiter.enforce(*keys)
    with pytest.raises(TooMany):
        await limiter.enforce(*keys)


async def test_a_flushed_redis_forgets_but_serves(redis: "Redis") -> None:
    limiter = RateLimiter(redis)
    assert await spent(limiter, "flush", TEN, 5) == 5
    await redis.flushdb()
    await redis.script_flush()
    assert (await limiter.check("flush", TEN)).allowed


async def test_guessing_is_stopped_by_account_and_by_address(redis: "Redis") -> None:
    """SECURITY rows 18 and 19."""
    limiter, tenant = RateLimiter(redis), uuid4()

    async def attempt(account: str, address: str) -> bool:
        return (await limiter.check_all(sign_in_keys(tenant, account, address))).allowed

    same_pair = [await attempt("ana@a.example", "10.0.0.1") for _ in range(12)]
    assert same_pair == [True] * 10 + [False] * 2
    assert not await attempt(" ANA@a.example ", "10.0.0.1"), (
        "the account's spelling is no way round"
    )
    assert await attempt("ben@a.example", "10.0.0.1"), "another account is not locked by it"
    spread = [await attempt("eve@a.example", f"10.0.1.{n}") for n in range(40)]
    assert sum(spread) == 30
    one_address = [await attempt(f"u{n}@a.example", "10.0.2.1") for n in range(80)]
    assert sum(one_address) == 60


def test_a_forwarded_address_counts_only_from_a_trusted_proxy() -> None:
    def scope(peer: str, *told: str) -> dict[str, object]:
        return {
            "client": (peer, 1),
            "headers": [(b"x-forwarded-for", value.encode()) for value in told],
        }

    trusted = trusted_networks(["10.0.0.0/8", "::1"])
    assert client_address(scope("203.0.113.9", "1.1.1.1"), trusted) == "203.0.113.9"
    assert client_address(scope("10.0.0.2", "6.6.6.6, 203.0.113.9"), trusted) == "203.0.113.9"
    assert client_address(scope("10.0.0.2", "6.6.6.6", "203.0.113.9, 10.9.9.9"), trusted) == (
        "203.0.113.9"
    )
    assert client_address(scope("10.0.0.2", "6.6.6.6, junk"), trusted) == "10.0.0.2"
    assert client_address(scope("10.0.0.2"), trusted) == "10.0.0.2"
    assert client_address(scope("10.0.0.2", "1.1.1.1"), ()) == "10.0.0.2"
    assert client_address({"client": None, "headers": []}, trusted) == ""


def test_one_line_of_ipv6_is_one_caller() -> None:
    assert address_key("2001:db8:1:2:3::4") == address_key("2001:db8:1:2::ffff")
    assert address_key("2001:db8:1:3::1") != address_key("2001:db8:1:2::1")
    assert address_key("::ffff:10.0.0.1") == "10.0.0.1"
    assert address_key("\r\nboo") == "unknown"


async def test_memory_stays_bounded(gone: "Redis", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimit, "KEYS_MAX", 100)
    now = [0.0]
    limiter = RateLimiter(gone, clock=lambda: now[0])
    quick = Policy("quick", limit=10, window_seconds=1)
    for number in range(1_000):
        now[0] += 0.1
        assert (await limiter.check(str(number), quick)).allowed
    assert len(limiter._held) <= 101
    assert len(limiter._local) <= 101


async def test_a_check_costs_next_to_nothing_on_a_busy_path(redis: "Redis") -> None:
    limiter = RateLimiter(redis)
    busy = Policy("busy", limit=1_000_000, window_seconds=60)
    started = time.perf_counter()
    for _ in range(5_000):
        await limiter.check("busy", busy)
    each = (time.perf_counter() - started) / 5_000
    assert each < 60e-6, f"{each * 1e6:.1f} µs"


async def test_switched_off_it_counts_nothing() -> None:
    assert await spent(RateLimiter(None, enabled=False), "x", TEN, 50) == 50
