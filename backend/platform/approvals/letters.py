"""The letter that asks somebody for consent, with a link for this one decision."""

from typing import Any
from urllib.parse import quote

from backend.platform.approvals.models import ApprovalLink, ApprovalRequest
from backend.platform.approvals.summary import Summary
from backend.platform.approvals.wording import lines_of, plain_line
from infra.kernel.context import Context
from infra.kernel.mail import queue_mail
from tenants.directory.addresses import site_url
from tenants.directory.queries import site_row

_SUBJECT = {"en": "Approval asked for: {subject}", "de": "Freigabe erbeten: {subject}"}
_WORDS = {
    "en": """Hello {name},

{requester} asks for your approval of {subject}.
{standing}{note}{about}
Look at it and decide here, until {until}:

{link}

The link is for you alone, for this decision, and works once.
""",
    "de": """Guten Tag {name},

{requester} bittet um Ihre Freigabe: {subject}.
{standing}{note}{about}
Ansehen und entscheiden können Sie hier, bis zum {until}:

{link}

Der Link ist nur für Sie und für diese Entscheidung und gilt einmal.
""",
}
_STANDING = {
    "en": "You decide for {name}, as their deputy.\n",
    "de": "Sie entscheiden in Vertretung für {name}.\n",
}


async def send_letter(
    ctx: Context,
    request: ApprovalRequest,
    link: ApprovalLink,
    person: Any,
    token: str,
    seen: Summary,
    *,
    for_name: str = "",
) -> None:
    """Mail the link by which a seat is decided, with what its bearer may read of the matter."""
    language = (person["locale"] or "en").partition("-")[0]
    words, subject = _WORDS.get(language, _WORDS["en"]), _SUBJECT.get(language, _SUBJECT["en"])
    site = await site_row(ctx)
    standing = _STANDING.get(language, _STANDING["en"]).format(name=plain_line(for_name))
    about = "\n".join(lines_of(seen, language))
    await queue_mail(
        ctx,
        person["email"],
        subject.format(subject=plain_line(request.subject)),
        words.format(
            name=plain_line(person["name"]),
            requester=plain_line(request.requester_name),
            subject=plain_line(request.subject),
            note=f"\n{request.note}\n" if request.note else "",
            standing=standing if for_name else "",
            about=f"\n{about}\n" if about else "",
            until=link.expires_at.date().isoformat(),
            link=f"{await site_url(ctx)}/approve?token={quote(token)}",
        ),
        kind="approvals",
        record_id=link.approval_id,
        sender_name=plain_line(site["name"] if site else ""),
    )
