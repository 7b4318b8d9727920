"""Lists by fields that the tenant added: filtered, sorted, paged and searched, out of an index."""

import time
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from infra.kernel.errors import BadRequest
from infra.kernel.query import read_query
from infra.kernel.reading import customization
from infra.kernel.resource import CUSTOM
from tests.customization.shop import a_color, a_field
from tests.service.desk import Desk
from tests.world import Actor, World


async def keys(actor: Actor, **query: str) -> list[str]:
    """The subjects that a query finds, in order."""
    return [row["subject"] for row in await actor.list("cases", **query)]


async def asked(actor: Actor, query: dict[str, str]) -> list[str]:
    return [row["subject"] for row in await actor.list("cases", **query)]


async def some_cases(desk: Desk) -> None:
    """Five cases: sizes 1 to 4 and one without, two of them red."""
    for number in range(1, 5):
        given: dict[str, Any] = {"size": number, "color": "red" if number < 3 else "blue"}
        await desk.agent.do("cases.create", subject=f"c{number}", custom=given)
    await desk.agent.do("cases.create", subject="bare")


async def test_indexed_fields_are_filtered_by_what_they_are(desk: Desk, world: World) -> None:
    await a_color(desk.admin, indexed=True)
    await a_field(desk.admin, "size", "integer", indexed=True)
    await world.work(desk.tenant)
    await some_cases(desk)
    agent = desk.agent
    assert sorted(await asked(agent, {"custom.color": "red"})) == ["c1", "c2"]
    assert sorted(await asked(agent, {"custom.size[gte]": "3"})) == ["c3", "c4"]
    found = await asked(agent, {"custom.size[lt]": "4", "custom.size[gt]": "1"})
    assert sorted(found) == ["c2", "c3"]
    assert sorted(await asked(agent, {"custom.size[in]": "1,4"})) == ["c1", "c4"]
    assert await asked(agent, {"custom.size[null]": "true"}) == ["bare"]
    assert len(await asked(agent, {"custom.size[null]": "false"})) == 4
    assert sorted(await asked(agent, {"custom.color[ne]": "red"})) == ["bare", "c3", "c4"]
    both = {"custom.color": "blue", "custom.size[lte]": "3", "state": "new"}
    assert await asked(agent, both) == ["c3"]


async def test_a_list_sorts_by_a_field_and_pages_through_it(desk: Desk, world: World) -> None:
    await a_field(desk.admin, "size", "integer", indexed=True)
    await a_color(desk.admin)
    await world.work(desk.tenant)
    await some_cases(desk)
    assert await keys(desk.admin, sort="custom.size") == ["c1", "c2", "c3", "c4", "bare"]
    assert await keys(desk.admin, sort="-custom.size") == ["bare", "c4", "c3", "c2", "c1"]
    for actor in (desk.admin, desk.agent):  # one way to the rows, and several
        for sort in ("custom.size", "-custom.size"):
            seen: list[str] = []
            after: dict[str, str] = {}
            for _ in range(5):
                page = await actor.page("cases", sort=sort, limit="2", fields="subject", **after)
                seen += [row["subject"] for row in page.data]
                if page.next is None:
                    break
                after = {"after": page.next}
            assert seen == await keys(actor, sort=sort)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"custom.margin": "1"}, "not_indexed"),
        ({"custom.nothing": "1"}, "unknown_field"),
        ({"custom.size": "big"}, "invalid_value"),
        ({"custom.size[like]": "1"}, "unknown_operator"),
        ({"custom.color": "pink"}, "invalid_value"),
        ({"custom.color.x": "red"}, "unknown_field"),
        ({"sort": "custom.margin"}, "not_indexed"),
        ({"sort": "custom.size,custom.color"}, "too_many"),
        ({"sort": "custom.tags"}, "unknown_field"),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    desk: Desk, world: World, query: dict[str, str], code: str
) -> None:
    await a_color(desk.admin, indexed=True)
    await a_field(desk.admin, "size", "integer", indexed=True)
    await a_field(desk.admin, "margin", "integer")
    choices = [{"value": "a", "label": {"en": "A"}}]
    await a_field(desk.admin, "tags", "multi_choice", indexed=True, choices=choices)
    await world.work(desk.tenant)
    with pytest.raises(BadRequest) as refused:
        await desk.agent.list("cases", **query)
    assert [fault.code for fault in refused.value.faults] == [code]


async def test_a_filter_waits_until_the_index_is_built_and_finds_what_was_there(
    desk: Desk, world: World
) -> None:
    field = await a_field(desk.admin, "size", "integer")
    await a_color(desk.admin)
    await some_cases(desk)
    await desk.admin.do("custom_fields.update", field["id"], indexed=True)
    with pytest.raises(BadRequest) as refused:
        await asked(desk.agent, {"custom.size": "2"})
    assert [fault.code for fault in refused.value.faults] == ["index_building"]
    (job,) = await desk.admin.list("jobs", name="customization.build_index")
    await world.work(desk.tenant)
    assert await asked(desk.agent, {"custom.size": "2"}) == ["c2"]
    assert await asked(desk.agent, {"custom.size[null]": "true"}) == ["bare"]
    assert (await desk.admin.read("jobs", job["id"]))["progress"] == {"done": 5, "of": 5}


async def test_the_index_follows_changes_and_ends_with_the_record(desk: Desk, world: World) -> None:
    tags = [{"value": v, "label": {"en": v}} for v in ("a", "b", "c")]
    field = await a_field(desk.admin, "tags", "multi_choice", choices=tags, indexed=True)
    mark = await a_field(desk.admin, "mark", resource="locations", indexed=True)
    await world.work(desk.tenant)
    case = await desk.agent.do("cases.create", subject="x", custom={"tags": ["c", "a", "b"]})
    assert case["custom"] == {"tags": ["a", "b", "c"]}
    assert await asked(desk.agent, {"custom.tags": "b"}) == ["x"]
    await desk.agent.do("cases.update", case["id"], custom={"tags": ["c"]})
    assert await asked(desk.agent, {"custom.tags": "b"}) == []
    assert await asked(desk.agent, {"custom.tags": "c"}) == ["x"]
    assert await rows_of(desk, "custom_words", field) == 1
    place = await desk.admin.do(
        "locations.create", name="Here", line1="1", city="B", country="DE",
        account_id=str(desk.account["id"]), custom={"mark": "m"},
    )  # fmt: skip
    assert await rows_of(desk, "custom_words", mark) == 1
    await desk.admin.do("locations.delete", place["id"])
    assert await rows_of(desk, "custom_words", mark) == 0


async def rows_of(desk: Desk, table: str, field: dict[str, Any]) -> int:
    async with desk.tenant.world.services.database.transaction(desk.tenant.id) as connection:
        found: int = await connection.fetchval(
            f"SELECT count(*) FROM {table} WHERE tenant_id = $1 AND field_id = $2",
            desk.tenant.id,
            UUID(str(field["id"])),
        )
    return found


async def test_an_index_that_is_not_wanted_any_more_is_emptied(desk: Desk, world: World) -> None:
    field = await a_field(desk.admin, "size", "integer", indexed=True)
    await world.work(desk.tenant)
    await desk.agent.do("cases.create", subject="x", custom={"size": 1})
    await desk.admin.do("custom_fields.update", field["id"], indexed=False)
    await world.work(desk.tenant)
    assert await rows_of(desk, "custom_numbers", field) == 0
    await desk.agent.do("cases.create", subject="y", custom={"size": 2})
    await desk.admin.do("custom_fields.update", field["id"], indexed=True)
    await world.work(desk.tenant)
    assert sorted(await asked(desk.agent, {"custom.size[gte]": "0"})) == ["x", "y"]


async def test_outsiders_filter_by_what_they_see_and_search_by_no_hidden_word(
    desk: Desk, world: World
) -> None:
    await a_color(desk.admin, customers="write", indexed=True, searchable=True)
    await a_field(desk.admin, "remark", indexed=True, searchable=True)
    await world.work(desk.tenant)
    case = await desk.case(custom={"color": "red"})
    await desk.admin.do("cases.update", case["id"], custom={"remark": "blackmail"})
    assert len(await desk.contact.list("cases", **{"custom.color": "red"})) == 1
    with pytest.raises(BadRequest):
        await desk.contact.list("cases", **{"custom.remark": "blackmail"})
    with pytest.raises(BadRequest):
        await desk.contact.list("cases", sort="custom.remark")
    assert await desk.contact.list("cases", q="blackmail") == []
    assert len(await desk.agent.list("cases", q="blackmail router")) == 1
    assert len(await desk.agent.list("cases", q="router")) == 1
    assert len(await desk.contact.list("cases", q="router")) == 1


async def test_a_searchable_field_leads_to_records_that_were_there(
    desk: Desk, world: World
) -> None:
    field = await a_field(desk.admin, "serial", customers="write", partners="write")
    await desk.case(custom={"serial": "QX-4711"})
    assert await desk.contact.list("cases", q="QX-4711") == []
    await desk.admin.do("custom_fields.update", field["id"], searchable=True)
    await world.work(desk.tenant)
    assert len(await desk.contact.list("cases", q="QX-4711")) == 1


# ── Speed ────────────────────────────────────────────────────────────────────────────────────

FILL = """
WITH made AS (
  INSERT INTO cases (tenant_id, id, number, subject, description, state, priority, channel,
    customer_kind, entitlement_status, opened_at, created_at, updated_at, custom)
  SELECT $1, gen_random_uuid(), 'X' || n, 'case ' || n, '', 'new', 3, 'web', 'business', 'none',
    now() - n * interval '1 minute', now(), now(), jsonb_build_object('size', n)
  FROM generate_series(1, $2::int) n RETURNING id, custom)
INSERT INTO custom_numbers (tenant_id, field_id, record_id, value)
SELECT $1, $3, id, (custom ->> 'size')::bigint FROM made
"""


async def test_a_filter_over_many_records_uses_the_index(desk: Desk, world: World) -> None:
    many = 100_000
    field = await a_field(desk.admin, "size", "integer", indexed=True)
    await world.work(desk.tenant)
    async with world.services.database.transaction(desk.tenant.id) as connection:
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute(FILL, desk.tenant.id, many, UUID(str(field["id"])))
    await analyze(world)
    for query, index in (
        ({"custom.size": "77777"}, "custom_numbers_value"),
        ({"custom.size[gte]": str(many - 20)}, "custom_numbers_value"),
        ({"sort": "custom.size"}, "custom_numbers_value"),
        ({"sort": "-custom.size", "custom.size[lt]": "5000"}, "custom_numbers_value"),
    ):
        plan = await explained(world, desk.admin, query)
        assert index in plan, (query, plan)
        assert "Seq Scan" not in plan, (query, plan)
        began = time.perf_counter()
        assert await desk.admin.list("cases", **query)
        assert time.perf_counter() - began < 0.5, query
    assert len(await desk.agent.list("cases", sort="custom.size")) == 50
    assert await asked(desk.agent, {"custom.size": "77777"}) == ["case 77777"]


async def analyze(world: World) -> None:
    owner = await asyncpg.connect(world.services.settings.owner_dsn)
    try:
        await owner.execute("ANALYZE cases, custom_numbers")
    finally:
        await owner.close()


async def explained(world: World, actor: Actor, query: dict[str, str]) -> str:
    """The plan of a list's statement, as the application's role runs it."""
    services, caller = world.services, actor.caller
    resource = services.registry.resources["cases"]
    plan = services.plans.of(caller, resource)
    known = await customization(services, await services.callers.reload(caller))
    wanted = read_query(plan, query, known.fields_of("cases"))
    statement = services.lists.page(plan, wanted, ("id", "subject", CUSTOM))
    values = services.lists.values(statement, caller, wanted)
    async with services.database.transaction(caller.tenant_id) as connection:
        rows = await connection.fetch(f"EXPLAIN {statement.text}", *values)
    return "\n".join(row[0] for row in rows)
