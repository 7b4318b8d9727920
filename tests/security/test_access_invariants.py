"""Whatever is granted, held and moved in whatever order, all answers about access are one."""

from typing import Any
from uuid import UUID

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.kernel.errors import Forbidden, NotFound
from infra.kernel.explaining import explain
from infra.kernel.reading import visible
from tests.security.visibility.village import COMPANIES, CONTACT_ROLES, HELD, Village
from tests.world import Actor, World

_PLACE = st.integers(0, COMPANIES - 1)
_VIEWER = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("toggle_role"), _VIEWER, st.sampled_from(CONTACT_ROLES)),
    st.tuples(st.just("toggle_hold"), _VIEWER, st.sampled_from(HELD), _PLACE),
    st.tuples(st.just("move"), _PLACE, st.none() | _PLACE),
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def village(services: Any, app: Any) -> Any:
    world = World(services, app)
    yield await Village(await world.tenant()).build()
    await world.close()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=3, max_size=12), viewer=_VIEWER)
async def test_lists_reads_counts_and_explanations_are_what_brute_force_says(
    village: Village, steps: list[tuple[Any, ...]], viewer: int
) -> None:
    await village.reset()
    for verb, *arguments in steps:
        await getattr(village, verb)(*arguments)
    wanted = village.wanted(viewer)
    actor = await village.caller_now(viewer)
    assert await listed(actor) == wanted
    assert await counted(actor) == len(wanted)
    assert {key for key in village.cases if await is_read(actor, key)} == wanted
    services = village.tenant.world.services
    assert await visible(services, actor.caller, "cases", village.cases) == wanted
    assert {key for key in village.cases if await is_explained(village, actor, key)} == wanted


async def listed(actor: Actor) -> set[UUID]:
    try:
        return {row["id"] for row in await actor.list("cases", limit="200")}
    except Forbidden:
        return set()


async def counted(actor: Actor) -> int:
    try:
        return (await actor.page("cases", count="true", limit="1")).count or 0
    except Forbidden:
        return 0


async def is_read(actor: Actor, key: UUID) -> bool:
    try:
        return bool((await actor.read("cases", key))["id"] == key)
    except (NotFound, Forbidden):
        return False


async def is_explained(village: Village, actor: Actor, key: UUID) -> bool:
    admin = village.tenant.admin.caller
    query = {"profile": str(actor.profile_id)}
    told = await explain(village.tenant.world.services, admin, "cases", str(key), query)
    return "read" in told.allowed
