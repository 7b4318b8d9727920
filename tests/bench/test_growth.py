"""Paths are measured in turn, and the hand-written merge asks what the compiled one asks."""

import asyncio

from bench import domain, growth, lists
from bench.seeds import LEAVES, leaf_path


async def test_sizes_take_turns_and_the_slow_one_shows() -> None:
    order: list[int] = []

    def call(size: int) -> growth.Call:
        async def wait() -> None:
            order.append(size)
            await asyncio.sleep(0.001 * size)

        return wait

    medians = await growth.in_turn({1: call(1), 5: call(5)}, 3)
    assert order[:4] == [1, 5, 1, 5]
    assert medians[5] > medians[1]


def test_the_bench_knows_five_paths_of_the_real_resource() -> None:
    registry = domain.registry()
    assert set(domain.FIVE_PATHS) <= set(registry.resources["cases"].paths)
    assert {grant.path for grant in registry.grants if grant.role == domain.FIVE} == set(
        domain.FIVE_PATHS
    )


def test_leaves_lie_below_their_region() -> None:
    assert leaf_path(0) == "R/R00/R00L00/"
    assert leaf_path(LEAVES) == "R/R01/R01L00/"


def test_the_hand_written_merge_has_a_branch_for_each_path() -> None:
    text = lists.merge_sql(("id",), after=True)
    assert text.count("UNION") == len(domain.FIVE_PATHS) - 1
    assert text.count("(c.opened_at, c.id) <") == len(domain.FIVE_PATHS)
