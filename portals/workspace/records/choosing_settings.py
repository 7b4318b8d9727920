"""What the tenant has chosen for itself: how priorities are weighed, for how long cases are taken
up again, how its pages look."""

from typing import Any

from starlette.responses import Response

from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.errors import Problem
from portals.faults import Errors
from portals.visits import Visit
from portals.words import PRIORITIES, WEIGHTS
from portals.workspace.desk import show
from portals.workspace.reader import Row
from portals.workspace.records.administration import require, tabs
from tenants.settings.model import TenantSettings
from tenants.settings.store import choose, chosen

PATH = "/admin/settings"
_BRAND = ("color", "logo_url", "support_text", "support_phone")
_CELL = "priority."
"""Leads the name of a field with the weights that it is about: `priority.1-3`."""
_PAIRS = tuple(f"{impact}-{urgency}" for impact in WEIGHTS for urgency in WEIGHTS)


async def settings_page(visit: Visit) -> Response:
    """`GET /admin/settings`."""
    require(visit)

    async def work(connection: Connection, caller: Caller) -> TenantSettings:
        return await chosen(Context(visit.services, connection, caller))

    settings = await visit.services.transact(visit.caller, work, read_only=True)
    return await _drawn(visit, _values(settings), [])


def _values(settings: TenantSettings) -> dict[str, str]:
    """The settings as the form shows them."""
    brand = settings.brand.model_dump(mode="json")
    days = settings.case_reopen_days
    return {
        **{name: brand[name] or "" for name in _BRAND},
        **{
            f"{_CELL}{pair}": str(level) for pair, level in (settings.case_priorities or {}).items()
        },
        "assets_by_contact_only": "true" if settings.assets_by_contact_only else "",
        "case_reopen_days": "" if days is None else str(days),
    }


async def save_settings(visit: Visit) -> Response:
    """`POST /admin/settings`: they hold from the next request on."""
    require(visit)
    try:
        patch = _patch(await visit.form())

        async def work(connection: Connection, caller: Caller) -> None:
            ctx = Context(
                visit.services, connection, caller, action="settings.update",
                request_id=visit.request_id,
            )  # fmt: skip
            await choose(ctx, patch)
            await ctx.flush()

        await visit.services.transact(visit.caller, work)
    except Problem as refused:
        errors = visit.errors(refused, brand="color")
        return await _drawn(visit, visit.typed, errors, status=refused.status)
    return visit.go(PATH, notice=visit.say("Saved."))


def _patch(form: dict[str, str]) -> dict[str, Any]:
    """What was written, as a merge patch: what was left empty goes back to the default."""
    days = form.get("case_reopen_days", "").strip()
    levels = {pair: form.get(f"{_CELL}{pair}", "").strip() for pair in _PAIRS}
    matrix = {pair: _number(text) for pair, text in levels.items()}
    return {
        "assets_by_contact_only": form.get("assets_by_contact_only") == "true",
        "case_reopen_days": _number(days),
        "case_priorities": matrix if any(levels.values()) else None,
        "brand": {name: form.get(name, "").strip() or None for name in _BRAND},
    }


def _number(text: str) -> int | str | None:
    return int(text) if text.isdigit() and len(text) < 10 else text or None


async def _drawn(
    visit: Visit, values: dict[str, str], errors: Errors, *, status: int = 200
) -> Response:
    return await show(
        visit, "workspace/settings.html", status=status, here="admin", values=values,
        errors=errors, brand=list(_BRAND), tabs=tabs(visit, PATH), matrix=_matrix(),
        levels=[{"value": level, "label": visit.say(PRIORITIES[level])} for level in range(1, 5)],
    )  # fmt: skip


def _matrix() -> list[Row]:
    """The rows of the matrix: an impact, with the name of the field of each urgency."""
    return [
        {"impact": impact, "fields": [f"{_CELL}{impact}-{urgency}" for urgency in WEIGHTS]}
        for impact in WEIGHTS
    ]
