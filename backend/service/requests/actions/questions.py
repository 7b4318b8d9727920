"""Which questions of an item are asked after what has been answered so far."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from backend.foundation.catalog.forms import is_required, is_shown, read_answers, read_form
from backend.foundation.catalog.models import CatalogItem
from backend.foundation.catalog.resources import catalog_items
from backend.service.requests.actions.request import Answers
from infra.kernel.actions import action
from infra.kernel.context import Context


class AskedQuestion(BaseModel):
    """A question that is asked now; its words are in the item's form."""

    name: str
    required: bool
    answer: Any


class AskedQuestions(BaseModel):
    """The questions in the order of the form, with the answers that would be kept."""

    questions: list[AskedQuestion]


@action(catalog_items, on="collection", name="questions", verb="read")
async def questions(ctx: Context, *, item_id: UUID, answers: Answers = {}) -> AskedQuestions:  # noqa: B006
    """What an item asks after these answers; nothing is kept, and no answer is refused."""
    item: CatalogItem = await ctx.get(catalog_items, item_id)
    form = read_form(item.form)
    kept, _ = read_answers(form, answers)
    names = [field.name for field in form]
    return AskedQuestions(
        questions=[
            AskedQuestion(
                name=field.name,
                required=is_required(field, kept, names),
                answer=kept.get(field.name),
            )
            for field in form
            if is_shown(field, kept, names)
        ]
    )
