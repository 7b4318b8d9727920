"""The mail that asks somebody how it was."""

from urllib.parse import quote

from backend.service.surveys.models import Survey, SurveyInvitation
from backend.service.surveys.queries import Person
from infra.kernel.context import Context
from infra.kernel.mail import queue_mail
from tenants.directory.addresses import site_url
from tenants.directory.queries import site_row

_WORDS = {
    "en": """Hello {name},

{intro}how did we do with your case {number}, “{subject}”?

Tell us here, until {until}:

{link}

The link is for you alone and can be answered once.
""",
    "de": """Guten Tag {name},

{intro}wie zufrieden sind Sie mit Ihrem Anliegen {number}, „{subject}“?

Sagen Sie es uns hier, bis zum {until}:

{link}

Der Link ist nur für Sie und kann einmal beantwortet werden.
""",
}


async def send_letter(
    ctx: Context,
    survey: Survey,
    invitation: SurveyInvitation,
    person: Person,
    case: tuple[str, str],
    token: str,
) -> None:
    """Mail the link by which a survey is answered."""
    words = _WORDS.get((person.locale or "en").partition("-")[0], _WORDS["en"])
    site = await site_row(ctx)
    number, subject = case
    until = invitation.expires_at.date().isoformat() if invitation.expires_at else ""
    await queue_mail(
        ctx,
        person.email or "",
        f"{survey.title} ({number})",
        words.format(
            name=_plain(person.name),
            intro=f"{survey.intro}\n\n" if survey.intro else "",
            number=number,
            subject=_plain(subject),
            until=until,
            link=f"{await site_url(ctx)}/survey?token={quote(token)}",
        ),
        kind="survey_invitations",
        record_id=invitation.id,
        sender_name=_plain(site["name"] if site else ""),
    )


def _plain(text: str) -> str:
    """One line without addresses, whatever was typed."""
    return " ".join(text.replace("://", " ").split())
