"""One article in several languages: for the same readers, and marked when the original moves on."""

from typing import Any

import pytest

from backend.service.knowledge.errors import IsATranslation, LanguageTaken, NotATranslation
from infra.kernel.errors import Invalid, NotFound
from tests.service.articles import a_base, a_visitor, published
from tests.service.desk import Desk
from tests.world import Actor, World


async def a_translation(
    writer: Actor, original: dict[str, Any], language: str, title: str, *, publish: bool = True
) -> dict[str, Any]:
    made: dict[str, Any] = await writer.do(
        "articles.translate", original["id"], language=language, title=title, body=title
    )
    return await writer.do("articles.publish", made["id"]) if publish else made


async def test_a_translation_is_outdated_once_its_original_has_a_new_edition(
    world: World,
) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    original = await published(admin, await a_base(tenant), "No light")
    german = await a_translation(admin, original, "de", "Kein Licht")
    assert (german["original_id"], german["outdated"]) == (original["id"], False)
    await admin.do("articles.revise", original["id"], body="Check the cable.")
    assert (await admin.read("articles", german["id"]))["outdated"] is False
    await admin.do("articles.publish", original["id"])
    assert [row["id"] for row in await admin.list("articles", outdated="true")] == [german["id"]]
    page = await a_visitor(world, tenant).do("articles.page", german["id"])
    assert page.outdated is True
    # A corrected letter does not make it current; whoever has compared them says so.
    await admin.do("articles.revise", german["id"], body="Sicherung")
    assert (await admin.do("articles.publish", german["id"]))["outdated"] is True
    told = await admin.do("articles.mark_current", german["id"])
    assert (told["outdated"], told["original_edition"]) == (False, 2)
    with pytest.raises(NotATranslation):
        await admin.do("articles.mark_current", original["id"])


async def test_a_set_has_each_language_once_and_one_original(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    original = await published(admin, await a_base(tenant), "No light")
    german = await a_translation(admin, original, "de", "Kein Licht")
    for language in ("de", "en"):
        with pytest.raises(LanguageTaken):
            await a_translation(admin, original, language, "Again")
    with pytest.raises(IsATranslation):
        await a_translation(admin, german, "fr", "Pas de lumière")
    with pytest.raises(LanguageTaken):
        await admin.do("articles.update", original["id"], language="de")
    assert len(await admin.list("articles")) == 2


async def test_translations_have_their_readers_from_the_original(desk: Desk) -> None:
    admin = desk.admin
    original = await published(admin, await a_base(desk.tenant), "No light", audience="customer")
    german = await a_translation(admin, original, "de", "Kein Licht")
    stranger = await desk.tenant.contact()
    assert len(await stranger.list("articles")) == 2
    with pytest.raises(Invalid) as refused:
        await admin.do("articles.update", german["id"], audience="public", product_model_ids=[])
    assert [fault.pointer for fault in refused.value.faults] == ["/audience"]
    await admin.do("articles.update", original["id"], product_model_ids=[str(desk.model["id"])])
    assert await stranger.list("articles") == []
    assert len(await desk.contact.list("articles")) == 2
    await admin.do("articles.update", original["id"], audience="internal")
    assert await desk.contact.list("articles") == []
    with pytest.raises(NotFound):
        await desk.contact.read("articles", german["id"])


async def test_with_the_original_its_translations_are_retired(world: World) -> None:
    tenant = await world.tenant()
    original = await published(tenant.admin, await a_base(tenant), "No light")
    german = await a_translation(tenant.admin, original, "de", "Kein Licht")
    draft = await a_translation(tenant.admin, original, "fr", "Noir", publish=False)
    await tenant.admin.do("articles.retire", original["id"])
    states = {row["id"]: row["state"] for row in await tenant.admin.list("articles")}
    assert states == {original["id"]: "retired", german["id"]: "retired", draft["id"]: "draft"}


async def test_a_reader_is_shown_their_language_and_else_what_the_base_says(
    world: World,
) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    base = await a_base(tenant, fallback_languages=["de", "fr"])
    light = await published(admin, base, "No light")
    await a_translation(admin, light, "de", "Kein Licht")
    await a_translation(admin, light, "sv", "Inget ljus", publish=False)
    await published(admin, base, "Only English")
    for locale, titles in {
        "en": ["No light", "Only English"],
        "de-AT": ["Kein Licht", "Only English"],
        "sv": ["Kein Licht", "Only English"],
    }.items():
        reader = a_visitor(world, tenant, locale)
        shelf = await reader.do("articles.browse", knowledge_base_id=str(base["id"]))
        assert [each.title for each in shelf.data] == titles


async def test_what_was_found_in_any_language_is_told_once_in_the_readers(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    base = await a_base(tenant)
    light = await published(admin, base, "No light")
    german = await a_translation(admin, light, "de", "Kein Licht")
    hidden = await published(admin, base, "Inside", audience="internal")
    reader = a_visitor(world, tenant, "de")
    ids = ",".join(str(each["id"]) for each in (hidden, light, german))
    told = await reader.do("articles.in_language", ids=ids)
    assert [(c.asked_id, c.article.title) for c in told.data] == [(light["id"], "Kein Licht")]
    english = await reader.do("articles.in_language", ids=ids, language="en")
    assert [each.article.title for each in english.data] == ["No light"]
    page = await reader.do("articles.page", german["id"])
    assert [(each.language, each.title) for each in page.languages] == [("en", "No light")]


async def test_many_ids_over_http_are_read_and_bad_ones_named(world: World) -> None:
    tenant = await world.tenant()
    light = await published(tenant.admin, await a_base(tenant), "No light")
    client = tenant.admin.http()
    good = await client.get("/api/v1/articles/in_language", params={"ids": str(light["id"])})
    assert good.status_code == 200, good.text
    assert [each["article"]["number"] for each in good.json()["data"]] == [light["number"]]
    bad = await client.get("/api/v1/articles/in_language", params={"ids": "x"})
    assert bad.status_code == 400
    assert (await client.get("/api/v1/articles/browse")).status_code == 400
