"""Knowledge in the portal: search as one types, and an article with its question at the end."""

import asyncio
from typing import Any

from starlette.responses import Response

from ai.lookups import looked_for, was_opened
from ai.providers import providers_of
from ai.retrieval import Hit, search_as, vector_of
from ai.snippets import snippet
from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.database import Connection
from portals.pages import page
from portals.pictures import picture
from portals.portal.shelves import language_name, trail
from portals.visits import Visit
from tenants.signin.requests import address_of

_MOST = 12
_BODY = ("title", "body")


async def search(visit: Visit) -> Response:
    """`GET /search`: what the house knows."""
    words = visit.word("q")
    found = await find(visit, words, most=_MOST)
    nowhere = {"first": 1, "last": len(found), "total": len(found)}
    response = await visit.page(
        "portal/search.html",
        q=words,
        results=found,
        total=len(found),
        pages=nowhere | {"previous_url": None, "next_url": None},
    )
    return _kept(visit, response, words, len(found))


async def results(visit: Visit) -> Response:
    """The same, as a piece of the page."""
    words = visit.word("q")
    found = await find(visit, words, most=_MOST)
    response = await visit.fragment(
        "portal/_results.html", q=words, results=found, total=len(found)
    )
    return _kept(visit, response, words, len(found))


def _kept(visit: Visit, response: Response, words: str, results: int) -> Response:
    """The answer, which once it has gone out is told to whoever looks after knowledge."""
    response.background = looked_for(
        visit.services, visit.reader, "portal", words, results, address_of(visit.request)
    )
    return response


async def find(visit: Visit, words: str, *, most: int) -> list[dict[str, Any]]:
    """The best articles for these words that the reader may see: by meaning and by words, and
    last those which hold every word but are not indexed yet. Each once, in the page's language."""
    if not words or not visit.may("articles", "read"):
        return []
    hits, said = await asyncio.gather(
        _nearest(visit, words, most),
        visit.list("articles", q=words, limit=str(most), fields="id,body"),
    )
    snippets = {str(hit.record_id): hit.snippet for hit in hits}
    for row in said.data:
        snippets.setdefault(str(row["id"]), snippet(plain(row["body"]), words))
    chosen = list(snippets)[:most]
    if not chosen:
        return []
    rows = await visit.list(
        "articles", id__in=",".join(chosen), limit=str(most), expand="knowledge_base",
        fields="id,number,title,language,original_id,knowledge_base_id",
    )  # fmt: skip
    by_id = {str(row["id"]): row for row in rows.data}
    found = [_result(by_id[key], snippets[key]) for key in chosen if key in by_id]
    if all(_is_spoken(row, visit.locale) for row in rows.data):
        return found
    return await _in_my_language(visit, by_id, found)


def _is_spoken(row: dict[str, Any], locale: str) -> bool:
    return bool(row["language"].partition("-")[0] == locale.partition("-")[0])


async def _in_my_language(
    visit: Visit, by_id: dict[str, dict[str, Any]], found: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """For each what the house has of it in the page's language, else what the base says."""
    told = await visit.ask("articles.in_language", ids=",".join(by_id), language=visit.locale)
    chosen = {each["asked_id"]: each["article"] for each in told["data"]}
    numbers = {row["number"]: key for key, row in by_id.items()}
    shown = []
    for result in found:
        article = chosen.get(numbers[result["number"]])
        if article is None:
            continue
        if article["number"] != result["number"]:
            # The piece that was found is in another language than what is now offered.
            result = result | _named(article) | {"snippet": ""}  # noqa: PLW2901
        shown.append(result)
    return shown


def _named(article: dict[str, Any]) -> dict[str, Any]:
    number = article["number"]
    return {"number": number, "title": article["title"], "url": f"/knowledge/{number}"}


async def _nearest(visit: Visit, words: str, most: int) -> list[Hit]:
    services, reader = visit.services, visit.reader
    async with services.system(reader.tenant_id, reason="search") as ctx:
        embedder = await providers_of(services).embedder(ctx)
    vector = await vector_of(embedder, words)
    wanted = {services.registry.resources["articles"]: _BODY}

    async def work(connection: Connection, caller: Caller) -> list[Hit]:
        ctx = Context(services, connection, caller)
        return await search_as(
            ctx, words, vector, model=embedder.model, wanted=wanted, hits_max=most
        )

    return await services.transact(reader, work, read_only=True)


def _result(article: dict[str, Any], shown: str) -> dict[str, Any]:
    base = (article.get("knowledge_base") or {}).get("name")
    return {**_named(article), "snippet": shown, "base": base}


def plain(markdown: str) -> str:
    """Markdown without its marks, good enough for a line of preview."""
    lines = (line.lstrip("#>*-+ \t").strip() for line in markdown.splitlines())
    text = "\n".join(line for line in lines if line and not line.startswith(("```", "|")))
    for mark in ("**", "__", "`"):
        text = text.replace(mark, "")
    return text


# ── One article ──────────────────────────────────────────────────────────────────────────────


async def article(visit: Visit) -> Response:
    """`GET /knowledge/{number}`."""
    number = visit.path["number"]
    told = await visit.ask("articles.page", number)
    about = await visit.read("articles", number, expand="knowledge_base,category")
    near = await find(visit, told["title"], most=4)
    response = await visit.page(
        "portal/article.html",
        article={
            "number": told["number"],
            "title": told["title"],
            "html": told["html"],
            "updated_at": told["published_at"] or about["updated_at"],
            "trail": trail(about, visit.locale),
            "language": told["language"],
            "outdated": told["outdated"],
            "edition": told["edition"],
            "languages": [
                {
                    "code": each["language"],
                    "name": language_name(each["language"]),
                    "url": f"/knowledge/{each['number']}",
                }
                for each in told["languages"]
            ],
        },
        feedback_given=visit.query.get("said") == "1",
        related=[
            {"title": each["title"], "url": each["url"]}
            for each in near
            if each["number"] not in {told["number"], *(e["number"] for e in told["languages"])}
        ][:3],
    )
    if visit.query.get("said") != "1":
        response.background = was_opened(
            visit.services, visit.reader, told["id"], address_of(visit.request)
        )
    return response


async def feedback(visit: Visit) -> Response:
    """Whether it helped; saying it again replaces what was said."""
    form = await visit.form()
    number = visit.path["number"]
    comment = form.get("comment", "").strip()
    said: dict[str, Any] = {"helpful": form.get("helpful") == "yes", "comment": comment}
    if (read := form.get("edition", "")).isdigit():
        said["edition"] = int(read)
    await visit.do("articles.feedback", number, **said)
    return visit.go(f"/knowledge/{number}?said=1#feedback")


routes = (
    page("/search", search, people="all"),
    page("/search/results", results, people="all"),
    page("/knowledge/{number}", article, people="all"),
    page("/knowledge/{number}/pictures/{name}", picture, people="all"),
    page("/knowledge/{number}/feedback", feedback, methods=("POST",), people="all"),
)
