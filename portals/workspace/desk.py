"""What every page of the desk carries: whether I get work, how much I have, what is offered."""

import asyncio
from datetime import datetime
from typing import Any

from starlette.responses import Response

from portals.faults import Say
from portals.visits import Visit
from portals.workspace.clocks import clocks_of
from portals.workspace.inbox import OURS
from portals.workspace.reader import Reader, Row

Desk = dict[str, Any]


def reader_of(visit: Visit) -> Reader:
    """Reads as the person in front of the page."""
    return Reader(visit.services, visit.caller)


async def show(visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page of the desk with its frame."""
    desk = await desk_of(reader_of(visit), visit.say)
    return await visit.page(template, status=status, desk=desk, **values)


def on(visit: Visit, path: str, *, notice: str = "") -> Response:
    """After a form: on to the page; for a script of it, which draws the pieces anew, nothing."""
    return Response(status_code=204) if visit.is_script else visit.go(path, notice=notice)


async def desk_of(reader: Reader, say: Say) -> Desk:
    """The desk of the person; without presence for who takes no work from the queues."""
    me = str(reader.caller.profile_id)
    asked = {"assigned_to_id": me, "state[in]": ",".join(OURS)}
    presence, offers, waiting = await asyncio.gather(
        presence_of(reader), offers_to(reader, say), reader.count("cases", asked)
    )
    is_admin = "admin" in reader.caller.roles
    figures = reader.may("insights", "figures")
    return {"inbox_count": waiting, "offers": offers, "is_admin": is_admin,
            "reads_figures": figures, **presence}  # fmt: skip


async def presence_of(reader: Reader) -> Row:
    """State, places taken and places there are; None as state for who cannot take work."""
    if not reader.may("agent_presence", "set"):
        return {"presence": None, "load": 0, "capacity": 0}
    query = {"profile_id": str(reader.caller.profile_id), "limit": "1"}
    rows = await reader.rows("agent_presence", query)
    if not rows:
        return {"presence": "offline", "load": 0, "capacity": 0}
    return {
        "presence": rows[0]["state"],
        "load": rows[0]["used"],
        "capacity": rows[0]["capacity"],
    }


async def offers_to(reader: Reader, say: Say) -> list[Row]:
    """What is offered to the person now, the oldest first."""
    if not reader.may("work_items", "accept"):
        return []
    query = {"offered_to_id": str(reader.caller.profile_id), "state": "offered", "limit": "5"}
    rows = await reader.rows("work_items", query)
    live = [row for row in rows if row["offer_expires_at"] and row["offered_at"]]
    cases = [row["record_id"] for row in live if row["kind"] == "cases"]
    clocks = await clocks_of(reader, cases, say)
    return [_offer(row, clocks.get(str(row["record_id"]))) for row in live]


def _offer(row: Row, clock: Row | None) -> Row:
    given = _moment(row["offer_expires_at"]) - _moment(row["offered_at"])
    return {
        "id": str(row["id"]),
        "title": row["title"],
        "customer": row["customer_name"] or None,
        "channel": row["channel"],
        "reason": row["offer_reason"] or "",
        "expires_at": row["offer_expires_at"],
        "timeout_seconds": max(1, round(given.total_seconds())),
        "clock": clock,
    }


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
