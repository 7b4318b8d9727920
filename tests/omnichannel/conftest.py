"""The desk that tests of channels and routing stand at."""

import pytest_asyncio

from tests.omnichannel.desk import Desk
from tests.world import World


@pytest_asyncio.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())
