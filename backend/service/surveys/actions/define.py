"""Setting surveys up."""

from typing import Any

from backend.platform.templates.resources import message_templates
from backend.service.surveys import rules
from backend.service.surveys.models import Survey
from backend.service.surveys.resources import surveys
from backend.service.surveys.wording import wording_faults
from infra.kernel.actions import action, apply
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(surveys, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> Survey:
    """Set a survey up."""
    survey = Survey(**{name: value for name, value in values.items() if value is not None})
    await store(ctx, survey)
    return survey


@action(surveys, name="update", audiences=("staff",))
async def update(ctx: Context, survey: Survey, **values: Any) -> None:
    """Change a survey; who was asked already answers what they were asked, as far as it fits."""
    if "translations" in values:
        survey.translations = values.pop("translations") or {}
    apply(surveys, survey, values)
    await store(ctx, survey)


async def faults_of(ctx: Context, survey: Survey) -> list[Fault]:
    """What is wrong with a survey's questions, their translations and its letter."""
    faults = rules.question_faults(survey.questions) + wording_faults(survey.questions)
    if survey.letter:
        about = {"key": survey.letter, "kind": "mail", "resource": "cases"}
        if not await ctx.every(message_templates).filter(**about).exists():
            faults.append(Fault("/letter", "not_found", "there is no such letter about cases"))
    return faults


async def store(ctx: Context, survey: Survey) -> None:
    """Raises Invalid naming every fault of the questions and the letter."""
    if faults := await faults_of(ctx, survey):
        raise Invalid(faults)
    await ctx.save(survey)
