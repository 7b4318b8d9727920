"""Whatever is done to relationships in whatever order: a forward is there exactly while its reverse
is, and so is what they give."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.kernel.errors import Conflict, Invalid
from tests.world import Tenant, World

VERBS = ("create", "create", "create", "end", "delete", "update")
STEP = st.tuples(st.sampled_from(VERBS), st.integers(0, 3), st.integers(0, 3), st.integers(0, 2))


async def rows_of(tenant: Tenant) -> list[dict[str, Any]]:
    return await tenant.admin.list("account_relationships", limit="200")


async def take(tenant: Tenant, accounts: list[str], types: list[str], step: Any) -> str | None:
    """Do one step; answers the verb where it was not refused."""
    verb, first, second, third = step
    try:
        if verb == "create":
            await tenant.admin.do(
                "account_relationships.create",
                type_id=types[third],
                account_id=accounts[first],
                related_account_id=accounts[second],
            )
            return "create"
        rows = await rows_of(tenant)
        if not rows:
            return None
        row = rows[(first * 4 + second) % len(rows)]
        body = {"ends_on": f"2099-01-{10 + third}"} if verb == "update" else {}
        await tenant.admin.do(f"account_relationships.{verb}", row["id"], **body)
    except (Conflict, Invalid):
        return None
    return str(verb)


def mirrored(row: dict[str, Any]) -> tuple[Any, ...]:
    """The row as its reverse must be."""
    direction = {"forward": "reverse", "reverse": "forward"}[row["direction"]]
    return (
        row["reverse_id"], row["id"], row["related_account_id"], row["account_id"], row["type_id"],
        direction, row["state"], row["ends_on"], row["ended_at"],
    )  # fmt: skip


def as_is(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        row["id"], row["reverse_id"], row["account_id"], row["related_account_id"], row["type_id"],
        row["direction"], row["state"], row["ends_on"], row["ended_at"],
    )  # fmt: skip


@pytest.mark.asyncio(loop_scope="session")
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=1, max_size=12))
async def test_a_forward_is_there_exactly_while_its_reverse_is(
    world: World, steps: list[Any]
) -> None:
    tenant = await world.tenant()
    types = [str(row["id"]) for row in await tenant.admin.list("account_relationship_types")]
    partner_of = await tenant.admin.list("account_relationship_types", name="Partner of")
    gives = str(partner_of[0]["id"])
    accounts = [str((await tenant.account(f"A{n}", is_partner=n > 0))["id"]) for n in range(4)]
    there = 0
    for step in steps:
        done = await take(tenant, accounts, types, step)
        there += {"create": 2, "delete": -2}.get(done or "", 0)
        rows = await rows_of(tenant)
        assert len(rows) == there
        assert {mirrored(row) for row in rows} == {as_is(row) for row in rows}
        held = await tenant.admin.list("held_responsibilities", limit="200")
        giving = {
            (row["account_id"], row["related_account_id"])
            for row in rows
            if row["state"] == "active"
            and row["direction"] == "forward"
            and str(row["type_id"]) == gives
        }
        assert {(hold["holder_id"], hold["anchor_id"]) for hold in held} == giving
