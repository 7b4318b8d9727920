"""What narrows the figures: what is chosen already, and what there is to choose."""

from collections.abc import Mapping

from portals.visits import Visit
from portals.words import noted
from portals.workspace.colleagues import names_of
from portals.workspace.insights.question import Question, address
from portals.workspace.insights.words import BYS, value_words
from portals.workspace.reader import Reader, Row

SPANS = {"7d": noted("7 days"), "30d": noted("30 days"), "90d": noted("90 days"),
         "365d": noted("A year")}  # fmt: skip
_RECORDS = {
    "group": "groups", "case_type": "case_types", "product_model": "product_models",
    "account": "accounts",
}  # fmt: skip
_CHANNELS = ("email", "phone", "chat", "portal", "web", "widget", "api")
NAMED = ("agent", "product_model", "account")
"""What is chosen by going into a row, since there may be too many to list."""


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


def selects(visit: Visit, types: list[Row]) -> list[Row]:
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


def spans(visit: Visit, asked: Question) -> list[Row]:
    """The lengths of days to choose from."""
    shown = "" if "first" in asked or "last" in asked else asked.get("span", "30d")
    return [
        {
            "label": visit.say(words), "current": name == shown,
            "url": address(asked, span=name, first="", last=""),
        }
        for name, words in SPANS.items()
    ]  # fmt: skip


def chip(visit: Visit, asked: Question, name: str, names: Mapping[str, str]) -> Row:
    """One thing that is asked for, and the page without it."""
    return {
        "name": visit.say(BYS[name]),
        "value": names.get(asked[name]) or value_words(visit, name, asked[name]),
        "remove_url": address(asked, **{name: ""}),
    }
