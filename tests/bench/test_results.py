"""How the bench judges: its arithmetic decides whether a goal counts as met."""

import json
from pathlib import Path

import pytest

from bench import results
from bench.results import Result, Rounds


def test_the_ratio_is_that_of_neighbours_and_not_of_far_medians() -> None:
    # The machine became twice as slow halfway: each round still says that ours takes double.
    rounds = results.paired([2.0, 2.0, 4.0, 4.0], [1.0, 1.0, 2.0, 2.0])
    assert rounds.ratio == 2.0
    assert (rounds.value, rounds.floor) == (3.0, 1.5)


async def test_rounds_alternate_and_neither_side_always_goes_second() -> None:
    order = []

    async def ours() -> float:
        order.append("ours")
        return 1.0

    async def floor() -> float:
        order.append("floor")
        return 2.0

    rounds = await results.alternate(ours, floor, 4)
    assert order == ["ours", "floor", "floor", "ours"] * 2
    assert rounds.ratio == 0.5


def test_more_is_better_for_throughput_and_less_for_time() -> None:
    half = Rounds(50.0, 100.0, 0.5)
    assert results.at_least("x", half, "/s", 0.5).met
    assert results.at_least("x", half, "/s", 0.51).met is False
    assert results.at_most("x", half, "ms", 0.5).met
    assert results.at_most("x", half, "ms", 0.49).met is False
    assert results.at_least("x", half, "/s", None).met is None


def test_a_plain_limit_tells_its_floor_beside_it() -> None:
    assert results.limit("x", 15.0, "kB", 15.0, 5.0) == Result(
        "x", 15.0, "kB", 5.0, 3.0, "<= 15", met=True
    )
    assert results.limit("x", 15.1, "kB", 15.0).met is False
    assert results.reach("x", 2_999.0, "/s", 3_000.0).met is False
    assert results.told("x", 1.0, "ms").met is None


@pytest.mark.parametrize(
    ("times", "slope"), [([1, 1, 1], 0.0), ([1, 10, 100], 1.0), ([1, 100, 10_000], 2.0)]
)
def test_the_exponent_is_the_slope_in_logarithms(times: list[float], slope: float) -> None:
    assert results.exponent([10_000, 100_000, 1_000_000], times) == pytest.approx(slope)


def test_a_logarithm_is_flatter_than_the_goal() -> None:
    assert results.exponent([1e4, 1e5, 1e6], [4.0, 5.0, 6.0]) < 0.15


def test_a_quantile_is_one_of_the_values() -> None:
    assert results.quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert results.quantile([1.0, 2.0], 0.99) == 2.0
    assert results.quantile([], 0.5) == 0.0


def test_the_file_is_a_list_of_what_each_path_came_to(tmp_path: Path) -> None:
    file = tmp_path / "latest.json"
    results.write(
        [results.limit("memory", 120.123456, "MB", 200), results.told("x", 1, "ms")], file
    )
    first, second = json.loads(file.read_text())
    assert first == {
        "path": "memory", "value": 120.1235, "unit": "MB", "floor": None, "ratio": None,
        "goal": "<= 200", "met": True,
    }  # fmt: skip
    assert set(second) == set(first)
    assert second["met"] is None


def test_a_missed_goal_stands_out_in_the_table() -> None:
    assert results.line(results.limit("x", 2.0, "ms", 1.0)).endswith("MISSED")
    assert "MISSED" not in results.line(results.told("x", 2.0, "ms"))
