"""What an agent is advised on a case, and that taking the advice works."""

from typing import Any

import pytest

from infra.kernel.errors import Forbidden
from tests.service.advice.desk import (
    BILL,
    CHANNEL,
    RESOLUTION,
    ROLLBACK,
    TROUBLE,
    a_solved_case,
    advised,
    an_article,
    ids,
)
from tests.service.desk import Desk
from tests.world import World


async def test_an_article_and_a_solved_case_are_advised_with_reason_and_verb(
    world: World, desk: Desk
) -> None:
    article = await an_article(desk, CHANNEL, product_model_ids=[str(desk.model["id"])])
    await an_article(desk, BILL)
    solved = await a_solved_case(desk)
    case = await desk.case(**TROUBLE)
    await world.work(desk.tenant)

    told = await advised(desk, case)
    assert ids(told, "articles") == [str(article["id"])]
    assert ids(told, "cases") == [str(solved["id"])]
    by_kind = {each.kind: each for each in told.data}
    card = by_kind["articles"]
    assert card.number == article["number"]
    assert card.reason == "Shares “drops every evening” with the case and is about the same product"
    assert card.action.name == "cases.attach_article"
    similar = by_kind["cases"]
    assert similar.snippet == RESOLUTION
    assert similar.reason.endswith("is about the same product; it was solved")
    assert similar.action.arguments == {"resolution": RESOLUTION, "resolution_code": "solved"}
    assert told.failures == []


async def test_advice_can_be_taken_as_it_is_given(world: World, desk: Desk) -> None:
    article = await an_article(desk, CHANNEL)
    await a_solved_case(desk)
    case = await desk.case(**TROUBLE)
    await world.work(desk.tenant)
    for kind in ("articles", "cases"):
        told = await advised(desk, case)
        act = next(each.action for each in told.data if each.kind == kind)
        await desk.agent.do(act.name, case["id"], **act.arguments)
    stored = await desk.stored(case)
    assert (stored["state"], stored["resolution"]) == ("resolved", RESOLUTION)
    (used,) = await desk.admin.list("case_articles", case_id=str(case["id"]))
    assert used["article_id"] == article["id"]
    # What is used already, and what does not fit a resolved case, is advised no more.
    assert (await advised(desk, case)).data == []


async def test_advice_fits_the_state_of_the_case(world: World, desk: Desk) -> None:
    await an_article(desk, CHANNEL)
    await a_solved_case(desk)
    case = await desk.case(**TROUBLE)
    await world.work(desk.tenant)
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    assert {each.kind for each in (await advised(desk, case)).data} == {"articles"}
    await desk.agent.do("cases.close", case["id"])
    assert (await advised(desk, case)).data == []


async def test_weak_hits_are_not_shown(world: World, desk: Desk) -> None:
    await an_article(desk, BILL)
    await a_solved_case(
        desk,
        subject="Bill shows two lines",
        description="The invoice is wrong twice.",
        resolution="Corrected the bill and sent a credit note.",
    )
    case = await desk.case(**TROUBLE)
    await world.work(desk.tenant)
    assert (await advised(desk, case)).data == []


async def test_a_case_without_an_answer_is_no_advice(world: World, desk: Desk) -> None:
    await desk.case(subject="Internet drops every evening", description="Same here")
    await a_solved_case(desk, resolution_code="duplicate", resolution="See the other case")
    reopened = await a_solved_case(desk)
    await desk.contact.do("cases.reopen", reopened["id"], reason="It is back")
    case = await desk.case(**TROUBLE)
    await world.work(desk.tenant)
    assert (await advised(desk, case)).data == []


async def test_advice_is_there_before_the_background_work_and_better_after_it(
    world: World, desk: Desk
) -> None:
    article = await an_article(desk, CHANNEL)
    await world.work(desk.tenant)
    case = await desk.case(**TROUBLE)
    assert ids(await advised(desk, case), "articles") == [str(article["id"])]
    # What the customer adds counts too.
    vague = await desk.case(subject="Please call me", description="It is urgent")
    await world.work(desk.tenant)
    assert (await advised(desk, vague)).data == []
    await desk.contact.do(
        "cases.comment", vague["id"], body="The internet connection drops every evening at eight."
    )
    await world.work(desk.tenant)
    assert ids(await advised(desk, vague), "articles") == [str(article["id"])]


async def test_what_is_retired_or_rewritten_is_advised_no_more(world: World, desk: Desk) -> None:
    article = await an_article(desk, CHANNEL)
    other = await an_article(desk, ROLLBACK, "internal")
    case = await desk.case(**TROUBLE)
    await world.work(desk.tenant)
    assert set(ids(await advised(desk, case), "articles")) == {
        str(article["id"]), str(other["id"]),
    }  # fmt: skip
    await desk.admin.do("articles.retire", article["id"])
    # At once: a retired article waits for no job.
    assert ids(await advised(desk, case), "articles") == [str(other["id"])]
    await desk.admin.do("articles.revise", other["id"], title=BILL[0], body=BILL[1])
    await desk.admin.do("articles.publish", other["id"])
    await world.work(desk.tenant)
    assert (await advised(desk, case)).data == []
    async with world.services.database.transaction(desk.tenant.id) as connection:
        left = await connection.fetchval(
            "SELECT count(*) FROM chunks WHERE tenant_id = $1 AND record_id = $2",
            desk.tenant.id,
            article["id"],
        )
    assert left == 0


async def test_customers_are_not_advised_and_readers_get_no_verb(world: World, desk: Desk) -> None:
    await an_article(desk, CHANNEL)
    case = await desk.case(**TROUBLE)
    await world.work(desk.tenant)
    with pytest.raises(Forbidden):
        await desk.contact.do("cases.recommendations", case["id"])
    viewer = await desk.tenant.member("case_viewer")
    (card,) = (await advised(desk, case, viewer)).data
    assert card.action is None


async def test_similar_cases_come_only_from_what_the_agent_reads(world: World, desk: Desk) -> None:
    business = await a_solved_case(desk)
    consumer = await desk.tenant.consumer()
    theirs = await consumer.do("cases.create", **TROUBLE)
    await desk.admin.do("cases.resolve", theirs["id"], resolution="Canary: changed the splitter")
    case = await desk.case(**TROUBLE)
    private = await consumer.do("cases.create", **TROUBLE)
    await world.work(desk.tenant)

    assert ids(await advised(desk, case), "cases") == [str(business["id"])]
    homes = await desk.tenant.member("agent_b2c")
    told = await advised(desk, private, homes)
    assert ids(told, "cases") == [str(theirs["id"])]
    assert "automatic channel" not in str(told)
    everything = await advised(desk, case, desk.admin)
    assert set(ids(everything, "cases")) == {str(business["id"]), str(theirs["id"])}


async def test_over_http_it_is_one_plain_answer(world: World, desk: Desk) -> None:
    await an_article(desk, CHANNEL)
    case = await desk.case(**TROUBLE)
    await world.work(desk.tenant)
    answer = await desk.admin.http().get(f"/api/v1/cases/{case['id']}/recommendations")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    (card,) = told["data"]
    assert set(card) == {
        "kind", "record_id", "number", "title", "reason", "score", "snippet", "url", "sources",
        "action",
    }  # fmt: skip
    assert (await desk.admin.http().get(card["url"])).status_code == 200
