"""A kept view of the figures on its own page: what it is called, and when it is mailed to whom."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.responses import Response

from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.errors import NotFound, Problem
from infra.kernel.ids import parse
from portals.faults import Errors
from portals.visits import Visit
from portals.words import noted
from portals.workspace.desk import reader_of, show
from portals.workspace.insights.question import PATH, address
from portals.workspace.queries import colleagues_at_work
from portals.workspace.reader import Reader, Row

VIEWS = f"{PATH}/views"
CADENCES = {"never": noted("Not at all"), "daily": noted("Every day"),
            "weekly": noted("Every week"), "monthly": noted("Every month")}  # fmt: skip
FORMATS = {"csv": noted("A letter with the table as a file"), "letter": noted("The letter alone")}
WEEKDAYS = (
    noted("Monday"), noted("Tuesday"), noted("Wednesday"), noted("Thursday"), noted("Friday"),
    noted("Saturday"), noted("Sunday"),
)  # fmt: skip


async def view_page(visit: Visit) -> Response:
    """`GET /workspace/insights/views/{id}`."""
    return await _drawn(visit)


async def change(visit: Visit) -> Response:
    """Change the view as its form says."""
    form = await visit.form()
    chosen = (await visit.request.form()).getlist("recipient")
    day = "month_day" if form.get("cadence") == "monthly" else "day"
    given: dict[str, Any] = {
        "name": form.get("name", ""),
        "shared": form.get("shared") == "on",
        "cadence": form.get("cadence", ""),
        "format": form.get("format", ""),
        "send_hour": _number(form.get("hour", "")),
        "send_day": _number(form.get(day, "")),
        "recipient_ids": [str(key) for each in chosen if isinstance(each, str)
                          and (key := parse(each))],
    }  # fmt: skip
    try:
        await visit.do("insights.update", visit.path["id"], **given)
    except NotFound:
        raise
    except Problem as refused:
        return await _drawn(visit, given, visit.errors(refused), status=refused.status)
    return visit.go(f"{VIEWS}/{visit.path['id']}", notice=visit.say("The view is kept."))


async def forget(visit: Visit) -> Response:
    """Keep the view no longer."""
    await visit.form()
    await visit.do("insights.delete", visit.path["id"])
    return visit.go(PATH, notice=visit.say("The view is gone."))


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


async def _drawn(
    visit: Visit,
    given: Mapping[str, Any] | None = None,
    errors: Errors | None = None,
    *,
    status: int = 200,
) -> Response:
    reader = reader_of(visit)
    view = await reader.one("insights", visit.path["id"])
    if not await reader.reach("insights", view["id"], ["update"]):
        raise NotFound("there is no such page")
    values = {**view, **(given or {})}
    return await show(
        visit, "workspace/insight_view.html", status=status, errors=errors or [],
        view={"name": view["name"], "url": address(view["question"]),
              "path": f"{VIEWS}/{view['id']}", "next_at": view["next_at"],
              "sent_at": view["sent_at"]},
        values=values | {"hour": str(values["send_hour"]), "day": str(values["send_day"])},
        cadences=_choices(visit, CADENCES), formats=_choices(visit, FORMATS),
        hours=[{"value": str(n), "label": f"{n:02}:00"} for n in range(24)],
        weekdays=[{"value": n, "label": visit.say(word)} for n, word in enumerate(WEEKDAYS, 1)],
        people=await _people(reader, values["recipient_ids"]),
    )  # fmt: skip


def _choices(visit: Visit, words: Mapping[str, str]) -> list[Row]:
    return [{"value": value, "label": visit.say(word)} for value, word in words.items()]


async def _people(reader: Reader, chosen: list[Any]) -> list[Row]:
    """Colleagues to choose from, those that are chosen first."""
    marked = {UUID(str(each)) for each in chosen}

    async def work(connection: Connection, caller: Caller) -> dict[UUID, str]:
        ctx = Context(reader.services, connection, caller)
        return await colleagues_at_work(ctx, list(marked))

    found = await reader.services.transact(reader.caller, work, read_only=True)
    return [{"id": str(key), "name": name, "chosen": key in marked} for key, name in found.items()]
