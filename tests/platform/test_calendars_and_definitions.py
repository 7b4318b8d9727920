"""Calendars and promises as an admin writes them down."""

import pytest

from infra.kernel.errors import Duplicate, Forbidden, Invalid, StillReferenced
from tests.world import World

MONDAYS = [{"weekday": "monday", "opens": "09:00", "closes": "17:00"}]


async def test_a_calendar_comes_back_as_it_was_written(world: World) -> None:
    admin = (await world.tenant()).admin
    made = await admin.do(
        "calendars.create", name="Mondays", zone="Europe/Berlin", hours=MONDAYS,
        holidays=["2026-12-28", "2026-12-28", "2026-01-05"],
    )  # fmt: skip
    assert made["hours"] == MONDAYS
    assert [str(day) for day in made["holidays"]] == ["2026-01-05", "2026-12-28"]
    told = await admin.do("calendars.update", made["id"], zone="UTC")
    assert (told["zone"], told["hours"]) == ("UTC", MONDAYS)
    with pytest.raises(Duplicate):
        await admin.do("calendars.create", name="Mondays", zone="UTC", hours=MONDAYS)


@pytest.mark.parametrize(
    ("values", "pointers"),
    [
        ({"hours": []}, ["/hours"]),
        ({"zone": "Nowhere"}, ["/zone"]),
        ({"hours": [MONDAYS[0], MONDAYS[0]]}, ["/hours/1/weekday"]),
        ({"hours": [MONDAYS[0] | {"closes": "09:00"}]}, ["/hours/0/closes"]),
        ({"hours": [MONDAYS[0] | {"opens": "9"}]}, ["/hours/0/opens"]),
        ({"holidays": ["2026-02-30"]}, ["/holidays/0"]),
        ({"zone": "Nowhere", "hours": []}, ["/zone", "/hours"]),
    ],
)
async def test_a_week_that_is_none_is_refused_with_every_fault(
    world: World, values: dict[str, object], pointers: list[str]
) -> None:
    admin = (await world.tenant()).admin
    good = {"name": "C", "zone": "UTC", "hours": MONDAYS}
    with pytest.raises(Invalid) as refused:
        await admin.do("calendars.create", **(good | values))
    assert [fault.pointer for fault in refused.value.faults] == pointers
    made = await admin.do("calendars.create", **good)
    with pytest.raises(Invalid):
        await admin.do("calendars.update", made["id"], **values)


async def test_a_calendar_in_use_stays(world: World) -> None:
    admin = (await world.tenant()).admin
    calendar = await admin.do("calendars.create", name="C", zone="UTC", hours=MONDAYS)
    await admin.do(
        "sla_definitions.create", name="P1", response_minutes=5, calendar_id=str(calendar["id"])
    )
    with pytest.raises(StillReferenced):
        await admin.do("calendars.delete", calendar["id"])


async def test_a_definition_promises_something_in_range(world: World) -> None:
    admin = (await world.tenant()).admin
    with pytest.raises(Invalid) as refused:
        await admin.do("sla_definitions.create", name="x", priority=5, warning_percent=0)
    pointers = [fault.pointer for fault in refused.value.faults]
    assert pointers == ["/priority", "/warning_percent", "/response_minutes"]
    with pytest.raises(Invalid):
        await admin.do("sla_definitions.create", name="x", resolution_minutes=0)


async def test_promises_are_written_by_those_who_run_the_desk(world: World) -> None:
    tenant = await world.tenant()
    manager, agent = await tenant.member("service_manager"), await tenant.member("agent_b2b")
    made = await manager.do("sla_definitions.create", name="x", resolution_minutes=10)
    assert [row["id"] for row in await agent.list("sla_definitions")] == [made["id"]]
    with pytest.raises(Forbidden):
        await agent.do("sla_definitions.create", name="y", resolution_minutes=10)
