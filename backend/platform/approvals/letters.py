"""The letter that asks somebody for consent, with a link for this one decision."""

from typing import Any
from urllib.parse import quote

from backend.platform.approvals.models import Approval, ApprovalRequest
from infra.kernel.context import Context
from infra.kernel.mail import queue_mail
from tenants.directory.addresses import site_url
from tenants.directory.queries import site_row

_SUBJECT = {"en": "Approval asked for: {subject}", "de": "Freigabe erbeten: {subject}"}
_WORDS = {
    "en": """Hello {name},

{requester} asks for your approval of {subject}.
{note}
Look at it and decide here, until {until}:

{link}

The link is for you alone, for this decision, and works once.
""",
    "de": """Guten Tag {name},

{requester} bittet um Ihre Freigabe: {subject}.
{note}
Ansehen und entscheiden können Sie hier, bis zum {until}:

{link}

Der Link ist nur für Sie und für diese Entscheidung und gilt einmal.
""",
}


async def send_letter(
    ctx: Context, request: ApprovalRequest, row: Approval, person: Any, token: str
) -> None:
    """Mail the link by which a seat is decided."""
    language = (person["locale"] or "en").partition("-")[0]
    words, subject = _WORDS.get(language, _WORDS["en"]), _SUBJECT.get(language, _SUBJECT["en"])
    site = await site_row(ctx)
    until = row.token_expires_at.date().isoformat() if row.token_expires_at else ""
    await queue_mail(
        ctx,
        person["email"],
        subject.format(subject=_plain(request.subject)),
        words.format(
            name=_plain(person["name"]),
            requester=_plain(request.requester_name),
            subject=_plain(request.subject),
            note=f"\n{request.note}\n" if request.note else "",
            until=until,
            link=f"{await site_url(ctx)}/approve?token={quote(token)}",
        ),
        kind="approvals",
        record_id=row.id,
        sender_name=_plain(site["name"] if site else ""),
    )


def _plain(text: str) -> str:
    """One line without addresses, whatever was typed."""
    return " ".join(text.replace("://", " ").split())
