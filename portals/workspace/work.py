"""The inbox page, and what an agent says to offers: coming, going, accepting, passing."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.responses import Response

from infra.kernel.errors import Conflict, Problem
from portals.visits import Visit
from portals.workspace.desk import offers_to, on, reader_of, show
from portals.workspace.inbox import OPEN, box_named, inbox_of
from portals.workspace.reader import Reader
from tenants.redirects import local_path

PRESENCE = ("available", "away", "offline")


async def inbox_page(visit: Visit) -> Response:
    """`GET /workspace?box=mine|team|waiting`."""
    reader = reader_of(visit)
    inbox, today = await asyncio.gather(
        inbox_of(reader, visit.say, box_named(visit.word("box"))), today_of(reader, visit.zone)
    )
    return await show(visit, "workspace/inbox.html", inbox=inbox, today=today)


async def inbox_rows(visit: Visit) -> Response:
    """`GET /workspace/inbox/rows`: the list, drawn anew when work moves."""
    box = box_named(visit.word("box"))
    inbox = await inbox_of(reader_of(visit), visit.say, box, visit.word("current", 40))
    return await visit.fragment("workspace/_inbox.html", inbox=inbox)


async def offers(visit: Visit) -> Response:
    """`GET /workspace/offers`: the cards of what is offered now."""
    found = await offers_to(reader_of(visit), visit.say)
    return await visit.fragment("workspace/_offers.html", offers=found)


async def accept(visit: Visit) -> Response:
    """Take what is offered, and go to it."""
    await visit.form()
    item_id = visit.path["id"]
    try:
        await visit.do("work_items.accept", item_id)
    except Conflict as refused:
        if not refused.extra.get("accepted_by_you"):
            return visit.go("/workspace", notice=visit.say("This offer went to the next person."))
    except Problem:
        return visit.go("/workspace", notice=visit.say("This offer went to the next person."))
    return visit.go(await _place_of(reader_of(visit), item_id))


async def _place_of(reader: Reader, item_id: str) -> str:
    """Where the accepted work is done: at its case or in its conversation."""
    item = await reader.maybe("work_items", item_id)
    if item is None:
        return "/workspace"
    if item["kind"] == "cases":
        case = await reader.maybe("cases", item["record_id"])
        return f"/workspace/cases/{case['number'] if case else item['record_id']}"
    return f"/workspace/conversations/{item['record_id']}"


async def decline(visit: Visit) -> Response:
    """Pass on what is offered."""
    typed = await visit.form()
    # Where it went on by itself in the meantime, what was wanted has happened.
    with suppress(Conflict):
        await visit.do("work_items.decline", visit.path["id"])
    return on(visit, local_path(typed.get("next") or "/workspace"))


async def presence(visit: Visit) -> Response:
    """Say whether one gets work."""
    typed = await visit.form()
    chosen = typed.get("presence", "")
    if chosen in PRESENCE:
        await visit.do("agent_presence.set", state=chosen)
    return visit.go(local_path(typed.get("next") or "/workspace"))


async def today_of(reader: Reader, zone: str) -> dict[str, Any]:
    """What the agent solved today, what is due, what is late, and how it was rated lately."""
    start, end = day_of(zone, datetime.now(UTC))
    mine = {"assigned_to_id": str(reader.caller.profile_id)}
    open_ = mine | {"state[in]": ",".join(OPEN)}
    now = datetime.now(UTC).isoformat()
    solved, due, late, rated = await asyncio.gather(
        reader.count("cases", mine | {"resolved_at[gte]": start.isoformat()}),
        reader.count("cases", open_ | {"due_at[gte]": now, "due_at[lt]": end.isoformat()}),
        reader.count("cases", open_ | {"due_at[lt]": now}),
        reader.rows("cases", mine | {"rating[null]": "false", "limit": "50", "fields": "rating"}),
    )
    scores = [row["rating"] for row in rated if row.get("rating")]
    rating = f"{sum(scores) / len(scores):.1f}" if scores else None
    return {"solved": solved, "due": due, "late": late, "rating": rating}


def day_of(zone: str, now: datetime) -> tuple[datetime, datetime]:
    """When the reader's day began and ends, in UTC."""
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        place = ZoneInfo("UTC")
    midnight = now.astimezone(place).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)
