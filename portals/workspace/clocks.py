"""The promises that run on cases, as a list and a head show them: one clock a case."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portals.words import noted
from portals.workspace.reader import Reader, Row, joined

TARGETS = {
    "response": noted("First answer"),
    "next_response": noted("Next answer"),
    "resolution": noted("Resolution"),
}
# What is shown where a case has several: the one that runs out first, else the last word on it.
_ORDER = {"running": 0, "paused": 1, "breached": 2, "met": 3}
Clock = dict[str, Any]


def clock_of(promise: Row, say: Any) -> Clock:
    """A promise as the templates know it; a paused one has no moment to count down to."""
    due, started = _moment(promise["due_at"]), _moment(promise["started_at"])
    running = promise["state"] in {"running", "breached"} and not promise.get("stopped_at")
    target = str(promise["target"])
    return {
        "name": say(TARGETS[target]) if target in TARGETS else promise.get("name") or target,
        "state": "running" if running else promise["state"],
        "due_at": promise["due_at"],
        "target_seconds": max(60, round((due - started).total_seconds())),
    }


async def clocks_of(reader: Reader, case_ids: Iterable[Any], say: Any) -> dict[str, Clock]:
    """The clock of each case that has one."""
    wanted = joined(case_ids)
    if not wanted:
        return {}
    query = {"record_id[in]": wanted, "kind": "cases", "limit": "200"}
    promises: dict[str, list[Row]] = defaultdict(list)
    for row in await reader.rows("task_slas", query):
        if row["state"] not in {"cancelled", "pending"}:
            promises[str(row["record_id"])].append(row)
    return {case: clock_of(foremost(rows), say) for case, rows in promises.items()}


def foremost(promises: list[Row]) -> Row:
    """The promise that matters most now."""
    return min(promises, key=_urgency)


def _urgency(promise: Row) -> tuple[int, str]:
    unkept = promise["state"] == "breached" and not promise.get("stopped_at")
    order = 0 if unkept else _ORDER.get(promise["state"], 4)
    # Among ended promises the resolution says more than the first answer did.
    return order, str(promise["due_at"]) if order < 2 else str(promise["target"] == "response")


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
