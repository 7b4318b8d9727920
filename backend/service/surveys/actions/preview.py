"""Trying a survey before it is kept: its letter, and what is asked."""

from datetime import timedelta
from typing import Annotated

from annotated_types import MaxLen
from pydantic import BaseModel

from backend.platform.calendars.resources import Name
from backend.platform.templates.recipients import Person
from backend.platform.templates.resources import Locale
from backend.platform.templates.resources import Word as Letter
from backend.service.surveys.actions.answer import SurveyForm
from backend.service.surveys.actions.define import faults_of
from backend.service.surveys.letters import written
from backend.service.surveys.models import Survey
from backend.service.surveys.resources import QUESTIONS_MAX, Question, surveys
from backend.service.surveys.wording import SurveyTranslations, spoken
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Invalid
from tenants.directory.addresses import site_url

NUMBER, SUBJECT = "CS1042", "…"
"""The case of a survey that nobody was asked yet."""


class SurveyLetter(BaseModel):
    """The mail as its reader gets it."""

    locale: str
    subject: str
    body: str


class PreviewedSurvey(BaseModel):
    """What somebody would be sent, and asked behind the link."""

    letter: SurveyLetter
    form: SurveyForm


@action(surveys, on="collection", name="preview", verb="update", audiences=("staff",))
async def preview(
    ctx: Context,
    *,
    title: Name,
    intro: Annotated[Text, MaxLen(2_000)] = "",
    questions: Annotated[list[Question], MaxLen(QUESTIONS_MAX)] = [],  # noqa: B006  never changed
    translations: SurveyTranslations = {},  # noqa: B006
    letter: Letter | None = None,
    open_days: int = 14,
    locale: Locale | None = None,
) -> PreviewedSurvey:
    """Show the letter and the questions of a survey in a language; nobody is asked."""
    survey = Survey(
        name=title, title=title, intro=intro, letter=letter,
        questions=[each.model_dump(mode="json") for each in questions],
        translations={code: each.model_dump(mode="json") for code, each in translations.items()},
    )  # fmt: skip
    if faults := await faults_of(ctx, survey):
        raise Invalid(faults)
    speaks = locale or ctx.caller.locale
    until = (ctx.now + timedelta(days=max(1, min(open_days, 365)))).date().isoformat()
    words = await written(
        ctx, survey, Person(ctx.caller.name, None, speaks),
        {"number": NUMBER, "subject": SUBJECT},
        {"until": until, "link": f"{await site_url(ctx)}/survey"}, speaks,
    )  # fmt: skip
    return PreviewedSurvey(
        letter=SurveyLetter(locale=words.locale, subject=words.subject, body=words.body),
        form=SurveyForm(
            case_number=NUMBER, case_subject=SUBJECT, **spoken(survey, speaks).model_dump()
        ),
    )
