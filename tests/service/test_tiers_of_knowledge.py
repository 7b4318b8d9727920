"""The second tier of support has articles of its own, at every door; escalating brings them in."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from infra.kernel.errors import Invalid, NotFound
from infra.kernel.event_log import allowed_events, events_after
from tests.portals.workspace.furnishing import at_desk
from tests.service.advice.desk import CHANNEL, ROLLBACK, TROUBLE, advised, an_article, ids
from tests.service.desk import Desk, same
from tests.world import Actor, World

INNER = (
    "Evening drops: flash the drifting oscillator",
    "When the connection drops every evening, flash the oscillator with build 77.\n",
)


@dataclass
class Tiers:
    """An article for each tier, and an agent of each."""

    world: World
    desk: Desk
    first: Actor
    second: Actor
    open: dict[str, Any]
    inner: dict[str, Any]
    case: dict[str, Any]


@pytest.fixture
async def tiers(world: World, desk: Desk) -> Tiers:
    about = {"product_model_ids": [str(desk.model["id"])]}
    open_one = await an_article(desk, CHANNEL, "internal", **about)
    inner = await an_article(desk, INNER, "internal", tier=2, **about)
    await desk.admin.do(
        "articles.translate", inner["id"], language="de", title="Oszillator", body="Neu aufspielen."
    )
    (german,) = await desk.admin.list("articles", original_id=str(inner["id"]))
    await desk.admin.do("articles.publish", german["id"])
    await desk.admin.do(
        "attachments.create", name="oscillator.png", content=base64.b64encode(b"p").decode(),
        kind="articles", record_id=str(inner["id"]),
    )  # fmt: skip
    second = await desk.tenant.member("agent_b2b", "agent_tier_two", name="Second tier")
    case = await desk.case(**TROUBLE)
    await world.work(desk.tenant)
    return Tiers(world, desk, desk.agent, second, open_one, inner, case)


# ── Every door, as one question: is the article there? ───────────────────────────────────────

Door = Callable[[Tiers, Actor], Awaitable[bool]]


def _told(answer: Any) -> str:
    plain = answer.model_dump(mode="json") if hasattr(answer, "model_dump") else answer
    return orjson.dumps(plain, default=str).decode()


def _names_it(tiers: Tiers, answer: Any) -> bool:
    told = _told(answer)
    return any(sign in told for sign in ("oscillator", "Oszillator", str(tiers.inner["id"])))


async def by_list(tiers: Tiers, who: Actor) -> bool:
    return _names_it(tiers, await who.list("articles"))


async def by_filter(tiers: Tiers, who: Actor) -> bool:
    return _names_it(tiers, await who.list("articles", tier="2"))


async def by_words(tiers: Tiers, who: Actor) -> bool:
    return _names_it(tiers, await who.list("articles", q="oscillator"))


async def by_meaning(tiers: Tiers, who: Actor) -> bool:
    return _names_it(tiers, await who.do("articles.find", q="flash the oscillator"))


async def by_browsing(tiers: Tiers, who: Actor) -> bool:
    shelf = str(tiers.inner["knowledge_base_id"])
    return _names_it(tiers, await who.do("articles.browse", knowledge_base_id=shelf))


async def by_language(tiers: Tiers, who: Actor) -> bool:
    asked = [str(tiers.inner["id"])]
    return bool((await who.do("articles.in_language", ids=asked, language="de")).data)


async def by_id(tiers: Tiers, who: Actor) -> bool:
    return await _is_there(who.read("articles", tiers.inner["id"]))


async def by_number(tiers: Tiers, who: Actor) -> bool:
    return await _is_there(who.read("articles", tiers.inner["number"]))


async def by_its_page(tiers: Tiers, who: Actor) -> bool:
    return await _is_there(who.do("articles.page", tiers.inner["id"]))


async def by_a_word_on_it(tiers: Tiers, who: Actor) -> bool:
    return await _is_there(who.do("articles.feedback", tiers.inner["id"], helpful=True))


async def by_its_products(tiers: Tiers, who: Actor) -> bool:
    return _names_it(tiers, await who.list("article_products"))


async def by_its_files(tiers: Tiers, who: Actor) -> bool:
    asked = {"kind": "articles", "record_id": str(tiers.inner["id"])}
    return await _is_there(who.do("attachments.of_record", **asked))


async def by_the_advice_on_a_case(tiers: Tiers, who: Actor) -> bool:
    return str(tiers.inner["id"]) in ids(await advised(tiers.desk, tiers.case, who), "articles")


async def by_putting_it_on_a_case(tiers: Tiers, who: Actor) -> bool:
    asked = {"article_id": str(tiers.inner["id"])}
    with suppress(Invalid):
        await who.do("cases.attach_article", tiers.case["id"], **asked)
        return True
    return False


async def by_the_stream(tiers: Tiers, who: Actor) -> bool:
    services = tiers.world.services
    events = await events_after(services, tiers.desk.tenant.id, 0, 2_000)
    told = [e for e in await allowed_events(services, who.caller, events) if e.kind == "articles"]
    assert any(same(event.record_id, tiers.open["id"]) for event in told)
    return any(same(event.record_id, tiers.inner["id"]) for event in told)


async def by_the_pages_of_the_desk(tiers: Tiers, who: Actor) -> bool:
    browser = await at_desk(who, tiers.desk.tenant)
    number = tiers.inner["number"]
    seen = set()
    for path in (
        "/workspace/knowledge", "/workspace/knowledge?q=oscillator",
        "/workspace/search?q=oscillator", "/workspace/search/results?q=oscillator",
        f"/workspace/cases/{tiers.case['number']}/advice",
    ):  # fmt: skip
        await browser.get(path)
        seen.add("drifting oscillator" in browser.text)
    seen.add((await browser.get(f"/workspace/knowledge/{number}")).status_code == 200)
    assert len(seen) == 1, "the pages do not agree"
    return seen.pop()


async def _is_there(asked: Awaitable[Any]) -> bool:
    try:
        await asked
    except NotFound:
        return False
    return True


DOORS: tuple[Door, ...] = (
    by_list, by_filter, by_words, by_meaning, by_browsing, by_language, by_id, by_number,
    by_its_page, by_a_word_on_it, by_its_products, by_its_files, by_the_advice_on_a_case,
    by_the_pages_of_the_desk, by_putting_it_on_a_case, by_the_stream,
)  # fmt: skip


async def test_every_door_shows_an_inner_article_to_the_second_tier_and_to_nobody_else(
    tiers: Tiers,
) -> None:
    # Putting it on the case comes after the advice, which leaves out what is used already.
    first = {door.__name__: await door(tiers, tiers.first) for door in DOORS}
    second = {door.__name__: await door(tiers, tiers.second) for door in DOORS}
    assert {name for name, there in first.items() if there} == set()
    assert {name for name, there in second.items() if not there} == set()


async def test_readers_outside_and_other_staff_find_nothing_of_an_inner_article(
    tiers: Tiers,
) -> None:
    viewer = await tiers.desk.tenant.member("case_viewer")
    for who in (tiers.desk.contact, await tiers.desk.tenant.consumer(), viewer):
        found = [await door(tiers, who) for door in (by_list, by_words, by_meaning, by_id)]
        assert found == [False] * 4


async def test_a_case_that_is_escalated_is_answered_out_of_the_second_tiers_articles(
    tiers: Tiers,
) -> None:
    """Who escalates does not read them afterwards either: they see that an article was used."""
    case, inner = tiers.case, tiers.inner
    group = await tiers.desk.admin.do("groups.create", name="Second tier")
    await tiers.desk.admin.do(
        "escalation_rules.create", name="Answer at once", level=2, hands_over=True,
        assignment_group_id=str(group["id"]), moment="breached",
    )  # fmt: skip
    await tiers.first.do(
        "cases.escalate", case["id"], reason="Beyond me", level=2,
        assigned_to_id=str(tiers.second.profile_id),
    )  # fmt: skip
    (raised,) = await tiers.second.list("case_escalations", case_id=str(case["id"]))
    await tiers.second.do("case_escalations.acknowledge", raised["id"])
    (card,) = [
        each
        for each in (await advised(tiers.desk, case, tiers.second)).data
        if each.record_id == inner["id"]
    ]
    await tiers.second.do(card.action.name, case["id"], **card.action.arguments)
    (seen,) = await tiers.second.list("case_articles", case_id=str(case["id"]), expand="article")
    assert seen["article"]["title"] == INNER[0]
    (hidden,) = await tiers.first.list("case_articles", case_id=str(case["id"]), expand="article")
    assert hidden["article"] is None
    stream = await tiers.desk.stream(case, tiers.first)
    told = " ".join(entry["body"] for entry in stream)
    assert f"Article {inner['number']} is used here." in told
    assert "oscillator" not in told
    assert not await by_id(tiers, tiers.first)


async def test_a_rule_that_names_an_inner_article_offers_it_to_the_second_tier_alone(
    tiers: Tiers,
) -> None:
    rule = await tiers.desk.admin.do(
        "recommendation_rules.create", name="Evening", condition="true", title="Ask for the time",
        reason="It matters", action={
            "name": "cases.attach_article", "arguments": {"article_id": str(tiers.inner["id"])},
        },
    )  # fmt: skip
    for who, names in ((tiers.first, False), (tiers.second, True)):
        told = await advised(tiers.desk, tiers.case, who)
        (card,) = [each for each in told.data if each.record_id == rule["id"]]
        assert (card.action is not None and str(tiers.inner["id"]) in _told(card.action)) is names


async def test_an_inner_article_is_for_nobody_outside(desk: Desk) -> None:
    inner = await an_article(desk, ROLLBACK, "internal", tier=2)
    with pytest.raises(Invalid) as refused:
        await desk.admin.do("articles.update", inner["id"], audience="public")
    assert [f.pointer for f in refused.value.faults] == ["/tier"]


async def test_an_article_that_is_moved_to_the_second_tier_leaves_the_first_at_once(
    tiers: Tiers,
) -> None:
    assert await by_list(tiers, tiers.second)
    await tiers.desk.admin.do("articles.update", tiers.open["id"], tier=2)
    (told, stream) = await asyncio.gather(
        tiers.first.list("articles"), advised(tiers.desk, tiers.case)
    )
    assert (told, ids(stream, "articles")) == ([], [])
    await tiers.desk.admin.do("articles.update", tiers.open["id"], tier=1)
    assert [row["title"] for row in await tiers.first.list("articles")] == [CHANNEL[0]]
