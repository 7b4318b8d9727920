"""Search of articles by meaning and words, for every audience."""

from dataclasses import replace

import pytest

from infra.kernel.errors import BadRequest, Forbidden
from tests.service.advice.desk import BILL, CHANNEL, ROLLBACK, an_article
from tests.service.desk import Desk
from tests.world import Actor, World


async def test_each_reader_finds_what_is_published_for_them(world: World, desk: Desk) -> None:
    public = await an_article(desk, CHANNEL)
    inner = await an_article(desk, ROLLBACK, "internal")
    await an_article(desk, BILL)
    await world.work(desk.tenant)
    question = "the connection drops each evening"
    told = await desk.contact.do("articles.find", q=question)
    assert [hit.id for hit in told.data] == [public["id"]]
    assert told.data[0].number == public["number"]
    assert "<" not in told.data[0].snippet
    staff = await desk.agent.do("articles.find", q=question)
    assert {hit.id for hit in staff.data} == {public["id"], inner["id"]}
    assert len((await desk.agent.do("articles.find", q=question, limit=1)).data) == 1
    nobody = Actor(world, replace(desk.contact.caller, roles=frozenset()))
    with pytest.raises(Forbidden):
        await nobody.do("articles.find", q=question)


async def test_drafts_and_waiting_revisions_are_not_found(world: World, desk: Desk) -> None:
    article = await an_article(desk, CHANNEL)
    await desk.admin.do("articles.revise", article["id"], body="The secret word is zyzzyva.")
    await desk.admin.do(
        "articles.create", title="Zyzzyva", body="A draft about zyzzyva.",
        knowledge_base_id=str(article["knowledge_base_id"]),
    )  # fmt: skip
    await world.work(desk.tenant)
    assert (await desk.admin.do("articles.find", q="zyzzyva")).data == []


@pytest.mark.parametrize("words", ["12345", "true", "null", "-7", "' OR 1=1 --", "a & | ! b", "💥"])
async def test_odd_words_get_an_answer(desk: Desk, words: str) -> None:
    answer = await desk.admin.http().get("/api/v1/articles/find", params={"q": words})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"data": []}


async def test_no_words_and_too_many_are_refused(desk: Desk) -> None:
    for bad in ("", "x" * 501, "a\x00b"):
        with pytest.raises(BadRequest):
            await desk.admin.do("articles.find", q=bad)
    assert (await desk.admin.http().get("/api/v1/articles/find")).status_code == 400
