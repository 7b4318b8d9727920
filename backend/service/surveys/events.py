"""What happens to surveys."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class SurveyAnswerGiven(Event, type="survey_answers.given"):
    """Somebody has said how it was."""

    answer_id: UUID
    survey_id: UUID
    case_id: UUID
    score: int
