"""A tenant with an embeddings endpoint of its own: no request waits for it."""

from tests.service.advice.desk import CHANNEL, TROUBLE, advised, an_article, ids
from tests.service.advice.endpoint import Modelled


async def models(model: Modelled, table: str) -> set[str | None]:
    async with model.world.services.database.transaction(model.desk.tenant.id) as connection:
        rows = await connection.fetch(
            f"SELECT DISTINCT model FROM {table} WHERE tenant_id = $1", model.desk.tenant.id
        )
    return {row["model"] for row in rows}


async def test_texts_are_embedded_by_the_tenants_endpoint_and_requests_never_ask_it(
    model: Modelled,
) -> None:
    await model.use_for("embeddings")
    article = await an_article(model.desk, CHANNEL)
    case = await model.desk.case(**TROUBLE)
    # Before the job has run, words alone decide.
    assert (await advised(model.desk, case)).data == []
    await model.done()
    assert await models(model, "case_questions") == {"endpoint:m"}
    assert await models(model, "chunks") == {"endpoint:m"}
    asked = len(model.endpoint.asked)
    await advised(model.desk, case)
    found = await model.desk.agent.do("articles.find", q="change the radio channel")
    assert [hit.id for hit in found.data] == [article["id"]]
    assert len(model.endpoint.asked) == asked


async def test_while_the_endpoint_is_down_words_still_find(model: Modelled) -> None:
    await model.use_for("embeddings")
    model.endpoint.mood = "broken"
    article = await an_article(model.desk, CHANNEL)
    case = await model.desk.case(subject="Radio channel", description="")
    await model.done()
    told = await advised(model.desk, case)
    assert ids(told, "articles") == [str(article["id"])]
    assert told.data[0].reason == "Shares “Radio channel” with the case"


async def test_a_tenant_that_changes_its_model_is_read_anew(model: Modelled) -> None:
    await an_article(model.desk, CHANNEL)
    case = await model.desk.case(**TROUBLE)
    await model.done()
    assert await models(model, "case_questions") == {"wordllama-l2-supercat-256"}
    await model.use_for("embeddings")
    await model.done()
    assert await models(model, "chunks") == {"endpoint:m"}
    # A case is embedded by the new model when somebody looks at it.
    await advised(model.desk, case)
    await model.done()
    assert await models(model, "case_questions") == {"endpoint:m"}
