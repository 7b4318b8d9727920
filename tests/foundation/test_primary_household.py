"""Whatever joins, leaves and goes: always exactly one primary household, at most one head."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.kernel.errors import Conflict, NotFound
from tests.world import Tenant, World

PEOPLE, HOUSES = 3, 3
VERBS = ("join", "join", "leave", "make_primary", "appoint_head", "delete")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(VERBS),
        st.integers(0, HOUSES - 1),
        st.integers(0, PEOPLE - 1),
        st.booleans(),
    ),
    max_size=14,
)


@dataclass
class Model:
    """What must be so: each person's households in the order of joining, and which is first."""

    lives: dict[int, list[int]] = field(default_factory=lambda: {n: [] for n in range(PEOPLE)})
    first: dict[int, int] = field(default_factory=dict)
    head: dict[int, int] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)

    def step(self, verb: str, house: int, who: int, primary: bool) -> bool:
        """Take the step; answers whether it is allowed."""
        inside = house in self.lives[who]
        if house in self.gone or (verb != "delete" and inside == (verb == "join")):
            return False
        match verb:
            case "join":
                self.lives[who].append(house)
                if primary or len(self.lives[who]) == 1:
                    self.first[who] = house
            case "leave":
                self._leave(house, who)
            case "make_primary":
                self.first[who] = house
            case "appoint_head":
                self.head[house] = who
            case "delete":
                self.gone.add(house)
                for each in range(PEOPLE):
                    if house in self.lives[each]:
                        self._leave(house, each)
        return True

    def _leave(self, house: int, who: int) -> None:
        self.lives[who].remove(house)
        if self.head.get(house) == who:
            del self.head[house]
        if self.first[who] == house:
            del self.first[who]
            if self.lives[who]:
                self.first[who] = self.lives[who][0]

    def rows(self) -> set[tuple[int, int, bool, bool]]:
        return {
            (house, who, self.first[who] == house, self.head.get(house) == who)
            for who, houses in self.lives.items()
            for house in houses
        }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
async def test_whatever_happens_each_member_has_exactly_one_primary_household(
    world: World, steps: list[tuple[str, int, int, bool]]
) -> None:
    tenant = await world.tenant()
    people = [await consumer(tenant, f"P{n}") for n in range(PEOPLE)]
    houses = [await household(tenant, f"H{n}") for n in range(HOUSES)]
    model = Model()
    for verb, house, who, primary in steps:
        body: dict[str, Any] = {} if verb == "delete" else {"consumer_id": people[who]}
        if verb == "join":
            body["primary"] = primary
        allowed = model.step(verb, house, who, primary)
        try:
            await tenant.admin.do(f"households.{verb}", houses[house], **body)
            done = True
        except (Conflict, NotFound):
            done = False
        assert done == allowed, (verb, house, who)
        assert await rows(tenant, houses, people) == model.rows(), (verb, house, who)
    held = await tenant.admin.list("held_responsibilities")
    assert len(held) == len(model.head)


async def test_joining_two_households_at_once_leaves_one_primary(world: World) -> None:
    tenant = await world.tenant()
    noor = await consumer(tenant, "Noor")
    houses = [await household(tenant, f"H{n}") for n in range(4)]
    await asyncio.gather(
        *(tenant.admin.do("households.join", each, consumer_id=noor) for each in houses)
    )
    assert sorted(first for _, _, first, _ in await rows(tenant, houses, [noor])) == [
        False,
        False,
        False,
        True,
    ]
    await asyncio.gather(
        *(tenant.admin.do("households.make_primary", each, consumer_id=noor) for each in houses),
        tenant.admin.do("households.leave", houses[0], consumer_id=noor),
        return_exceptions=True,
    )
    assert sum(first for _, _, first, _ in await rows(tenant, houses, [noor])) == 1


async def consumer(tenant: Tenant, name: str) -> str:
    return str((await tenant.admin.do("consumers.create", name=name))["id"])


async def household(tenant: Tenant, name: str) -> str:
    return str((await tenant.admin.do("households.create", name=name))["id"])


async def rows(
    tenant: Tenant, houses: list[str], people: list[str]
) -> set[tuple[int, int, bool, bool]]:
    found = await tenant.admin.list("household_members", limit="200")
    return {
        (
            houses.index(str(row["household_id"])),
            people.index(str(row["consumer_id"])),
            row["is_primary"],
            row["is_head"],
        )
        for row in found
    }
