"""What is findable is what records say now."""

from typing import Any

from backend.service.advice.jobs import keep_up
from tests.service.advice.desk import (
    BILL,
    CHANNEL,
    RESOLUTION,
    TROUBLE,
    a_base,
    a_solved_case,
    an_article,
)
from tests.service.desk import Desk
from tests.world import World


async def pieces(world: World, desk: Desk, record: dict[str, Any]) -> list[tuple[str, list[str]]]:
    async with world.services.database.transaction(desk.tenant.id) as connection:
        rows = await connection.fetch(
            """SELECT body, audiences FROM chunks
                WHERE tenant_id = $1 AND record_id = $2 ORDER BY ordinal""",
            desk.tenant.id,
            record["id"],
        )
    return [(row["body"], sorted(row["audiences"])) for row in rows]


async def test_pieces_follow_an_article_through_its_life(world: World, desk: Desk) -> None:
    base = await a_base(desk)
    article = await desk.admin.do(
        "articles.create", title=BILL[0], body=BILL[1], audience="partner",
        knowledge_base_id=str(base["id"]),
    )  # fmt: skip
    await world.work(desk.tenant)
    assert await pieces(world, desk, article) == []
    await desk.admin.do("articles.publish", article["id"])
    await world.work(desk.tenant)
    assert await pieces(world, desk, article) == [(BILL[1].strip(), ["partner", "staff"])]
    await desk.admin.do("articles.update", article["id"], audience="public")
    await world.work(desk.tenant)
    ((_, audiences),) = await pieces(world, desk, article)
    assert audiences == ["customer", "partner", "public", "staff"]
    await desk.admin.do("articles.retire", article["id"])
    await world.work(desk.tenant)
    assert await pieces(world, desk, article) == []


async def test_a_cases_answer_is_findable_while_it_holds(world: World, desk: Desk) -> None:
    case = await a_solved_case(desk)
    await desk.agent.do("cases.note", case["id"], body="Between us: he is often late.")
    await world.work(desk.tenant)
    said = await pieces(world, desk, case)
    assert RESOLUTION in [body for body, _ in said]
    assert "often late" not in str(said)
    await desk.contact.do("cases.reopen", case["id"])
    await world.work(desk.tenant)
    assert await pieces(world, desk, case) == []


async def test_only_what_changes_the_question_is_embedded_again(world: World, desk: Desk) -> None:
    case = await desk.case(**TROUBLE)

    async def question() -> Any:
        async with world.services.database.transaction(desk.tenant.id) as connection:
            return await connection.fetchrow(
                "SELECT version, content_hash FROM case_questions WHERE tenant_id = $1 AND id = $2",
                desk.tenant.id,
                case["id"],
            )

    await world.work(desk.tenant)
    first = await question()
    await desk.agent.do("cases.comment", case["id"], body="We look into it.")
    await desk.agent.do("cases.note", case["id"], body="Again the DSLAM.")
    await desk.admin.do("cases.update", case["id"], priority=1)
    await world.work(desk.tenant)
    assert await question() == first
    await desk.contact.do("cases.comment", case["id"], body="Now the red lamp is on, too.")
    await world.work(desk.tenant)
    assert (await question())["content_hash"] != first["content_hash"]


async def test_what_was_never_read_is_read_within_a_day(world: World, desk: Desk) -> None:
    article, case = await an_article(desk, CHANNEL), await a_solved_case(desk)
    await world.work(desk.tenant)
    async with world.services.database.transaction(desk.tenant.id) as connection:
        await connection.execute("DELETE FROM chunks WHERE tenant_id = $1", desk.tenant.id)
    async with world.services.system(desk.tenant.id, reason="test") as ctx:
        await keep_up(ctx)
    await world.work(desk.tenant)
    assert await pieces(world, desk, article)
    assert await pieces(world, desk, case)
