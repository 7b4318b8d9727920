"""The doors for eyes: portal, workspace and widgets, the live stream, advice and retrieval."""

import asyncio
from typing import Any

from ai.providers import providers_of
from ai.retrieval import search_as
from backend.service.cases.resources import cases
from backend.service.knowledge.resources import articles
from infra.kernel.context import Context
from infra.kernel.live import LiveHub
from portals.doors import at_desk, at_portal
from tests.embeddables.shop import a_shop, claims_of, signed
from tests.kernel.test_live import listen
from tests.portals.browsing import Browser, signed_in_as
from tests.security.visibility.doors import EVENTFUL, Door, Visit
from tests.security.visibility.kinds import canary
from tests.security.visibility.town import CIRCLES


async def _browser(visit: Visit) -> Browser:
    return await signed_in_as(visit.actor, visit.town.home_of(visit.viewer))


async def _look(visit: Visit, browser: Browser, path: str) -> int:
    """A page's status; what it says is kept, but for the words that were asked for."""
    answer = await browser.get(path)
    assert answer.status_code < 500, f"{path}: {answer.status_code}"
    said = answer.text
    if "?q=" in path:
        said = said.replace(path.partition("?q=")[2], "")
    visit.said.append(said)
    return answer.status_code


async def _numbers(visit: Visit, collection: str) -> list[tuple[str, str]]:
    admin = visit.town.tenant.admin
    return [
        (str(key), str((await admin.read(collection, key))["number"]))
        for _, _, key in visit.records(collection)
    ]


async def portal(visit: Visit) -> set[str]:
    """Every page of the portal, and each case and article by its address."""
    if not at_portal(visit.actor.caller):
        return set()
    browser = await _browser(visit)
    for path in (
        "/portal", "/cases?state=all", "/products", "/assets", "/contracts", "/requests",
        "/customers", "/cases/new", "/search",
    ):  # fmt: skip
        await _look(visit, browser, path)
    for circle in CIRCLES:
        await _look(visit, browser, f"/customers?q=zq{circle}x")
    for collection in ("accounts", "contacts", "consumers", "households"):
        for _, _, key in visit.records(collection):
            status = await _look(visit, browser, f"/customers/{collection}/{key}")
            visit.note(collection, [key] if status == 200 else [])
    for _, _, key in visit.records("accounts", "consumers"):
        for path in ("products", "assets", "contracts", "requests", "cases"):
            for kind in ("accounts", "consumers"):
                await _look(visit, browser, f"/{path}?customer={kind}:{key}")
    for collection, place in (("cases", "cases"), ("articles", "knowledge")):
        for key, number in await _numbers(visit, collection):
            status = await _look(visit, browser, f"/{place}/{number}")
            visit.note(collection, [key] if status == 200 else [])
    for circle in CIRCLES:
        await _look(visit, browser, f"/search?q={canary(circle, 'articles')}")
    return {"cases", "articles"}


async def workspace(visit: Visit) -> set[str]:
    """Every page of the desk, each case and customer by its address, and the advice beside."""
    if not at_desk(visit.actor.caller):
        return set()
    browser = await _browser(visit)
    for path in ("", "/inbox/rows", "/cases?view=all", "/customers", "/knowledge"):
        await _look(visit, browser, f"/workspace{path}")
    for key, number in await _numbers(visit, "cases"):
        for part in ("", "/thread", "/activity", "/advice", "/head"):
            status = await _look(visit, browser, f"/workspace/cases/{number}{part}")
            visit.note("cases", [key] if status == 200 else [])
    for collection in ("accounts", "contacts", "consumers"):
        for _, _, key in visit.records(collection):
            status = await _look(visit, browser, f"/workspace/customers/{collection}/{key}")
            visit.note(collection, [key] if status == 200 else [])
    for circle in CIRCLES:
        await _look(visit, browser, f"/workspace/search/results?q=zq{circle}x")
    return {"cases", "accounts", "contacts", "consumers"}


async def widget(visit: Visit) -> set[str]:
    """What a shop's page shows to whom the shop vouches for."""
    column = {"contact": "contacts", "consumer": "consumers"}.get(visit.actor.caller.profile_kind)
    if column is None:
        return set()
    town = visit.town
    key = visit.actor.caller.attributes[f"{visit.actor.caller.profile_kind}_id"]
    email = (await town.tenant.admin.read(column, key))["email"]
    shop = town.kept.get("shop") or await a_shop(town.world, town.tenant)
    town.kept["shop"] = shop
    told = await shop.session(signed(shop.secret, claims_of(str(email))))
    page = shop.page(token=told["token"])
    products = await page.get("/embed/v1/products")
    visit.said.append(products.text)
    visit.note("sold_products", (row["id"] for row in products.json()["data"]))
    for circle in CIRCLES:
        word = canary(circle, "articles")
        found = await page.get("/embed/v1/knowledge", params={"q": word})
        visit.said.append(found.text)
        visit.note("articles", (row["id"] for row in found.json()["data"]))
    for _, _, article in visit.records("articles"):
        visit.said.append((await page.get(f"/embed/v1/knowledge/{article}")).text)
    return {"sold_products", "articles"} if told["identified"] else set()


async def streamed(visit: Visit) -> set[str]:
    """The live stream from its first event on, as `GET /events` tells it in pages."""
    services = visit.town.world.services
    hub = LiveHub(services)
    try:
        listener = await listen(hub, visit.actor.caller, query="after=0")
        async with asyncio.timeout(20):
            await _silence(listener)
        visit.said.append(listener.text)
        for event in listener.events:
            visit.note(event["type"].partition(".")[0], [event["record_id"]])
        await listener.leave()
    finally:
        await hub.close()
    return EVENTFUL


async def _silence(listener: Any) -> None:
    """Until nothing more comes."""
    before = -1
    while len(listener.text) != before:
        before = len(listener.text)
        await asyncio.sleep(0.2)


async def advised(visit: Visit) -> set[str]:
    """Recommendations and summaries of every case, for whoever may have them."""
    if visit.actor.caller.audience != "staff":
        return set()
    for _, _, key in visit.records("cases"):
        for verb in ("recommendations", "summary", "context", "structure"):
            answer = await visit.http.get(f"/api/v1/cases/{key}/{verb}")
            assert answer.status_code in {200, 403, 404}, answer.text
            visit.said.append(answer.text)
            visit.note("cases", [key] if answer.status_code == 200 else [])
    return set()


async def retrieved(visit: Visit) -> set[str]:
    """What the machine finds to answer with, for each record's own word."""
    embedder = providers_of(visit.town.world.services).built_in
    for circle in CIRCLES:
        for name in ("articles", "cases"):
            text = canary(circle, name)
            (vector,) = await embedder.embed([text])
            for hit in await _nearest(visit, text, vector, embedder.model):
                visit.note(hit.kind, [hit.record_id])
                visit.said.append(f"{hit.title} {hit.snippet}")
    return set()


async def _nearest(visit: Visit, text: str, vector: list[float], model: str) -> list[Any]:
    services = visit.town.world.services

    async def work(connection: Any, caller: Any) -> list[Any]:
        wanted = {articles: ("title", "body"), cases: ("subject", "description")}
        ctx = Context(services, connection, caller)
        return await search_as(ctx, text, vector, model=model, wanted=wanted, hits_max=50)

    return await services.transact(visit.actor.caller, work)


PAGES: dict[str, Door] = {
    "portal": portal,
    "workspace": workspace,
    "widget": widget,
    "stream": streamed,
    "advice": advised,
    "retrieval": retrieved,
}
