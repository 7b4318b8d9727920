"""What a case hangs together with, as its head says it: escalation, duplicates, what it follows."""

import asyncio
from typing import Any

from portals.faults import Say
from portals.words import noted
from portals.workspace.inbox import address_of
from portals.workspace.reader import Reader, Row

_OVER = ("resolved", "closed", "cancelled")


async def escalation_of(reader: Reader, case: Row) -> Row | None:
    """Since when, how high and why the case is escalated; None for an ordinary one."""
    if not case.get("escalated_at"):
        return None
    query = {"case_id": str(case["id"]), "state[in]": "open,acknowledged", "limit": "10"}
    rows = await reader.rows("case_escalations", query)
    highest = max(rows, key=lambda row: row["level"], default=None)
    return {
        "since": case["escalated_at"],
        "level": highest["level"] if highest else None,
        "reason": highest["reason"] if highest else "",
    }


async def ties_of(reader: Reader, case: Row, say: Say) -> list[dict[str, Any]]:
    """The cases that this one leads to or comes from, as far as the person may read them."""
    kept = asyncio.gather(
        *(reader.maybe("cases", case.get(name)) for name in ("duplicate_of_id", "follows_id")),
        reader.maybe("cases", case.get("parent_id")),
    )
    following: list[Row] = []
    if case["state"] in _OVER:
        following = await reader.rows("cases", {"follows_id": str(case["id"]), "limit": "1"})
    original, before, above = await kept
    # A mail that follows a case lies below it as well: that is said once.
    above = above if above and above["id"] != (before or {}).get("id") else None
    named = (
        (noted("It is a duplicate of"), original),
        (noted("It follows"), before),
        (noted("It belongs to"), above),
        (noted("It goes on in"), following[0] if following else None),
    )
    return [
        {"words": say(words), "number": row["number"], "url": address_of(row),
         "subject": row["subject"]}
        for words, row in named
        if row
    ]  # fmt: skip
