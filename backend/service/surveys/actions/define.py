"""Setting surveys up."""

from typing import Any

from backend.service.surveys import rules
from backend.service.surveys.models import Survey
from backend.service.surveys.resources import surveys
from infra.kernel.actions import action, apply
from infra.kernel.context import Context
from infra.kernel.errors import Invalid


@action(surveys, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> Survey:
    """Set a survey up."""
    survey = Survey(**{name: value for name, value in values.items() if value is not None})
    await store(ctx, survey)
    return survey


@action(surveys, name="update", audiences=("staff",))
async def update(ctx: Context, survey: Survey, **values: Any) -> None:
    """Change a survey; who was asked already answers what they were asked, as far as it fits."""
    apply(surveys, survey, values)
    await store(ctx, survey)


async def store(ctx: Context, survey: Survey) -> None:
    """Raises Invalid naming every fault of the questions."""
    if faults := rules.question_faults(survey.questions):
        raise Invalid(faults)
    await ctx.save(survey)
