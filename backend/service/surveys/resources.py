"""What the outside knows of surveys: admins set them up, customers answer their own."""

from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.platform.calendars.resources import Name
from backend.platform.templates.resources import Word as Letter
from backend.service.surveys.models import Survey, SurveyAnswer, SurveyInvitation
from backend.service.surveys.wording import QuestionTranslations, SurveyTranslations, Words
from infra.kernel.columns import Text
from infra.kernel.configured import Configured
from infra.kernel.resource import Path, Relation, Resource, View, everything, match

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
QUESTIONS_MAX = 20


class Question(BaseModel):
    """A further question, beside the one how satisfied somebody is."""

    model_config = ConfigDict(extra="forbid")

    key: Key
    text: Words
    kind: Literal["rating", "yes_no", "choice", "text"] = "rating"
    required: bool = False
    choices: Annotated[list[Words], MaxLen(20)] = Field(default_factory=list)
    translations: QuestionTranslations = Field(default_factory=dict)


_SURVEY = (
    "name", "title", "intro", "moment", "questions", "delay_minutes", "sample_percent",
    "quiet_days", "open_days", "letter", "translations", "active",
)  # fmt: skip

surveys = Resource(
    name="surveys",
    singular="survey",
    model=Survey,
    summary="What customers are asked after their case, when, and how often.",
    label="name",
    views={
        "staff": View(
            read=("id", *_SURVEY, "created_at", "updated_at", "version"),
            create=_SURVEY,
            update=_SURVEY,
        )
    },
    filters=("name", "moment", "active"),
    sorts=("name",),
    default_sort="name",
    generic=("delete",),
    types={
        "name": Name,
        "title": Name,
        "intro": Annotated[Text, MaxLen(2_000)],
        "questions": Annotated[list[Question], MaxLen(QUESTIONS_MAX)],
        "delay_minutes": Annotated[int, Ge(0), Le(43_200)],
        "sample_percent": Annotated[int, Ge(0), Le(100)],
        "quiet_days": Annotated[int, Ge(0), Le(365)],
        "open_days": Annotated[int, Ge(1), Le(365)],
        "letter": Letter,
        "translations": SurveyTranslations,
    },
    required=("name", "title"),
    configured=Configured(after=("message_templates",)),
)

_PERSON = {
    "contact": Relation("contact_id", "contacts"),
    "consumer": Relation("consumer_id", "consumers"),
    "assigned_to": Relation("assigned_to_id", "profiles"),
    "assignment_group": Relation("assignment_group_id", "groups"),
    "case": Relation("case_id", "cases"),
    "survey": Relation("survey_id", "surveys"),
}
_OWN: dict[str, Path] = {
    "all": everything(),
    "own": match("contact_id", "contact_id"),
    "own_consumer": match("consumer_id", "consumer_id"),
}
_ASKED = (
    "id", "case_id", "state", "sent_at", "expires_at", "answered_at", "created_at", "version",
)  # fmt: skip

survey_invitations = Resource(
    name="survey_invitations",
    singular="survey_invitation",
    model=SurveyInvitation,
    summary="Who was asked about which case, or why not.",
    views={
        "staff": View(
            read=(
                *_ASKED, "survey_id", "round", "contact_id", "consumer_id", "assigned_to_id",
                "assignment_group_id", "withheld_reason", "updated_at",
            )
        ),
        "customer": View(read=_ASKED),
        "partner": View(read=_ASKED),
        "public": View(read=("id",)),
    },
    filters=("survey_id", "case_id", "state", "contact_id", "consumer_id", "withheld_reason"),
    sorts=("created_at",),
    default_sort="-created_at",
    relations=_PERSON,
    paths=_OWN,
    outside={"state": ("sent", "answered")},
    generic=(),
)  # fmt: skip

_SAID = ("id", "case_id", "score", "comment", "answers", "door", "created_at", "version")

survey_answers = Resource(
    name="survey_answers",
    singular="survey_answer",
    model=SurveyAnswer,
    summary="What customers said about how their cases were handled.",
    views={
        "staff": View(
            read=(
                *_SAID, "survey_id", "invitation_id", "assigned_to_id", "assignment_group_id",
                "contact_id", "consumer_id", "updated_at",
            )
        ),
        "customer": View(read=_SAID),
        "partner": View(read=_SAID),
    },
    filters=(
        "survey_id", "case_id", "score", "assigned_to_id", "assignment_group_id", "contact_id",
        "consumer_id", "created_at",
    ),
    sorts=("created_at",),
    default_sort="-created_at",
    relations=_PERSON | {"invitation": Relation("invitation_id", "survey_invitations")},
    paths=_OWN | {"handled": match("assigned_to_id", "profile_id")},
    generic=(),
)  # fmt: skip
