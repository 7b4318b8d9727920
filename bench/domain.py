"""What the bench adds to the house: roles that reach cases along five paths, and jobs that only
say when they ran."""

import time
from typing import Any

from backend.domains import DOMAINS
from infra.kernel.context import Context
from infra.kernel.grants import Grant
from infra.kernel.jobs import job
from infra.kernel.registry import Domain, Registry

FIVE_PATHS = ("own", "own_account", "account_tree", "assigned", "opened")
FIVE = "bench_five"
STARTED = "bench:started"


@job("bench.nothing")
async def nothing(ctx: Context) -> None:
    """The work of a job that has none."""


@job("bench.mark")
async def mark(ctx: Context) -> None:
    """Tell when it started: every process of this machine reads the same monotonic clock."""
    redis: Any = ctx.services.redis  # typed for both of its worlds
    await redis.rpush(STARTED, time.monotonic())


domain = Domain(
    name="bench",
    summary="What measuring needs.",
    grants=tuple(Grant(FIVE, "cases", ("read",), path) for path in FIVE_PATHS),
    jobs=(nothing, mark),
)


def registry() -> Registry:
    """The whole house and the bench's own domain."""
    return Registry((*DOMAINS, domain))
