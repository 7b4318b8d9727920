"""Calendars and promises as an admin writes them down."""

import pytest

from infra.kernel.errors import BadRequest, Duplicate, Forbidden, Invalid, StillReferenced
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
        ({"hours": [MONDAYS[0], MONDAYS[0]]}, ["/hours/1/opens"]),
        ({"country": "DE", "region": "Mars"}, ["/region"]),
        (
            {"exceptions": [{"date": "2026-12-24", "windows": [{"opens": "9"}]}]},
            ["/exceptions/0/windows/0/opens", "/exceptions/0/windows/0/closes"],
        ),
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


async def test_the_last_default_calendar_is_the_default(world: World) -> None:
    admin = (await world.tenant()).admin
    first = await admin.do("calendars.create", name="A", zone="UTC", hours=MONDAYS, is_default=True)
    second = await admin.do("calendars.create", name="B", zone="UTC", hours=MONDAYS)
    await admin.do("calendars.update", second["id"], is_default=True)
    (default,) = await admin.list("calendars", is_default="true")
    assert default["id"] == second["id"]
    assert (await admin.read("calendars", first["id"]))["is_default"] is False


async def test_a_preview_tells_the_next_ten_deadlines_and_days_off(world: World) -> None:
    admin = (await world.tenant()).admin
    made = await admin.do(
        "calendars.create", name="Berlin", zone="Europe/Berlin", country="DE", region="SN",
        hours=[
            {"weekday": "wednesday", "opens": "09:00", "closes": "12:00"},
            {"weekday": "wednesday", "opens": "13:00", "closes": "14:00"},
        ],
        exceptions=[{"date": "2026-11-28", "windows": [], "reason": "Stocktaking"}],
    )  # fmt: skip
    told = await admin.do(
        "calendars.preview", made["id"], minutes=120, start="2026-11-16T08:00:00Z"
    )
    due = [each.due_at.isoformat() for each in told.deadlines]
    # Wednesday the 18th is a holiday in Saxony.
    assert due[:3] == [
        "2026-11-25T10:00:00+00:00",
        "2026-11-25T13:00:00+00:00",
        "2026-12-02T10:00:00+00:00",
    ]
    assert (len(due), len(told.windows), told.is_open) == (10, 10, False)
    days = [(each.date, each.reason, each.is_closed) for each in told.special_days]
    assert days[:2] == [
        ("2026-11-18", "Repentance and Prayer Day", True),
        ("2026-11-28", "Stocktaking", True),
    ]


@pytest.mark.parametrize(
    "start", ["2026-11-27T10:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
async def test_a_preview_from_a_moment_that_is_none_is_a_wrong_question(
    world: World, start: str
) -> None:
    admin = (await world.tenant()).admin
    made = await admin.do("calendars.create", name="C", zone="America/Lima", hours=MONDAYS)
    with pytest.raises(BadRequest) as refused:
        await admin.do("calendars.preview", made["id"], start=start)
    assert [fault.pointer for fault in refused.value.faults] == ["/start"]


async def test_a_customer_has_one_calendar_of_their_own(world: World) -> None:
    tenant = await world.tenant()
    admin, account = tenant.admin, await tenant.account()
    calendar = await admin.do("calendars.create", name="C", zone="UTC", hours=MONDAYS)
    given = {"calendar_id": str(calendar["id"]), "account_id": str(account["id"])}
    await admin.do("calendar_assignments.create", **given)
    with pytest.raises(Duplicate):
        await admin.do("calendar_assignments.create", **given)
    with pytest.raises(Invalid):
        await admin.do("calendar_assignments.create", calendar_id=str(calendar["id"]))
