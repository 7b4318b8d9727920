from collections.abc import AsyncIterator

import pytest_asyncio

from tests.service.advice.endpoint import Modelled, modelled
from tests.service.desk import Desk, a_desk
from tests.world import World


@pytest_asyncio.fixture
async def desk(world: World) -> Desk:
    return await a_desk(await world.tenant())


@pytest_asyncio.fixture
async def model(world: World) -> AsyncIterator[Modelled]:
    async with modelled(world) as opened:
        yield opened
