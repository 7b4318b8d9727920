"""What is decided about, as cells of a page: what would change, and what the record is."""

from typing import Any

from portals.faults import Say
from portals.visits import Visit
from portals.words import FIELDS, noted
from portals.workspace.records.cells import shown, text

_WHYS = {
    "named by the rule": noted("named by the rule"),
    "manager of the requester": noted("manager of the requester"),
    "the record is no longer there": noted("the record is no longer there"),
}
_WHYS_OF = {
    "group ": noted("group %(name)s"),
    "role ": noted("role %(name)s"),
    "in place of ": noted("in place of %(name)s"),
    "nobody is left to ask: ": noted("nobody is left to ask: %(name)s"),
}


def why(say: Say, told: str) -> str:
    """As what somebody is asked, or why a question ended by itself, in the reader's language as far
    as it has words for it; what people wrote stays as it is."""
    if told in _WHYS:
        return say(_WHYS[told])
    for start, words in _WHYS_OF.items():
        if told.startswith(start):
            return say(words) % {"name": told.removeprefix(start)}
    return told


def drawn(visit: Visit, kind: str, told: dict[str, Any]) -> dict[str, Any]:
    """The summary that the API tells, with each value as what it is."""
    return {
        "changes": [
            _named(part)
            | {name: _cell(visit, kind, part, part[name]) for name in ("before", "after")}
            for part in told["changes"]
        ],
        "facts": [
            _named(part) | {"cell": _cell(visit, kind, part, part["value"])}
            for part in told["facts"]
        ],
    }


def _named(part: dict[str, Any]) -> dict[str, Any]:
    field = part["field"].rpartition(".")[2]
    return {
        "field": field if field in FIELDS else field.removesuffix("_id"),
        "label": part["label"],
    }


def _cell(visit: Visit, kind: str, part: dict[str, Any], value: Any) -> dict[str, Any]:
    if part["label"]:
        said = {True: visit.say("Yes"), False: visit.say("No")}
        return text(said[value] if isinstance(value, bool) else value)
    resource = visit.services.registry.resources[kind]
    if part["field"] in resource.reference_columns:
        return text(value)
    return shown(resource, part["field"], value, visit.say)
