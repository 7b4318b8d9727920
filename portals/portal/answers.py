"""Knowledge in the portal: search as one types, and an article with its question at the end."""

import asyncio
from typing import Any

from starlette.responses import Response

from ai.providers import providers_of
from ai.retrieval import Hit, search_as, vector_of
from ai.snippets import snippet
from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.database import Connection
from portals.pages import page
from portals.visits import Visit

_MOST = 12
_BODY = ("title", "body")


async def search(visit: Visit) -> Response:
    """`GET /search`: what the house knows."""
    words = visit.word("q")
    found = await find(visit, words, most=_MOST)
    nowhere = {"first": 1, "last": len(found), "total": len(found)}
    return await visit.page(
        "portal/search.html",
        q=words,
        results=found,
        total=len(found),
        pages=nowhere | {"previous_url": None, "next_url": None},
    )


async def results(visit: Visit) -> Response:
    """The same, as a piece of the page."""
    words = visit.word("q")
    found = await find(visit, words, most=_MOST)
    return await visit.fragment("portal/_results.html", q=words, results=found, total=len(found))


async def find(visit: Visit, words: str, *, most: int) -> list[dict[str, Any]]:
    """The best articles for these words that the reader may see: by meaning and by words, and
    last those which hold every word but are not indexed yet."""
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
        fields="id,number,title,knowledge_base_id",
    )  # fmt: skip
    by_id = {str(row["id"]): row for row in rows.data}
    return [_result(by_id[key], snippets[key]) for key in chosen if key in by_id]


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
    return {
        "number": article["number"],
        "title": article["title"],
        "snippet": shown,
        "url": f"/knowledge/{article['number']}",
        "base": (article.get("knowledge_base") or {}).get("name"),
    }


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
    about = await visit.read("articles", number, expand="knowledge_base")
    near = await find(visit, told["title"], most=4)
    return await visit.page(
        "portal/article.html",
        article={
            "number": told["number"],
            "title": told["title"],
            "html": told["html"],
            "updated_at": told["published_at"] or about["updated_at"],
            "base": (about.get("knowledge_base") or {}).get("name"),
        },
        feedback_given=visit.query.get("said") == "1",
        related=[
            {"title": each["title"], "url": each["url"]}
            for each in near
            if each["number"] != told["number"]
        ][:3],
    )


async def feedback(visit: Visit) -> Response:
    """Whether it helped; saying it again replaces what was said."""
    form = await visit.form()
    number = visit.path["number"]
    await visit.do("articles.feedback", number, helpful=form.get("helpful") == "yes")
    return visit.go(f"/knowledge/{number}?said=1#feedback")


routes = (
    page("/search", search, people="all"),
    page("/search/results", results, people="all"),
    page("/knowledge/{number}", article, people="all"),
    page("/knowledge/{number}/feedback", feedback, methods=("POST",), people="all"),
)
