"""Who sees what of whom: every relation there is × every kind of record × every door.

What is right stands in `visibility/expected.py`, once. A door is checked twice: of the kinds that
it shows it must have shown all that may be seen and nothing else, and no word of anything else may
stand anywhere in what it said.
"""

from typing import Any

import pytest
import pytest_asyncio

from tests.security.neighbours import bearing
from tests.security.visibility.doors import API, Visit
from tests.security.visibility.expected import EXPECTED, VIEWERS, of_kinds, words_of
from tests.security.visibility.kinds import LETTERS, canaries_in
from tests.security.visibility.pages import PAGES
from tests.security.visibility.town import Town, a_town
from tests.world import World

DOORS = API | PAGES


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(services: Any, app: Any) -> Any:
    world = World(services, app)
    yield await a_town(world)
    await world.close()


async def at_the_door(town: Town, viewer: str) -> Visit:
    actor = await town.now(viewer)
    http = actor.http() if actor.token else await bearing(town.world, actor)
    return Visit(town, viewer, actor, http)


def test_everybody_has_a_line_in_the_table(town: Town) -> None:
    assert set(town.viewers) == set(VIEWERS)
    assert EXPECTED["admin"] == {pair for pair in town.records.ids if pair[1] in LETTERS.values()}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("viewer", VIEWERS)
async def test_a_door_shows_what_may_be_seen_and_not_a_word_more(
    town: Town, viewer: str, door: str
) -> None:
    visit = await at_the_door(town, viewer)
    shown = await DOORS[door](visit)
    assert visit.seen <= EXPECTED[viewer]
    assert visit.seen >= of_kinds(viewer, shown)
    assert canaries_in("\n".join(visit.said)) <= words_of(viewer)
