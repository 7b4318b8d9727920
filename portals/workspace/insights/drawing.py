"""The figures as they are drawn: tiles with their change, lines, ages, the rows of a division."""

from datetime import date

from babel.dates import format_date

from portals import charts
from portals.rendering import FORMATS
from portals.visits import Visit
from portals.words import noted
from portals.workspace.insights.question import Question, into, opened_by
from portals.workspace.insights.words import LESS_IS_BETTER, MEASURES, NEUTRAL, TILES, value_words
from portals.workspace.reader import Row


def tiles(visit: Visit, figures: Row, asked: Question) -> list[Row]:
    """The numbers on top, each with its change and the list behind it."""
    measures = {each["name"]: each for each in figures["measures"]}
    lines = {"opened": "opened", "resolved": "resolved", "backlog": "backlog", "broken": "broken"}
    found = []
    for name in TILES:
        if name not in measures:
            continue
        each = measures[name]
        values = [point[lines[name]] or 0 for point in figures["line"]] if name in lines else []
        found.append(
            {
                **each, "label": visit.say(MEASURES[name]), "url": opened_by(each["link"], asked),
                "spark": charts.spark(values), "change": change_of(each),
            }
        )  # fmt: skip
    return found


def change_of(measure: Row) -> Row | None:
    """By how much it moved and whether that is good; None where there is nothing to compare."""
    value, before = measure["value"], measure["before"]
    if value is None or before is None:
        return None
    apart = round(value - before, 2)
    is_better = (apart < 0) == (measure["name"] in LESS_IS_BETTER)
    tone = "flat" if not apart or measure["name"] in NEUTRAL else "good" if is_better else "bad"
    percent = None
    if measure["unit"] not in {"percent", "score"} and before:
        percent = round(100 * apart / before)
    return {"tone": tone, "apart": apart, "percent": percent, "up": apart > 0}


def labels(visit: Visit, figures: Row) -> list[str]:
    """The days or months below a line."""
    shape = "d. MMM" if visit.locale == "de" else "d MMM"
    if figures["unit"] == "month":
        shape = "MMM yy"
    return [
        format_date(date.fromisoformat(point["day"]), shape, locale=FORMATS[visit.locale])
        for point in figures["line"]
    ]


def volume(visit: Visit, figures: Row) -> charts.Chart:
    """What was opened and what was resolved."""
    names = (("first", "opened"), ("second", "resolved"))
    series = [(tone, visit.say(MEASURES[name]), [p[name] for p in figures["line"]])
              for tone, name in names]  # fmt: skip
    return charts.line(series, labels(visit, figures))


def backlog(visit: Visit, figures: Row) -> charts.Chart:
    """What was open at the end of each day."""
    values = [point["backlog"] for point in figures["line"]]
    name = visit.say(noted("Open at the end"))
    return charts.line([("first", name, [max(0, each) for each in values])],
                       labels(visit, figures))  # fmt: skip


def promises(visit: Visit, figures: Row) -> charts.Chart | None:
    """Promises kept and broken; None for those who do not read them."""
    if any(point["kept"] is None for point in figures["line"]):
        return None
    names = (("good", "kept", noted("Kept")), ("bad", "broken", noted("Broken")))
    series = [(tone, visit.say(words), [p[name] for p in figures["line"]])
              for tone, name, words in names]  # fmt: skip
    return charts.stacked(series, labels(visit, figures))


def ages(visit: Visit, figures: Row, asked: Question) -> list[Row]:
    """How old what is open is."""
    lengths = charts.shares([age["open"] for age in figures["ages"]])
    return [
        {**age, "share": share, "url": opened_by(age["link"], asked)}
        for age, share in zip(figures["ages"], lengths, strict=True)
    ]


def rows(visit: Visit, figures: Row, asked: Question) -> list[Row]:
    """The division; each row leads further in."""
    by = figures["by"]
    lengths = charts.shares([_value(row, "opened") for row in figures["rows"]])
    return [
        {
            "name": row["name"] or value_words(visit, by, row["value"]),
            "url": into(asked, by, row["value"]),
            "share": share,
            "cells": {
                each["name"]: {**each, "url": opened_by(each["link"], asked)}
                for each in row["measures"]
            },
        }
        for row, share in zip(figures["rows"], lengths, strict=True)
    ]


def _value(row: Row, name: str) -> int:
    return next((each["value"] or 0 for each in row["measures"] if each["name"] == name), 0)
