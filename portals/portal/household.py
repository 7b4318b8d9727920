"""The households that somebody belongs to: who lives there, and what is asked for its members."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Forbidden
from portals.pages import page
from portals.visits import Visit

_MOST = "50"


async def index(visit: Visit) -> Response:
    """`GET /household`: all that the person may see of their households."""
    if not visit.may("households", "read"):
        raise Forbidden("you may not read households")
    found = await visit.list("households", limit=_MOST)
    members = await visit.list("household_members", limit="200", expand="consumer")
    me = visit.caller.attributes.get("consumer_id")
    return await visit.page(
        "portal/household.html",
        households=[
            {
                "name": each["name"],
                "number": each["number"],
                "members": [
                    _member(row, me) for row in members.data if row["household_id"] == each["id"]
                ],
            }
            for each in found.data
        ],
    )


def _member(row: dict[str, Any], me: Any) -> dict[str, Any]:
    consumer = row.get("consumer") or {}
    is_me = str(row["consumer_id"]) == str(me)
    return {
        "name": consumer.get("name"), "is_head": row["is_head"], "is_me": is_me,
        "ask_url": None if is_me or not consumer
        else f"/cases/new?customer=consumers:{row['consumer_id']}",
    }  # fmt: skip


routes = (page("/household", index, people="customers"),)
