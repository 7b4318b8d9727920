"""What a path came to, judged against its goal; the table and the file that say so."""

import json
import math
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LATEST = Path(__file__).parent / "latest.json"


@dataclass(frozen=True)
class Result:
    """One line: `value` is ours, `floor` the bare one, `met` None where there is no goal."""

    path: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    goal: str | None = None
    met: bool | None = None


@dataclass(frozen=True)
class Rounds:
    """Medians of alternating rounds; the ratio is the median of each round's own ratio, since two
    neighbours in time share the machine's weather and the first and last round do not."""

    value: float
    floor: float
    ratio: float


def paired(ours: Sequence[float], floors: Sequence[float]) -> Rounds:
    """Rounds that were measured one beside the other."""
    return Rounds(
        statistics.median(ours),
        statistics.median(floors),
        statistics.median(a / b for a, b in zip(ours, floors, strict=True)),
    )


async def alternate(
    ours: Callable[[], Awaitable[float]], floor: Callable[[], Awaitable[float]], rounds: int
) -> Rounds:
    """A B B A A B …: neither side always goes second into caches that the other has warmed."""
    a: list[float] = []
    b: list[float] = []
    for number in range(rounds):
        for is_floor in (False, True) if number % 2 == 0 else (True, False):
            (b if is_floor else a).append(await (floor if is_floor else ours)())
    return paired(a, b)


def at_least(path: str, rounds: Rounds, unit: str, goal: float | None) -> Result:
    """More is better: ours is at least this share of the floor."""
    met = None if goal is None else rounds.ratio >= goal
    words = None if goal is None else f"ratio >= {goal:g}"
    return Result(path, rounds.value, unit, rounds.floor, rounds.ratio, words, met)


def at_most(path: str, rounds: Rounds, unit: str, goal: float | None) -> Result:
    """Less is better: ours takes at most so many times what the floor does."""
    met = None if goal is None else rounds.ratio <= goal
    words = None if goal is None else f"ratio <= {goal:g}"
    return Result(path, rounds.value, unit, rounds.floor, rounds.ratio, words, met)


def limit(path: str, value: float, unit: str, most: float, floor: float | None = None) -> Result:
    """A plain ceiling; a floor is told beside it where there is one."""
    ratio = value / floor if floor else None
    return Result(path, value, unit, floor, ratio, f"<= {most:g}", value <= most)


def reach(path: str, value: float, unit: str, least: float, floor: float | None = None) -> Result:
    """A plain minimum."""
    ratio = value / floor if floor else None
    return Result(path, value, unit, floor, ratio, f">= {least:g}", value >= least)


def told(path: str, value: float, unit: str, floor: float | None = None) -> Result:
    """A number without a goal, for whoever reads on."""
    return Result(path, value, unit, floor, value / floor if floor else None)


def broken(path: str) -> Result:
    """A path that could not be measured, which is no way to meet a goal."""
    return Result(path, 0.0, "", goal="measured", met=False)


def exponent(sizes: Sequence[float], times: Sequence[float]) -> float:
    """The slope of a line through log time over log size: 0 is flat, 1 is linear."""
    xs = [math.log(size) for size in sizes]
    ys = [math.log(max(time, 1e-9)) for time in times]
    middle_x, middle_y = statistics.fmean(xs), statistics.fmean(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def line(result: Result) -> str:
    """One line of the table."""
    floor = f"{result.floor:>12,.2f}" if result.floor is not None else " " * 12
    ratio = f"{result.ratio:>8.2f}" if result.ratio is not None else " " * 8
    mark = {True: "met", False: "MISSED", None: ""}[result.met]
    goal = f"{result.goal or '':<20}"
    return f"{result.path:<46}{result.value:>12,.2f} {result.unit:<9}{floor}{ratio}  {goal}{mark}"


HEADER = f"{'path':<46}{'ours':>12} {'unit':<9}{'floor':>12}{'ratio':>8}  {'goal':<20}"


def write(results: Sequence[Result], to: Path = LATEST) -> None:
    """Keep the results as a list of objects, one a line of the table."""
    rows = [
        {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(r).items()}
        for r in results
    ]
    to.write_text(json.dumps(rows, indent=1) + "\n")
