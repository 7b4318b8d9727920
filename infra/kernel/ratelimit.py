"""Rate limits: GCRA (a leaky bucket kept as one timestamp) in Redis, shared by all processes.

A busy key does not ask Redis on each request: it leases a few permits at once, as many as it used
up since it last asked, and a refusal is remembered until its time is over. So a flood is turned
away from memory, and a key that is rarely used gives back nothing it never took.

Without Redis each process keeps the same buckets for itself: limits become per process, but they
are never open and never shut for everybody.
"""

import asyncio
import hashlib
import ipaddress
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.types import Scope

from infra.kernel.errors import TooMany

ANSWER_SECONDS_MAX = 0.1
BROKEN_SECONDS = 1.0
LEASE_SECONDS = 1.0
KEYS_MAX = 50_000

# For each key: window and limit in ARGV, and how many permits are wanted. All times in
# microseconds of Redis's own clock, so a process with a wrong clock changes nothing.
_GCRA = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answer = {}
for i = 1, #KEYS do
  local limit, window, want = tonumber(ARGV[i*3-2]), tonumber(ARGV[i*3-1]), tonumber(ARGV[i*3])
  local step = window / limit
  local full = math.max(tonumber(redis.call('GET', KEYS[i]) or now), now)
  local room = math.floor((now + window - full) / step + 0.000001)
  local granted = math.max(math.min(want, room), 0)
  if granted > 0 then
    full = full + granted * step
    local kept = math.ceil((full - now) / 1000) + 1
    redis.call('SET', KEYS[i], string.format('%.0f', full), 'PX', kept)
  end
  local wait = 0
  if granted == 0 then wait = full + step - window - now end
  answer[#answer+1] = granted
  answer[#answer+1] = math.max(room - granted, 0)
  answer[#answer+1] = math.ceil(full - now)
  answer[#answer+1] = math.ceil(wait)
end
return answer
"""


@dataclass(frozen=True)
class Policy:
    """`limit` requests a window, all at once if need be. A sensitive one never leases ahead."""

    name: str
    limit: int
    window_seconds: int
    lease_max: int = 50

    @property
    def step_seconds(self) -> float:
        return self.window_seconds / self.limit


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one request; the times are seconds from now."""

    policy: Policy
    allowed: bool
    remaining: int
    reset_seconds: float
    retry_after: float = 0.0

    @property
    def limit(self) -> int:
        return self.policy.limit


CALLER = Policy("caller", limit=6_000, window_seconds=60)
ANONYMOUS = Policy("address", limit=600, window_seconds=60)
SIGN_IN_ACCOUNT = Policy("sign-in-account", limit=30, window_seconds=900, lease_max=1)
SIGN_IN_PAIR = Policy("sign-in", limit=10, window_seconds=900, lease_max=1)
SIGN_IN_ADDRESS = Policy("sign-in-address", limit=60, window_seconds=600, lease_max=1)
SIGN_IN_TENANT = Policy("sign-in-tenant", limit=1_200, window_seconds=60, lease_max=1)


@dataclass(slots=True)
class _Allowance:
    """Permits that this process holds for one key, or the refusal it remembers."""

    permits: int = 0
    used: int = 0
    remaining: int = 0
    full_at: float = 0.0
    good_until: float = 0.0
    refused_until: float = 0.0
    asking: asyncio.Future[None] | None = None


class RateLimiter:
    """Counts requests by key. Keys are scope and name, such as `caller:<uuid>`."""

    def __init__(
        self,
        redis: "Redis | None",
        *,
        enabled: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._script: Any = redis.register_script(_GCRA) if redis is not None else None
        self._enabled = enabled
        self._clock = clock
        self._held: dict[tuple[str, str], _Allowance] = {}
        self._local: dict[str, float] = {}
        self._broken_until = 0.0
        self.refused: Callable[[Policy], None] = lambda _policy: None

    async def check(self, key: str, policy: Policy) -> Decision:
        """Take one permit; the decision says whether there was one. Never raises."""
        if not self._enabled:
            return Decision(policy, True, policy.limit, 0.0)
        held = self._held.get((policy.name, key))
        if held is None:
            self._forget_old()
            held = self._held[(policy.name, key)] = _Allowance()
        while True:
            now = self._clock()
            if held.permits > 0 and now < held.good_until:
                held.permits -= 1
                held.used += 1
                return Decision(
                    policy, True, held.remaining + held.permits, max(held.full_at - now, 0.0)
                )
            if now < held.refused_until:
                self.refused(policy)
                wait = held.refused_until - now
                return Decision(policy, False, 0, max(held.full_at - now, 0.0), wait)
            await self._refill(held, key, policy)

    async def check_all(self, wanted: Sequence[tuple[str, Policy]]) -> Decision:
        """One permit of each, in one round trip; the tightest answer counts.

        Each is charged whatever the others say: who is refused for one reason must not go on
        guessing for free under another.
        """
        if not self._enabled:
            return Decision(wanted[0][1], True, wanted[0][1].limit, 0.0)
        answers = await self._ask([(key, policy, 1) for key, policy in wanted])
        decisions = [
            Decision(policy, granted > 0, remaining, reset, wait)
            for (_, policy), (granted, remaining, reset, wait) in zip(wanted, answers, strict=True)
        ]
        for decision in decisions:
            if not decision.allowed:
                self.refused(decision.policy)
        return min(
            decisions, key=lambda d: (d.allowed, -d.retry_after, d.remaining / d.policy.limit)
        )

    async def enforce(self, *wanted: tuple[str, Policy]) -> Decision:
        """As `check_all`, but a refusal is raised as TooMany."""
        decision = await self.check_all(wanted)
        if not decision.allowed:
            raise refusal(decision)
        return decision

    async def _refill(self, held: _Allowance, key: str, policy: Policy) -> None:
        if held.asking is not None:
            await asyncio.shield(held.asking)
            return
        held.asking = asyncio.get_running_loop().create_future()
        try:
            now = self._clock()
            # As many as were used up since the last time, doubled: 1, 2, 4 … while it is busy.
            busy = now < held.good_until + LEASE_SECONDS and held.permits == 0
            want = min(policy.lease_max, max(1, policy.limit // 20), held.used * 2 if busy else 1)
            answer = (await self._ask([(key, policy, max(want, 1))]))[0]
            granted, held.remaining, reset, wait = answer
            held.permits, held.used, held.full_at = granted, 0, now + reset
            held.good_until = now + LEASE_SECONDS
            held.refused_until = now + wait if granted == 0 else 0.0
        finally:
            held.asking.set_result(None)
            held.asking = None

    async def _ask(
        self, wanted: Sequence[tuple[str, Policy, int]]
    ) -> list[tuple[int, int, float, float]]:
        """Of each: granted, remaining, seconds until full and to wait; from Redis if it is up."""
        now = self._clock()
        if self._script is not None and now >= self._broken_until:
            keys = [f"atrium:limit:{policy.name}:{key}" for key, policy, _ in wanted]
            arguments = [
                number
                for _, policy, want in wanted
                for number in (policy.limit, policy.window_seconds * 1_000_000, want)
            ]
            try:
                async with asyncio.timeout(ANSWER_SECONDS_MAX):
                    raw = await self._script(keys=keys, args=arguments)
                return [
                    (int(raw[i]), int(raw[i + 1]), raw[i + 2] / 1e6, raw[i + 3] / 1e6)
                    for i in range(0, len(raw), 4)
                ]
            except (RedisError, OSError, TimeoutError) as failure:
                self._broken_until = now + BROKEN_SECONDS
                structlog.get_logger(__name__).warning(
                    "ratelimit.local", error=type(failure).__name__
                )
        return [self._ask_locally(key, policy, want) for key, policy, want in wanted]

    def _ask_locally(self, key: str, policy: Policy, want: int) -> tuple[int, int, float, float]:
        now, name = self._clock(), f"{policy.name}:{key}"
        full = max(self._local.get(name, now), now)
        room = math.floor((now + policy.window_seconds - full) / policy.step_seconds + 1e-6)
        granted = max(min(want, room), 0)
        if granted:
            full += granted * policy.step_seconds
            self._local[name] = full
        wait = 0.0 if granted else full + policy.step_seconds - policy.window_seconds - now
        return granted, max(room - granted, 0), full - now, wait

    def _forget_old(self) -> None:
        """Keep memory bounded: what is full again, or was not used for a while, says nothing."""
        now = self._clock()
        if len(self._held) >= KEYS_MAX:
            self._held = {
                key: held
                for key, held in self._held.items()
                if held.asking or now < max(held.good_until, held.refused_until)
            }
        if len(self._local) >= KEYS_MAX:
            self._local = {key: full for key, full in self._local.items() if full > now}


def refusal(decision: Decision) -> TooMany:
    """The problem of a refused request, with its Retry-After and RateLimit fields."""
    return TooMany(
        f"at most {decision.limit} in {decision.policy.window_seconds} seconds",
        retry_after=max(1, math.ceil(decision.retry_after)),
        limits=headers(decision),
    )


def headers(decision: Decision) -> dict[str, str]:
    """The fields of draft-ietf-httpapi-ratelimit-headers (structured fields, RFC 9651)."""
    policy = decision.policy
    reset = math.ceil(decision.reset_seconds if decision.allowed else decision.retry_after)
    return {
        "RateLimit-Policy": f'"{policy.name}";q={policy.limit};w={policy.window_seconds}',
        "RateLimit": f'"{policy.name}";r={decision.remaining};t={reset}',
    }


def sign_in_keys(tenant_id: UUID, account: str, address: str) -> tuple[tuple[str, Policy], ...]:
    """What one attempt to sign in is charged to: account and address, either, and the tenant.

    The account is counted whether or not there is one, so the count tells nobody that there is.
    """
    name = hashlib.sha256(account.strip().casefold().encode("utf-8", "replace")).hexdigest()[:32]
    where = address_key(address)
    return (
        (f"{tenant_id}:{name}:{where}", SIGN_IN_PAIR),
        (f"{tenant_id}:{name}", SIGN_IN_ACCOUNT),
        (where, SIGN_IN_ADDRESS),
        (str(tenant_id), SIGN_IN_TENANT),
    )


def address_key(address: str) -> str:
    """The address as a key: all of an IPv6 /64 is one caller, for it is one customer's line."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address) + "/64"


Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


def trusted_networks(proxies: Iterable[str]) -> Networks:
    """The configured proxies; raises ValueError for what is no address or network."""
    return tuple(ipaddress.ip_network(proxy, strict=False) for proxy in proxies)


def client_address(scope: Scope, trusted: Networks) -> str:
    """The caller's address: the peer's, or what trusted proxies, and only they, say it was."""
    client = scope.get("client")
    peer = client[0] if client else ""
    if not trusted or not _is_within(peer, trusted):
        return peer
    told = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    for part in reversed(told.decode("latin-1").split(",")[-20:]):
        hop = part.strip()
        try:
            ipaddress.ip_address(hop)
        except ValueError:
            return peer
        peer = hop
        if not _is_within(hop, trusted):
            return hop
    return peer


def _is_within(address: str, networks: Networks) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
