import pytest_asyncio

from tests.service.desk import Desk, a_desk
from tests.world import World


@pytest_asyncio.fixture
async def desk(world: World) -> Desk:
    return await a_desk(await world.tenant())
