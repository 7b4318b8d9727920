"""The mail that asks somebody how it was."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from backend.platform.templates.filling import Filled, fill
from backend.platform.templates.recipients import Person as Reader
from backend.platform.templates.standard import SURVEY, in_use
from backend.service.surveys.models import Survey, SurveyInvitation
from backend.service.surveys.queries import Person
from backend.service.surveys.wording import spoken
from infra.kernel.context import Context
from infra.kernel.mail import queue_mail
from tenants.directory.addresses import site_url
from tenants.directory.queries import site_row


async def send_letter(
    ctx: Context,
    survey: Survey,
    invitation: SurveyInvitation,
    person: Person,
    case: tuple[str, str],
    token: str,
) -> None:
    """Mail the link by which a survey is answered."""
    number, subject = case
    until = invitation.expires_at.date().isoformat() if invitation.expires_at else ""
    link = f"{await site_url(ctx)}/survey?token={quote(token)}"
    words = await written(
        ctx,
        survey,
        Reader(_plain(person.name), person.email, person.locale),
        {"number": number, "subject": _plain(subject)},
        {"until": until, "link": link},
    )
    site = await site_row(ctx)
    await queue_mail(
        ctx,
        person.email or "",
        words.subject,
        words.body,
        words.html,
        kind="survey_invitations",
        record_id=invitation.id,
        sender_name=_plain(site["name"] if site else ""),
    )


async def written(
    ctx: Context,
    survey: Survey,
    reader: Reader,
    case: Mapping[str, Any],
    letter: Mapping[str, str],
    locale: str | None = None,
) -> Filled:
    """The letter in the words of the survey's own text, or else of that for all surveys."""
    told = spoken(survey, locale or reader.locale or "")
    return await fill(
        ctx,
        await in_use(ctx, (survey.letter, SURVEY)),
        {"record": dict(case), "letter": {"title": told.title, "intro": told.intro, **letter}},
        reader,
        locale,
    )


def _plain(text: str) -> str:
    """One line without addresses, whatever was typed."""
    return " ".join(text.replace("://", " ").split())
