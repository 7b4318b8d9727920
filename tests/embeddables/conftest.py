import pytest_asyncio

from tests.embeddables.shop import Shop, a_shop
from tests.world import World


@pytest_asyncio.fixture
async def shop(world: World) -> Shop:
    return await a_shop(
        world, await world.tenant(), components={"case_create": {"anonymous": True}}
    )
