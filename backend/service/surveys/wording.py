"""A survey in the reader's language, or else in the words of its maker."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, ConfigDict

from backend.platform.templates.resources import Locale
from backend.service.surveys.models import Survey
from infra.kernel.columns import Text
from infra.kernel.errors import Fault
from infra.kernel.wording import word

Words = Annotated[Text, MinLen(1), MaxLen(500)]


class SurveyWording(BaseModel):
    """A survey's own words in another language; what is empty stays as it is."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[Text, MaxLen(200)] = ""
    intro: Annotated[Text, MaxLen(2_000)] = ""


class QuestionWording(BaseModel):
    """A question in another language."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[Text, MaxLen(500)] = ""
    choices: Annotated[list[Words], MaxLen(20)] = []
    """In the order of the question's own choices, which are what is kept."""


SurveyTranslations = Annotated[dict[Locale, SurveyWording], MaxLen(20)]
QuestionTranslations = Annotated[dict[Locale, QuestionWording], MaxLen(20)]


class AskedQuestion(BaseModel):
    """A further question as it is asked: what is kept of a choice, and how it reads."""

    key: str
    text: str
    kind: str
    required: bool
    choices: list[str]
    labels: list[str]


class Spoken(BaseModel):
    """All that a survey says."""

    title: str
    intro: str
    questions: list[AskedQuestion]


def spoken(survey: Survey, locale: str) -> Spoken:
    """The survey as a reader of this language is asked it."""
    own = survey.translations or {}
    return Spoken(
        title=word(own, "title", locale) or survey.title,
        intro=word(own, "intro", locale) or survey.intro,
        questions=[_asked(question, locale) for question in survey.questions],
    )


def _asked(question: Mapping[str, Any], locale: str) -> AskedQuestion:
    translations = question.get("translations") or {}
    codes = (locale, locale.partition("-")[0])
    said = [translations[code] for code in codes if code in translations]
    choices = list(question.get("choices") or [])
    labels = next((each["choices"] for each in said if each.get("choices")), choices)
    return AskedQuestion(
        key=question["key"],
        text=word(translations, "text", locale) or question["text"],
        kind=question.get("kind", "rating"),
        required=bool(question.get("required")),
        choices=choices,
        labels=list(labels) if len(labels) == len(choices) else choices,
    )


def wording_faults(questions: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Translations whose choices are not as many as the question's own."""
    faults = []
    for place, question in enumerate(questions):
        many = len(question.get("choices") or [])
        for locale, told in (question.get("translations") or {}).items():
            if told.get("choices") and len(told["choices"]) != many:
                pointer = f"/questions/{place}/translations/{locale}/choices"
                message = f"must be {many}, one for each choice"
                faults.append(Fault(pointer, "choices", message))
    return faults
