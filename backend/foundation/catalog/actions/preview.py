"""Trying a form before it is kept: what somebody would be asked, and what work it would make."""

from pydantic import BaseModel

from backend.foundation.catalog.asking import AskedQuestion, questions_of
from backend.foundation.catalog.forms import Answers, Form, form_faults
from backend.foundation.catalog.resources import catalog_items
from backend.foundation.catalog.tasks import CatalogTask, Tasks, task_faults, tasks_for
from backend.platform.templates.resources import Locale
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Invalid


class PreviewedItem(BaseModel):
    """What a form asks after some answers, and the tasks that they would make."""

    questions: list[AskedQuestion]
    tasks: list[CatalogTask]


@action(catalog_items, on="collection", verb="update", audiences=("staff",))
async def preview(
    ctx: Context,
    *,
    form: Form = [],  # noqa: B006  never changed
    tasks: Tasks = [],  # noqa: B006
    answers: Answers = {},  # noqa: B006
    locale: Locale | None = None,
) -> PreviewedItem:
    """Show what a form would ask after these answers; nothing is kept, and no answer is refused."""
    stored = [task.model_dump(mode="json") for task in tasks]
    if faults := [*form_faults(form), *task_faults(stored, form)]:
        raise Invalid(faults)
    return PreviewedItem(
        questions=questions_of(form, answers, locale or ctx.caller.locale),
        tasks=tasks_for(stored, form, answers),
    )
