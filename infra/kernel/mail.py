"""Mail out: a row of the business transaction, sent afterwards by a job.

Whatever ends up in a header is decoded first and then judged: Python's own mail package turns an
encoded word with a line break in it into a header of its own (CPython #121650).
"""

import asyncio
import contextlib
import json
import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import orjson

from infra.kernel.config import Settings
from infra.kernel.errors import Fault, Invalid
from infra.kernel.ids import uuid7
from infra.kernel.jobs import GiveUp, JobRun, job

SMTP_SECONDS = 20
SUBJECT_CHARS_MAX = 400
OURS = frozenset(
    {"from", "to", "cc", "bcc", "sender", "subject", "date", "message-id", "mime-version"}
    | {"return-path", "received"}
)

_ADDRESS = re.compile(
    r"(?=.{3,254}$)(?=.{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")


@dataclass(frozen=True)
class TextFile:
    """A small file of text that a mail carries."""

    name: str
    subtype: str
    text: str


def address(text: str) -> str:
    """An e-mail address in its one form, lower-case; raises ValueError for what is none."""
    trimmed = text.strip()
    if not _ADDRESS.fullmatch(trimmed):
        raise ValueError("is not an e-mail address")
    return trimmed.lower()


def decoded(text: str) -> str:
    """The text with every encoded word (RFC 2047) resolved, however deep it is wrapped."""
    for _ in range(5):
        try:
            plain = str(make_header(decode_header(text))) if "=?" in text else text
        except (HeaderParseError, LookupError, ValueError):
            return text.replace("=?", "= ?")
        if plain == text:
            break
        text = plain
    return text.replace("=?", "= ?")


def one_line(text: str) -> str:
    """What others wrote, fit for a header: decoded, on one line, without control characters."""
    flat = _CONTROL.sub(" ", decoded(text)).encode(errors="replace").decode()
    return " ".join(flat.split())[:SUBJECT_CHARS_MAX]


def header_faults(headers: Mapping[str, str]) -> list[Fault]:
    """What is wrong with extra headers: names that are ours, values with a line break inside."""
    wrong = []
    for name, value in headers.items():
        pointer = f"/headers/{name[:60]}"
        if not _NAME.fullmatch(name) or name.lower() in OURS or name.lower().startswith("content-"):
            wrong.append(Fault(pointer, "not-allowed", "This header cannot be set"))
        elif _CONTROL.search(decoded(value)) or len(value) > 2000:
            wrong.append(Fault(pointer, "malformed", "A header is one line of text"))
    return wrong


async def queue_mail(
    ctx: Any,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    headers: Mapping[str, str] | None = None,
    kind: str | None = None,
    record_id: UUID | None = None,
    sender_name: str = "",
    message_id: str | None = None,
    files: Sequence[TextFile] = (),
) -> UUID:
    """Put a mail and its job in this transaction; raises Invalid naming every fault."""
    wrong = header_faults(headers or {})
    recipient = to
    try:
        recipient = address(to)
    except ValueError as error:
        wrong.append(Fault("/to", "malformed", f"The recipient {error}"))
    if wrong:
        raise Invalid(wrong)
    settings: Settings = ctx.services.settings
    mail_id = uuid7()
    sender = parseaddr(settings.mail_sender)[1] or "atrium@localhost"
    await ctx.execute(
        """INSERT INTO outbound_mails (tenant_id, id, message_id, sender, recipient, subject,
             text_body, html_body, headers, kind, record_id, created_at, updated_at, files)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10, $11, $12, $12,
                   $13::text::jsonb)""",
        ctx.tenant_id,
        mail_id,
        message_id or f"<{mail_id}@{sender.rpartition('@')[2]}>",
        formataddr((one_line(sender_name), sender)),
        recipient,
        one_line(subject),
        text.replace("\0", ""),
        html.replace("\0", "") if html is not None else None,
        orjson.dumps(dict(headers or {})).decode(),
        kind,
        record_id,
        ctx.now,
        orjson.dumps([asdict(file) for file in files]).decode(),
    )
    ctx.enqueue("mail.send", {"mail_id": str(mail_id)}, key=f"mail.send:{mail_id}", priority=4)
    return mail_id


@job("mail.send", network=True, timeout_seconds=60)
async def send(run: JobRun, *, mail_id: UUID) -> None:
    """Hand one mail to the mail server, or write it to the mail folder where there is none."""
    async with run.transaction() as ctx:
        row = await ctx.fetchrow(
            """SELECT id, message_id, sender, recipient, subject, text_body, html_body,
                      headers::text AS headers, state, created_at, files::text AS files
               FROM outbound_mails WHERE tenant_id = $1 AND id = $2""",
            run.tenant_id,
            mail_id,
        )
    if row is None or row["state"] == "sent":
        return
    settings: Settings = run.services.settings
    try:
        message = compose(row)
        if settings.smtp_url:
            await asyncio.to_thread(_transmit, settings.smtp_url, message)
        else:
            await asyncio.to_thread(_drop, settings.data_dir / "mail", mail_id, message)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        final = _is_final(error)
        if final or run.is_last_attempt:
            await _note(run, mail_id, "failed", _told(error))
        if final:
            raise GiveUp(_told(error)) from error
        raise
    await _note(run, mail_id, "sent", None)


async def _note(run: JobRun, mail_id: UUID, state: str, error: str | None) -> None:
    async with run.transaction() as ctx:
        await ctx.execute(
            """UPDATE outbound_mails SET state = $3, error = $4, updated_at = now(),
                 sent_at = CASE WHEN $3 = 'sent' THEN now() END, version = version + 1
               WHERE tenant_id = $1 AND id = $2""",
            run.tenant_id,
            mail_id,
            state,
            error,
        )


def compose(row: Mapping[str, Any]) -> EmailMessage:
    """The message of a row; every value is judged once more, for rows may be old."""
    name, sender = parseaddr(row["sender"])
    extra = json.loads(row["headers"])
    if header_faults(extra):
        raise ValueError("a header is malformed")
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((one_line(name), sender))
    message["To"] = address(row["recipient"])
    message["Subject"] = one_line(row["subject"])
    message["Date"] = format_datetime(row["created_at"])
    message["Message-ID"] = one_line(row["message_id"])
    for header, value in extra.items():
        message[header] = one_line(value)
    message.set_content(row["text_body"].encode(errors="replace").decode())
    if row["html_body"]:
        message.add_alternative(row["html_body"].encode(errors="replace").decode(), subtype="html")
    for file in json.loads(row["files"]):
        message.add_attachment(
            file["text"].encode(errors="replace"),
            maintype="text",
            subtype=file["subtype"],
            filename=one_line(file["name"]),
        )
    return message


def _transmit(smtp_url: str, message: EmailMessage) -> None:
    """`smtp[s]://user:password@host:port`, with `?starttls=1` to demand encryption on `smtp`."""
    parts = urlsplit(smtp_url)
    host, query = parts.hostname or "localhost", parse_qs(parts.query)
    context = ssl.create_default_context()
    with contextlib.ExitStack() as closing:
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=SMTP_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=SMTP_SECONDS)
        closing.enter_context(server)
        if query.get("starttls") == ["1"]:
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        sender = parseaddr(str(message["From"]))[1]
        server.sendmail(sender, [str(message["To"])], message.as_bytes(policy=SMTP))


def _drop(folder: Path, mail_id: UUID, message: EmailMessage) -> None:
    """Write the mail under its own name in one step; a repetition replaces it with the same."""
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f".{mail_id}.part"
    half.write_bytes(message.as_bytes(policy=SMTP))
    half.replace(folder / f"{mail_id}.eml")


def _is_final(error: Exception) -> bool:
    """Whether another attempt would be answered the same: the address is refused for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False  # a setting that the operator will mend
    return isinstance(error, ValueError) or (
        isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500
    )


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
