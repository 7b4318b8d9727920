"""A plan, as one reads it in a terminal."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

_MARKS = {"create": "+", "update": "~", "delete": "-"}
_WIDTH = 72


def plan_lines(plan: Mapping[str, Any]) -> Iterator[str]:
    """Changes with their parts, then warnings, access and faults."""
    for change in plan["changes"]:
        yield f"{_MARKS[change['change']]} {change['resource']} {words(change['key'])}"
        if change["change"] == "update":
            for name, field in change["fields"].items():
                yield f"    {name}: {short(field['before'])} -> {short(field['after'])}"
    yield from (f"! {each['message']}" for each in plan["warnings"])
    yield from access_lines(plan.get("access"))
    yield from (fault_line(each) for each in plan.get("faults", ()))
    counts = plan["counts"]
    yield (
        f"{counts['create']} to create, {counts['update']} to change, "
        f"{counts['delete']} to delete, {counts['unchanged']} as they are"
    )


def access_lines(access: Mapping[str, Any] | None) -> Iterator[str]:
    """How many people gain and lose how many records."""
    if access and (access.get("gained") or access.get("lost")):
        yield (
            f"! access: {access['profiles']} people gain {access['gained']} "
            f"and lose {access['lost']} records"
        )


def fault_line(fault: Mapping[str, Any]) -> str:
    """A fault where an editor can jump to it."""
    return f"{fault['path']}:{fault['line']}: {fault['message']}"


def words(key: Any) -> str:
    """An object's name."""
    if isinstance(key, Mapping):
        return " / ".join(words(value) for value in key.values() if value is not None)
    return str(key)


def short(value: Any) -> str:
    """A value on one line."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
