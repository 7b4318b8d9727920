"""The managers' page: numbers beside those of before, their lines, and a division to go into."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from babel.dates import format_date
from starlette.responses import Response

from infra.kernel.errors import BadRequest, Invalid
from portals import charts
from portals.paging import cursor, pages
from portals.rendering import FORMATS
from portals.visits import Visit
from portals.words import CHANNELS, PRIORITIES, noted
from portals.workspace.case_list import rows_of
from portals.workspace.colleagues import names_of
from portals.workspace.desk import reader_of, show
from portals.workspace.reader import Reader, Row

PATH = "/workspace/insights"
SIZE = 50
SPANS = {"7d": noted("7 days"), "30d": noted("30 days"), "90d": noted("90 days"),
         "365d": noted("A year")}  # fmt: skip
BYS = {
    "group": noted("Group"), "agent": noted("Agent"), "case_type": noted("Type"),
    "channel": noted("Channel"), "product_model": noted("Product"), "account": noted("Account"),
    "priority": noted("Priority"),
}  # fmt: skip
MEASURES = {
    "opened": noted("Opened"), "resolved": noted("Resolved"), "backlog": noted("Open now"),
    "reopened": noted("Reopened"), "response_median": noted("First answer, median"),
    "response_p90": noted("First answer, nine of ten within"),
    "resolution_median": noted("Resolution, median"),
    "resolution_p90": noted("Resolution, nine of ten within"),
    "kept_percent": noted("Promises kept"), "broken": noted("Promises broken"),
    "kept": noted("Promises kept, number"), "rated": noted("Ratings"),
    "rating": noted("Mean rating"), "satisfied_percent": noted("Rated four or five"),
    "answered": noted("Answers to surveys"), "score": noted("Mean score of surveys"),
}  # fmt: skip
TILES = (
    "opened", "resolved", "backlog", "reopened", "response_median", "response_p90",
    "resolution_median", "resolution_p90", "kept_percent", "broken", "rating",
    "satisfied_percent", "score",
)  # fmt: skip
COLUMNS = (
    "opened", "resolved", "backlog", "reopened", "response_median", "resolution_median",
    "kept_percent", "rating",
)  # fmt: skip
LESS_IS_BETTER = frozenset(
    {"backlog", "reopened", "broken", "response_median", "response_p90", "resolution_median",
     "resolution_p90"}
)  # fmt: skip
NEUTRAL = frozenset({"opened", "rated", "answered"})
_ASKED = ("span", "first", "last", *BYS, "by")
_RECORDS = {
    "group": "groups", "case_type": "case_types", "product_model": "product_models",
    "account": "accounts",
}  # fmt: skip
_LISTS = {"/api/v1/cases": "cases", "/api/v1/insights/behind": "behind"}
_CHANNELS = ("email", "phone", "chat", "portal", "web", "widget", "api")
ACTIVITY = ("span", "first", "last", "group", "agent", "channel")
"""What may be asked of what agents did."""
_NAMED = ("agent", "product_model", "account")
"""What is chosen by going into a row, since there may be too many to list."""
Question = dict[str, str]


async def insights_page(visit: Visit) -> Response:
    """`GET /workspace/insights` with the question of the API in the address."""
    return await show(visit, "workspace/insights.html", **await context_of(visit))


async def insights_figures(visit: Visit) -> Response:
    """The figures alone, drawn anew when cases move."""
    return await visit.fragment("workspace/_insights.html", **await context_of(visit))


async def insights_cases(visit: Visit) -> Response:
    """The cases behind a number: its link, opened as a page."""
    reader = reader_of(visit)
    asked = {k: v for k, v in parse_qsl(visit.word("list", 2_000)) if k not in {"limit", "after"}}
    query = asked | {"expand": "account,contact,consumer,product_model,sold_product",
                     "limit": str(SIZE), "count": "true"}  # fmt: skip
    found = await reader.page("cases", query | cursor(visit))
    back = {"list": visit.word("list", 2_000), "back": visit.word("back", 600)}
    return await show(
        visit, "workspace/insights_cases.html", count=found.count,
        rows=await rows_of(reader, found.data, visit.say),
        pages=pages(visit, found, SIZE, f"{PATH}/cases", back),
        back_url=f"{PATH}?{visit.word('back', 600)}",
    )  # fmt: skip


async def keep(visit: Visit) -> Response:
    """Keep the question of the page under a name, for oneself or for all who read figures."""
    form = await visit.form()
    asked = {k: v for k, v in parse_qsl(form.get("query", "")[:2_000]) if k in _ASKED}
    await visit.do(
        "insights.create", name=form.get("name", ""), question=typed(asked),
        shared=form.get("shared") == "on",
    )  # fmt: skip
    return visit.go(address(asked), notice=visit.say("The view is kept."))


def question_of(visit: Visit) -> Question:
    """What the address asks; what is empty is not asked."""
    return {name: value for name in _ASKED if (value := visit.word(name, 40))}


async def context_of(visit: Visit) -> dict[str, Any]:
    """All that the page shows of its question; a bad one is said, and the usual one shown."""
    asked, faults = question_of(visit), []
    try:
        figures = await visit.ask("insights.figures", **typed(asked))
    except (BadRequest, Invalid) as refused:
        faults, asked = visit.errors(refused), {}
        figures = await visit.ask("insights.figures")
    reader, divided = reader_of(visit), BYS[figures["by"]]
    names, groups, types, kept = await asyncio.gather(
        names_asked(reader, asked),
        reader.rows("groups", {"limit": "200", "sort": "name"}),
        reader.rows("case_types", {"limit": "200", "sort": "name"}),
        reader.rows("insights", {"limit": "50", "sort": "name"}),
    )
    return {
        "asked": asked, "errors": faults, "figures": figures,
        "chips": [_chip(visit, asked, name, names) for name in BYS if name in asked
                  and name != "group"],
        "selects": _selects(visit, types), "hidden": [name for name in asked if name in _NAMED],
        "groups": [{"value": str(g["id"]), "label": g["name"]} for g in groups],
        "spans": _spans(visit, asked),
        "bys": [{"value": v, "label": visit.say(w)} for v, w in BYS.items()],
        "by_name": visit.say(divided),
        "tiles": _tiles(visit, figures, asked), "volume": _volume(visit, figures),
        "backlog": _backlog(visit, figures), "promises": _promises(visit, figures),
        "days": _labels(visit, figures), "ages": _ages(visit, figures, asked),
        "columns": [{"name": n, "label": visit.say(MEASURES[n])} for n in COLUMNS
                    if any(m["name"] == n for m in figures["measures"])],
        "rows": _rows(visit, figures, asked),
        "activity_url": activity_address(asked),
        "figures_url": f"{PATH}/figures?{urlencode(asked)}", "query": urlencode(asked),
        "kept": [_kept(reader, row) for row in kept],
    }  # fmt: skip


def typed(asked: Mapping[str, str]) -> dict[str, Any]:
    """The question as the API takes it: a priority is a number."""
    given: dict[str, Any] = dict(asked)
    if given.get("priority", "").isdecimal():
        given["priority"] = int(given["priority"])
    return given


def address(asked: Mapping[str, str], **changed: str) -> str:
    """The page with this question, and what is changed in it; what is empty is left out."""
    query = {name: value for name, value in {**asked, **changed}.items() if value}
    return f"{PATH}?{urlencode(query)}" if query else PATH


async def names_asked(reader: Reader, asked: Mapping[str, str]) -> dict[str, str]:
    """What the records that are asked for are called."""
    found: dict[str, str] = {}
    for name, value in asked.items():
        if value == "none":
            continue
        if name == "agent":
            found |= await names_of(reader, [value]) if len(value) == 36 else {}
        elif name in _RECORDS and (row := await reader.maybe(_RECORDS[name], value)):
            found[value] = row["name"]
    return found


def activity_address(asked: Mapping[str, str]) -> str:
    """The page of what agents did in these days: on the group's cases, by the agent, over the
    channel that is asked for."""
    kept = {name: asked[name] for name in ACTIVITY if asked.get(name, "none") != "none"}
    return f"{PATH}/activity?{urlencode(kept)}" if kept else f"{PATH}/activity"


def _kept(reader: Reader, row: Row) -> Row:
    """A kept view; whoever keeps it changes it."""
    is_mine = str(row["owner_id"]) == str(reader.caller.profile_id)
    change = f"{PATH}/views/{row['id']}" if is_mine else None
    return {"name": row["name"], "url": address(row["question"]), "change_url": change}


def _selects(visit: Visit, types: list[Row]) -> list[Row]:
    """What has few values is chosen from a list."""
    known: dict[str, list[Row]] = {
        "case_type": [*({"value": str(row["id"]), "label": row["name"]} for row in types),
                      {"value": "none", "label": value_words(visit, "case_type", None)}],
        "channel": [{"value": each, "label": value_words(visit, "channel", each)}
                    for each in _CHANNELS],
        "priority": [{"value": str(each), "label": value_words(visit, "priority", str(each))}
                     for each in range(1, 5)],
    }  # fmt: skip
    return [{"name": name, "label": visit.say(BYS[name]), "choices": choices}
            for name, choices in known.items()]  # fmt: skip


def _spans(visit: Visit, asked: Question) -> list[Row]:
    shown = "" if "first" in asked or "last" in asked else asked.get("span", "30d")
    return [
        {
            "label": visit.say(words), "current": name == shown,
            "url": address(asked, span=name, first="", last=""),
        }
        for name, words in SPANS.items()
    ]  # fmt: skip


def _chip(visit: Visit, asked: Question, name: str, names: Mapping[str, str]) -> Row:
    return {
        "name": visit.say(BYS[name]),
        "value": names.get(asked[name]) or value_words(visit, name, asked[name]),
        "remove_url": address(asked, **{name: ""}),
    }


def value_words(visit: Visit, by: str, value: str | None) -> str:
    """A value of a division that is no record."""
    if value in {None, "none"}:
        return visit.say(noted("Without"))
    if by == "priority" and str(value).isdecimal():
        return visit.say(PRIORITIES.get(int(str(value)), str(value)))
    if by == "channel":
        return visit.say(CHANNELS.get(str(value), str(value)))
    return visit.say(noted("Somebody or something that you do not see"))


def _tiles(visit: Visit, figures: Row, asked: Question) -> list[Row]:
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


def opened_by(link: str | None, asked: Mapping[str, str]) -> str | None:
    """The page of the list behind a number."""
    parts = urlsplit(link or "")
    page = _LISTS.get(parts.path)
    query = urlencode({"list": parts.query, "back": urlencode(asked)})
    return f"{PATH}/{page}?{query}" if page else None


def _labels(visit: Visit, figures: Row) -> list[str]:
    shape = "d. MMM" if visit.locale == "de" else "d MMM"
    if figures["unit"] == "month":
        shape = "MMM yy"
    return [
        format_date(date.fromisoformat(point["day"]), shape, locale=FORMATS[visit.locale])
        for point in figures["line"]
    ]


def _volume(visit: Visit, figures: Row) -> charts.Chart:
    names = (("first", "opened"), ("second", "resolved"))
    series = [(tone, visit.say(MEASURES[name]), [p[name] for p in figures["line"]])
              for tone, name in names]  # fmt: skip
    return charts.line(series, _labels(visit, figures))


def _backlog(visit: Visit, figures: Row) -> charts.Chart:
    values = [point["backlog"] for point in figures["line"]]
    name = visit.say(noted("Open at the end"))
    return charts.line([("first", name, [max(0, each) for each in values])],
                       _labels(visit, figures))  # fmt: skip


def _promises(visit: Visit, figures: Row) -> charts.Chart | None:
    if any(point["kept"] is None for point in figures["line"]):
        return None
    names = (("good", "kept", noted("Kept")), ("bad", "broken", noted("Broken")))
    series = [(tone, visit.say(words), [p[name] for p in figures["line"]])
              for tone, name, words in names]  # fmt: skip
    return charts.stacked(series, _labels(visit, figures))


def _ages(visit: Visit, figures: Row, asked: Question) -> list[Row]:
    lengths = charts.shares([age["open"] for age in figures["ages"]])
    return [
        {**age, "share": share, "url": opened_by(age["link"], asked)}
        for age, share in zip(figures["ages"], lengths, strict=True)
    ]


def _rows(visit: Visit, figures: Row, asked: Question) -> list[Row]:
    by = figures["by"]
    lengths = charts.shares([_value(row, "opened") for row in figures["rows"]])
    return [
        {
            "name": row["name"] or value_words(visit, by, row["value"]),
            "url": _into(asked, by, row["value"]),
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


def _into(asked: Question, by: str, value: str | None) -> str | None:
    """The page of one row alone, beside all that is asked already; divided by what is not yet."""
    if value is None and by == "group":
        return None
    narrowed = dict(asked) | {by: value or "none"}
    following = next((name for name in BYS if name not in narrowed), "group")
    return address(narrowed, by=following)
