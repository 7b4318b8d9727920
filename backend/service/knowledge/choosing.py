"""Which article of a set a reader is shown: in their language, else in the base's order of them.

Everything is read by the reader's own plan, so a translation that they may not read is none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from backend.service.knowledge import rules
from backend.service.knowledge.models import ArticleState
from backend.service.knowledge.queries import languages_of
from backend.service.knowledge.resources import articles
from infra.kernel.context import Context

_COLUMNS = (
    "id", "number", "title", "language", "knowledge_base_id", "category_id", "original_id",
    "outdated", "published_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A published article as a list shows it."""

    id: UUID
    number: str
    title: str
    language: str
    knowledge_base_id: UUID
    category_id: UUID | None
    original_id: UUID | None
    outdated: bool
    published_at: datetime | None

    @property
    def set_id(self) -> UUID:
        """What the languages of one article have in common."""
        return self.original_id or self.id


async def published(ctx: Context, *conditions: Q, most: int) -> list[Shown]:
    """Published articles that the caller may read, by title."""
    query = ctx.rows(articles).filter(*conditions, state=ArticleState.PUBLISHED.value)
    rows = await query.order_by("title", "id").limit(most).values(*_COLUMNS)
    return [Shown(**row) for row in rows]


async def sets_of(ctx: Context, found: Iterable[Shown], most: int) -> dict[UUID, list[Shown]]:
    """For each article's set, all of it that the caller may read."""
    ids = list({each.set_id for each in found})
    if not ids:
        return {}
    everything = await published(ctx, Q(id__in=ids) | Q(original_id__in=ids), most=most)
    return grouped(everything)


def grouped(rows: Iterable[Shown]) -> dict[UUID, list[Shown]]:
    """The rows by their set."""
    sets: dict[UUID, list[Shown]] = {}
    for each in rows:
        sets.setdefault(each.set_id, []).append(each)
    return sets


async def preferred(
    ctx: Context, sets: Mapping[UUID, Sequence[Shown]], language: str
) -> dict[UUID, Shown]:
    """Of each set the one article that this reader is shown."""
    bases = {each.knowledge_base_id for group in sets.values() for each in group}
    order: Mapping[Any, list[str]] = await languages_of(ctx, bases) if bases else {}
    chosen = {}
    for key, group in sets.items():
        wanted = [language, *order.get(group[0].knowledge_base_id, ())]
        original = next((each for each in group if each.original_id is None), group[0])
        chosen[key] = rules.language_for({e.language: e for e in group}, wanted) or original
    return chosen
