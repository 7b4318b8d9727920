"""What a survey's answers say together, and of whom."""

from uuid import UUID

from pydantic import BaseModel

from backend.service.surveys.models import Survey
from backend.service.surveys.queries import measured, measured_by
from backend.service.surveys.resources import surveys
from infra.kernel.actions import action
from infra.kernel.context import Context


class Measures(BaseModel):
    """Satisfied is who gave four or five of five; a half of the cases was answered sooner than
    `first_response_seconds`."""

    asked: int
    answered: int
    average: str | None
    satisfied_percent: str | None
    first_response_seconds: int | None


class MeasuresOf(Measures):
    """The measures of an agent or of a group."""

    id: UUID


class SurveyResults(Measures):
    """All answers, and those of each agent and each group."""

    agents: list[MeasuresOf]
    groups: list[MeasuresOf]


@action(surveys, method="GET", audiences=("staff",))
async def results(ctx: Context, survey: Survey) -> SurveyResults:
    """How satisfied customers are: together, by agent and by group."""
    return SurveyResults(
        **await measured(ctx, survey.id),
        agents=[MeasuresOf(**r) for r in await measured_by(ctx, survey.id, "assigned_to_id")],
        groups=[MeasuresOf(**r) for r in await measured_by(ctx, survey.id, "assignment_group_id")],
    )
