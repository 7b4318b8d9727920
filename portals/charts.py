"""Charts as numbers that a template draws: where lines, bars and labels stand. Pure.

Drawn on the server as SVG without a style or a script of its own, so a strict policy lets it
through; colours are classes of the stylesheet, which knows light and dark. Every chart has a table
of the same numbers beside it.
"""

from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT = 480, 190
LEFT, RIGHT, TOP, BOTTOM = 48, 10, 12, 26
LABELS_MOST = 5
STEPS = (1, 2, 5)
Chart = dict[str, Any]


def nice(most: float, lines: int = 4) -> list[int]:
    """Round numbers from nought that reach up to `most`, about so many."""
    step, place = 1, 1
    while True:
        for each in STEPS:
            step = each * place
            if step * lines >= most:
                top = max(1, -(-int(most + 0.999) // step))
                return [step * n for n in range(top + 1)]
        place *= 10


def line(series: Sequence[tuple[str, str, Sequence[int]]], labels: Sequence[str]) -> Chart:
    """Lines over time: (tone, name, values), one value for each label."""
    scale = nice(max((v for _, _, values in series for v in values), default=0))
    top = scale[-1]
    return _frame(scale, labels) | {
        "lines": [
            {
                "tone": tone,
                "name": name,
                "points": " ".join(
                    f"{_x(n, len(values))},{_y(value, top)}" for n, value in enumerate(values)
                ),
                "last": {"x": _x(len(values) - 1, len(values)), "y": _y(values[-1], top)}
                if values
                else None,
            }
            for tone, name, values in series
        ]
    }


def stacked(series: Sequence[tuple[str, str, Sequence[int]]], labels: Sequence[str]) -> Chart:
    """Bars over time, the series one upon the other."""
    sums = [sum(values[n] for _, _, values in series) for n in range(len(labels))]
    scale = nice(max(sums, default=0))
    room = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    thick = max(1.0, min(28.0, room * 0.7))
    bars = []
    for n in range(len(labels)):
        below = 0
        for tone, name, values in series:
            if values[n]:
                low, high = _y(below, scale[-1]), _y(below + values[n], scale[-1])
                x = round(LEFT + room * (n + 0.5) - thick / 2, 1)
                bars.append(
                    {
                        "tone": tone, "x": x, "y": high, "width": round(thick, 1),
                        "height": round(low - high, 1), "label": labels[n], "name": name,
                        "value": values[n],
                    }
                )  # fmt: skip
            below += values[n]
    names = [{"tone": tone, "name": name} for tone, name, _ in series]
    return _frame(scale, labels, by_room=True) | {"bars": bars, "names": names}


def shares(values: Sequence[int]) -> list[float]:
    """How long each bar is, in hundredths of the longest."""
    most = max(values, default=0)
    return [round(100 * value / most, 1) if most else 0.0 for value in values]


def spark(values: Sequence[int]) -> str:
    """The points of a small line of 100 by 24, without axes; empty for less than two values."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1
    return " ".join(
        f"{round(100 * n / (len(values) - 1), 1)},{round(22 - 20 * (value - low) / span, 1)}"
        for n, value in enumerate(values)
    )


def _frame(scale: Sequence[int], labels: Sequence[str], *, by_room: bool = False) -> Chart:
    every = -(-len(labels) // LABELS_MOST) or 1
    room = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "floor": HEIGHT - BOTTOM,
        "rules": [{"y": _y(value, scale[-1]), "value": value} for value in scale],
        "ticks": [
            {
                "x": round(LEFT + room * (n + 0.5), 1) if by_room else _x(n, len(labels)),
                "label": label,
            }
            for n, label in enumerate(labels)
            if n % every == 0
        ],
    }


def _x(number: int, of: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (number / (of - 1) if of > 1 else 0.5), 1)


def _y(value: float, top: int) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)
