"""Which questions of an item are asked after what has been answered so far."""

from uuid import UUID

from pydantic import BaseModel

from backend.foundation.catalog.asking import AskedQuestion, questions_of
from backend.foundation.catalog.forms import Answers, read_form
from backend.foundation.catalog.models import CatalogItem
from backend.foundation.catalog.resources import catalog_items
from backend.platform.templates.resources import Locale
from infra.kernel.actions import action
from infra.kernel.context import Context


class AskedQuestions(BaseModel):
    """The questions in the order of the form, with the answers that would be kept."""

    questions: list[AskedQuestion]


@action(catalog_items, on="collection", name="questions", verb="read")
async def questions(
    ctx: Context,
    *,
    item_id: UUID,
    answers: Answers = {},  # noqa: B006  never changed
    locale: Locale | None = None,
) -> AskedQuestions:
    """What an item asks after these answers; nothing is kept, and no answer is refused."""
    item: CatalogItem = await ctx.get(catalog_items, item_id)
    form = read_form(item.form)
    return AskedQuestions(questions=questions_of(form, answers, locale or ctx.caller.locale))
