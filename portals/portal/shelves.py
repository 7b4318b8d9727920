"""The help centre: bases, their categories, and what lies in them, in the page's language."""

from typing import Any

from babel import Locale, UnknownLocaleError
from starlette.responses import Response

from infra.kernel.errors import NotFound
from infra.kernel.ids import parse
from portals.pages import page
from portals.visits import Visit

BASES_MOST = 50
CATEGORIES_MOST = 200
Row = dict[str, Any]


async def shelves(visit: Visit) -> Response:
    """`GET /knowledge?base=…&category=…`: every base, or one with its headings."""
    bases = await _bases(visit)
    wanted = str(parse(visit.word("base", 40)) or "")
    base = next((each for each in bases if each["id"] == wanted), None)
    if wanted and base is None:
        raise NotFound("no such knowledge base")
    if base is None and len(bases) == 1:
        base = bases[0]
    headings: list[Row] = []
    groups: list[Row] = []
    category = None
    truncated = False
    if base is not None:
        headings = await _headings(visit, base["id"])
        key = str(parse(visit.word("category", 40)) or "")
        category = next((each for each in headings if each["id"] == key), None)
        if key and category is None:
            raise NotFound("no such category")
        groups, truncated = await _groups(visit, base, category, headings)
    return await visit.page(
        "portal/shelves.html",
        bases=bases if len(bases) > 1 else [],
        base=base,
        category=category,
        above=_line_to(category, headings),
        groups=groups,
        truncated=truncated,
    )


async def _bases(visit: Visit) -> list[Row]:
    found = await visit.list("knowledge_bases", limit=str(BASES_MOST), sort="name")
    return [
        {
            "id": str(row["id"]),
            "name": row["name"],
            "description": row["description"],
            "url": f"/knowledge?base={row['id']}",
        }
        for row in found.data
    ]


async def _headings(visit: Visit, base_id: str) -> list[Row]:
    found = await visit.list(
        "article_categories", knowledge_base_id=base_id, limit=str(CATEGORIES_MOST),
        sort="position",
    )  # fmt: skip
    return [
        {
            "id": str(row["id"]),
            "parent_id": str(row["parent_id"] or ""),
            "name": category_name(row, visit.locale),
            "description": row["description"],
            "url": f"/knowledge?base={base_id}&category={row['id']}",
        }
        for row in found.data
    ]


async def _groups(
    visit: Visit, base: Row, category: Row | None, headings: list[Row]
) -> tuple[list[Row], bool]:
    """What lies here directly, then each heading below with all that lies beneath it; headings
    under which this reader sees nothing are left out."""
    asked: Row = {"knowledge_base_id": base["id"], "language": visit.locale}
    if category is not None:
        asked["category_id"] = category["id"]
    shelf = await visit.ask("articles.browse", **asked)
    here = category["id"] if category else ""
    tops = {each["id"]: _top_below(each, here, headings) for each in headings}
    sorted_in: dict[str, list[Row]] = {}
    for article in shelf["data"]:
        own = article["category_id"] or ""
        under = "" if own == here else tops.get(own, "")
        line = {"title": article["title"], "url": f"/knowledge/{article['number']}"}
        sorted_in.setdefault(under, []).append(line | {"language": article["language"]})
    groups: list[Row] = [{"heading": None, "articles": sorted_in[""]}] if "" in sorted_in else []
    groups += [
        {"heading": each, "articles": sorted_in[each["id"]]}
        for each in headings
        if each["id"] in sorted_in
    ]
    return groups, shelf["truncated"]


def _top_below(heading: Row, here: str, headings: list[Row]) -> str:
    """The heading directly below `here` under which this one lies."""
    by_id = {each["id"]: each for each in headings}
    at = heading
    for _ in range(len(headings)):
        if at["parent_id"] == here or at["parent_id"] not in by_id:
            return str(at["id"])
        at = by_id[at["parent_id"]]
    return str(heading["id"])


def _line_to(category: Row | None, headings: list[Row]) -> list[Row]:
    """The headings above a category, the highest first."""
    by_id = {each["id"]: each for each in headings}
    line: list[Row] = []
    at = by_id.get(category["parent_id"]) if category else None
    while at is not None and at not in line:
        line.insert(0, at)
        at = by_id.get(at["parent_id"])
    return line


def category_name(row: Row, locale: str) -> str:
    """The heading in the page's language, where it has one."""
    names = row.get("names") or {}
    return str(names.get(locale) or names.get(locale.partition("-")[0]) or row["name"])


def trail(article: Row, locale: str) -> list[Row]:
    """Where an article stands: its base and its category, each with its page."""
    base, category = article.get("knowledge_base"), article.get("category")
    if not base:
        return []
    line = [{"name": base["name"], "url": f"/knowledge?base={base['id']}"}]
    if category:
        url = f"/knowledge?base={base['id']}&category={category['id']}"
        line.append({"name": category_name(category, locale), "url": url})
    return line


def language_name(code: str) -> str:
    """A language by its own name: `Deutsch`."""
    try:
        name = Locale.parse(code, sep="-").get_display_name()
    except (ValueError, UnknownLocaleError):
        return code
    return name[:1].upper() + name[1:] if name else code


routes = (page("/knowledge", shelves, people="all"),)
