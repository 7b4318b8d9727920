"""What more data costs: each path at 1×, 10× and 100× of it, and the slope of a line through that.

Times are taken in this process in turn over all sizes, so that the machine's weather falls on each.
An exponent of 0 is flat, 1 is linear; a logarithm over these sizes comes to less than 0.1.
"""

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from bench import lists, seeds
from bench.ground import Firm, Ground
from bench.results import Result, exponent, limit, told
from infra.kernel.performing import perform
from infra.kernel.reading import read_list, read_one
from tenants.signin.authenticator import Authenticator

GOAL = 0.15
TENANTS = [1, 10, 100, 1_000]
Call = Callable[[], Awaitable[Any]]


async def by_cases(ground: Ground) -> list[Result]:
    """Ten, a hundred and a thousand thousand cases."""
    paths: dict[str, dict[int, Call]] = {}
    for firm in ground.firms:
        for name, call in (await _calls(ground, firm)).items():
            paths.setdefault(name, {})[firm.size] = call
    results = []
    for name, calls in paths.items():
        medians = await in_turn(calls, 12 if ground.is_quick else 100)
        results += _slope(f"growth  {name}, by cases", medians)
    return results


async def _calls(ground: Ground, firm: Firm) -> dict[str, Call]:
    services = ground.services
    agent = await services.get(Authenticator).authenticate(firm.agent_key)
    (case,) = await ground.list_of(firm, "cases", limit="1", state="new", customer_kind="business")
    page = {"limit": "50", "state": "new"}
    body = {
        "subject": "No light", "contact_id": firm.ids["contact"], "channel": "phone",
        "sold_product_id": firm.ids["product"],
    }  # fmt: skip
    found: dict[str, Call] = {
        "read one": lambda: read_one(services, agent, "cases", UUID(str(case["id"]))),
        "list 50, agent": lambda: read_list(services, agent, "cases", page),
        "create a case": lambda: perform(services, agent, "cases.create", body=body),
    }
    for reader in lists.readers(firm):
        found[f"list 50, {reader.name}"] = _page_of(ground, reader)
    return found


def _page_of(ground: Ground, reader: lists.Reader) -> Call:
    return lambda: read_list(ground.services, reader.caller, "cases", {"limit": "50"})


async def by_tenants(ground: Ground) -> list[Result]:
    """Reading one case, its reader's token included, with so many tenants taking turns."""
    firm = ground.firms[0]
    (case,) = await ground.list_of(firm, "cases", limit="1", state="new")
    async with seeds.bulk(ground.addresses.superuser_dsn) as connection:
        people = await seeds.tenants_with_a_case(
            connection, TENANTS[-1], firm.id, UUID(str(case["id"]))
        )
        await connection.execute("ANALYZE credentials, tenant_state, users, profiles, cases")
    authenticator = ground.services.get(Authenticator)

    def reading(number: int) -> Call:
        turn = 0

        async def call() -> None:
            nonlocal turn
            token, case_id = people[turn % number]
            turn += 1
            caller = await authenticator.authenticate(token)
            await read_one(ground.services, caller, "cases", case_id)

        return call

    calls = {number: reading(number) for number in TENANTS}
    for _ in range(TENANTS[-1]):
        await calls[TENANTS[-1]]()  # each is known by now; an eviction would show as growth
    medians = await in_turn(calls, 100 if ground.is_quick else 500)
    async with ground.superuser() as connection:
        # Out of the worker's sight: what follows is measured on an idle system.
        await connection.execute("UPDATE tenants SET state = 'suspended' WHERE slug ~ '^bench-'")
    return _slope("growth  read one, by tenants", medians)


async def in_turn(calls: Mapping[int, Call], times: int) -> dict[int, float]:
    """The median time of each call, in milliseconds."""
    measured: dict[int, list[float]] = {size: [] for size in calls}
    for number in range(times + 4):
        for size, call in calls.items():
            began = time.perf_counter()
            await call()
            if number >= 4:
                measured[size].append((time.perf_counter() - began) * 1000)
    return {size: statistics.median(values) for size, values in measured.items()}


def _slope(path: str, medians: Mapping[int, float]) -> list[Result]:
    sizes: Sequence[int] = sorted(medians)
    slope = exponent(sizes, [medians[size] for size in sizes])
    first, last = sizes[0], sizes[-1]
    return [
        limit(f"{path}: exponent", slope, "", GOAL),
        told(f"{path}: {first:,} → {last:,}", medians[last], "ms", medians[first]),
    ]
