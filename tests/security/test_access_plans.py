"""Lists by responsibilities and through readable cases come out of indexes, in a tenant that is
large: asked as the application's own role, with the policies in the way and every plan allowed."""

import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest_asyncio

from infra.embedded.stack import Addresses
from infra.kernel.access import Caller
from infra.kernel.query import read_query
from infra.kernel.services import Services
from tests.foundation.kin import Kin, kin
from tests.world import Actor, World

ACCOUNTS, CASES, ENTRIES = 2_000, 30_000, 60_000
FILL = (
    f"""INSERT INTO accounts (tenant_id, id, name, code, path, created_at, updated_at)
        SELECT $1, gen_random_uuid(), 'Company ' || n, 'X' || n, 'X' || n || '/', now(), now()
          FROM generate_series(1, {ACCOUNTS}) n""",
    f"""INSERT INTO cases (tenant_id, id, number, state, subject, channel, customer_kind,
                           account_id, opened_at, created_at, updated_at)
        SELECT $1, gen_random_uuid(), 'X' || n, 'new', 'Case ' || n, 'web', 'business', a.id,
               now() - n * interval '1 minute', now(), now()
          FROM generate_series(1, {CASES}) n
          JOIN (SELECT id, row_number() OVER () AS place FROM accounts WHERE tenant_id = $1) a
            ON a.place = 1 + n % {ACCOUNTS}""",
    f"""INSERT INTO activity_entries (tenant_id, id, kind, record_id, entry_type, visibility, body,
                                      author_name, author_kind, at, created_at, updated_at)
        SELECT $1, gen_random_uuid(), 'cases', c.id, 'comment', 'public', 'Word', 'A', 'staff',
               now() - n * interval '1 second', now(), now()
          FROM generate_series(1, {ENTRIES}) n
          JOIN (SELECT id, row_number() OVER () AS place FROM cases WHERE tenant_id = $1) c
            ON c.place = 1 + n % {CASES}""",
)
TABLES = ("accounts", "cases", "activity_entries")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def of(services: Services, app: Any, stack: Addresses) -> Any:
    """Rows that nothing refers to, laid and taken away past triggers and foreign keys: with them
    it is a minute's work."""
    world = World(services, app)
    made = await kin(world)
    tenant = made.desk.tenant.id
    builder = await asyncpg.connect(stack.superuser_dsn)
    # Every row is looked at, not some by chance: the same rows have the same plans each time.
    await builder.execute(
        "SET session_replication_role = replica; SET default_statistics_target = 1000"
    )
    try:
        for statement in FILL:
            await builder.execute(statement, tenant)
        for table in TABLES:
            await builder.execute(f"ANALYZE {table}")
        yield made
    finally:
        for table in ("activity_entries", "cases"):
            await builder.execute(f"DELETE FROM {table} WHERE tenant_id = $1", tenant)
            await builder.execute(f"ANALYZE {table}")
        await builder.close()
        await world.close()


async def plan_of(of: Kin, actor: Actor, collection: str, **query: str) -> str:
    """The plan of a list as PostgreSQL makes it for this caller."""
    services, caller = of.world.services, actor.caller
    resource = services.registry.resources[collection]
    plan = services.plans.of(caller, resource)
    asked = read_query(plan, query)
    statement = services.lists.page(plan, asked, ("id",))
    values = services.lists.values(statement, caller, asked)
    connection: Any
    async with services.database.transaction(caller.tenant_id, read_only=True) as connection:
        (told,) = await connection.fetch(
            f"EXPLAIN (FORMAT JSON, ANALYZE) {statement.text}", *values
        )
    return str(told[0])


def nodes(plan: Any) -> list[dict[str, Any]]:
    """Every node of the plan."""
    found = [plan]
    for child in plan.get("Plans", ()):
        found += nodes(child)
    return found


def assert_no_table_is_walked(told: str, rows_most: int) -> None:
    """No large table is read but by an index, and no more of it than a few pages' worth."""
    for node in nodes(json.loads(told)[0]["Plan"]):
        if node.get("Relation Name") in TABLES:
            assert node["Node Type"] != "Seq Scan", node
            removed = node.get("Rows Removed by Filter", 0)
            read = (node["Actual Rows"] + removed) * node["Actual Loops"]
            assert read <= rows_most, node


async def now(of: Kin, caller: Caller) -> Actor:
    profile = caller.profile_id
    assert isinstance(profile, UUID)
    return await of.world.actor(of.desk.tenant, profile)


async def test_cases_of_companies_that_somebody_looks_after(of: Kin) -> None:
    manager = await of.desk.tenant.member("self_contributor")
    companies = await of.admin.list("accounts", limit="20", sort="-name")
    for company in companies:
        await of.admin.do(
            "account_team_members.create", account_id=str(company["id"]),
            profile_id=str(manager.profile_id),
            responsibility_id=await of.responsibility("account_manager"),
        )  # fmt: skip
    actor = await now(of, manager.caller)
    assert len(await actor.list("cases", limit="200")) == 200
    for collection in ("cases", "accounts", "activity_entries"):
        assert_no_table_is_walked(await plan_of(of, actor, collection), 5_000)


async def test_words_on_the_cases_that_an_agent_sees(of: Kin) -> None:
    """The stream of one case, and the newest words of all: neither reads every case."""
    agent = await of.desk.tenant.member("agent_b2b")
    (case, *_) = await agent.list("cases", limit="1")
    one = {"record_id": str(case["id"]), "kind": "cases"}
    assert_no_table_is_walked(await plan_of(of, agent, "activity_entries", **one), 200)
    assert_no_table_is_walked(await plan_of(of, agent, "activity_entries", sort="-at"), 2_000)
    assert_no_table_is_walked(await plan_of(of, agent, "activity_entries"), 2_000)
