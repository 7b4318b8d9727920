"""Who decides in one's place for a time: named and ended where one's approvals are listed."""

from datetime import UTC, datetime, timedelta

from starlette.responses import Response

from infra.kernel.errors import Fault, Invalid, Problem
from portals.approving import index_page
from portals.pages import page
from portals.visits import Visit
from portals.words import noted


async def appoint(visit: Visit) -> Response:
    """`POST /approvals/deputies`: whole days, in the reader's own zone as UTC days."""
    try:
        form = await visit.form()
        first, last = _day(form, "starts_on"), _day(form, "ends_on")
        await visit.do(
            "approval_deputies.create",
            deputy_id=form.get("deputy_id", ""),
            starts_at=max(first, datetime.now(UTC)).isoformat(),
            ends_at=(last + timedelta(days=1)).isoformat(),
            reason=form.get("why", "").strip(),
        )
    except Problem as refused:
        return await index_page(visit, refused)
    return visit.go("/approvals#deputies", notice=visit.say(noted("Your deputy is named.")))


def _day(form: dict[str, str], name: str) -> datetime:
    try:
        return datetime.fromisoformat(form.get(name, "")[:10]).replace(tzinfo=UTC)
    except ValueError:
        raise Invalid([Fault(f"/{name}", "missing", "name a day")]) from None


async def dismiss(visit: Visit) -> Response:
    """`POST /approvals/deputies/{id}/end`."""
    await visit.form()
    await visit.do("approval_deputies.end", visit.path["id"])
    return visit.go("/approvals#deputies", notice=visit.say(noted("That is ended.")))


routes = (
    page("/approvals/deputies", appoint, methods=("POST",)),
    page("/approvals/deputies/{id:uuid}/end", dismiss, methods=("POST",)),
)
