"""Whether somebody is asked how their case was handled, and what they have said."""

from typing import Any

from infra.kernel.errors import Conflict
from portals.visits import Visit


async def survey_of(visit: Visit, case_id: str) -> dict[str, Any] | None:
    """The questions of the latest survey about a case that is open to this reader, with its id."""
    if not visit.may("survey_invitations", "answer"):
        return None
    found = await visit.list("survey_invitations", case_id=case_id, state="sent", limit="1")
    if not found.data:
        return None
    key = found.data[0]["id"]
    try:
        asked: dict[str, Any] = await visit.ask("survey_invitations.form", key, locale=visit.locale)
    except Conflict:
        return None  # the time to answer is over
    return asked | {"id": str(key)}


async def said_of(visit: Visit, case_id: str) -> dict[str, Any] | None:
    """What the reader has said to the latest survey about a case."""
    if not visit.may("survey_answers", "read"):
        return None
    found = await visit.list(
        "survey_answers", case_id=case_id, limit="1", sort="-created_at", fields="score,comment"
    )
    return found.data[0] if found.data else None
