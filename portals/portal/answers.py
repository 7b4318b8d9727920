"""Knowledge in the portal: search as one types, and an article with its question at the end."""

from typing import Any

from starlette.responses import Response

from ai.snippets import snippet
from portals import paging
from portals.pages import page
from portals.visits import Visit

_SIZE = 10


async def search(visit: Visit) -> Response:
    """`GET /search`: what the house knows."""
    words = visit.word("q")
    found = await _found(visit, words, _SIZE, paged=True)
    return await visit.page(
        "portal/search.html",
        q=words,
        results=found["results"],
        total=found["total"],
        pages=found["pages"],
    )


async def results(visit: Visit) -> Response:
    """The same, as a piece of the page."""
    words = visit.word("q")
    found = await _found(visit, words, _SIZE, paged=False)
    return await visit.fragment(
        "portal/_results.html", q=words, results=found["results"], total=found["total"]
    )


async def find(visit: Visit, words: str, *, most: int) -> list[dict[str, Any]]:
    """The best articles for these words that the reader may see."""
    results: list[dict[str, Any]] = (await _found(visit, words, most, paged=False))["results"]
    return results


async def _found(visit: Visit, words: str, size: int, *, paged: bool) -> dict[str, Any]:
    if not words or not visit.may("articles", "read"):
        nothing = {"first": 0, "last": 0, "total": 0, "previous_url": None, "next_url": None}
        return {"results": [], "total": 0, "pages": nothing}
    page_of = await visit.list(
        "articles", q=words, limit=str(size), count="true", expand="knowledge_base",
        fields="number,title,body,knowledge_base_id", **(paging.cursor(visit) if paged else {}),
    )  # fmt: skip
    return {
        "results": [_result(each, words) for each in page_of.data],
        "total": page_of.count or 0,
        "pages": paging.pages(visit, page_of, size, "/search", {"q": words}),
    }


def _result(article: dict[str, Any], words: str) -> dict[str, Any]:
    return {
        "number": article["number"],
        "title": article["title"],
        "snippet": snippet(plain(article["body"]), words),
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
