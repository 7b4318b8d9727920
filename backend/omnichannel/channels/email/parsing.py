"""From the bytes of a mail to what somebody wrote. Pure, and never a crash, whatever the bytes.

The standard library's parser reads anything, but its newer header classes raise on some of what
the world sends; so headers are taken raw and decoded here, and a character set is one of a list.
"""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses

from backend.omnichannel.channels.email.quoting import split_reply
from infra.kernel.errors import Fault, Invalid
from infra.kernel.mail import decoded, one_line
from infra.kernel.markup import End, NoPage, Start, parts_of
from tenants.emails import canonical, is_address

BYTES_MAX = 10 * 1024 * 1024
NESTED_MAX = 60
PARTS_MAX = 400
ATTACHMENTS_MAX = 50
REFERENCES_MAX = 50
TEXT_CHARS_MAX = 45_000
HTML_CHARS_MAX = 1_000_000

_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_CHARSET = re.compile(
    r"(us-?)?ascii|utf-?(8|16|32)(-?[bl]e)?|(iso-?8859|windows|cp|koi8|mac|big5|gb|euc|iso-?2022|"
    r"shift|latin|johab|hz|tis)[a-z0-9_-]{0,20}"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BREAKS = frozenset({"p", "br", "div", "tr", "li", "h1", "h2", "h3", "blockquote", "table"})
_SILENT = frozenset({"head", "script", "style", "template", "noscript", "iframe", "xmp", "noembed"})
_SPACES = re.compile(r"\s+")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_DAEMONS = frozenset({"mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply"})


@dataclass(frozen=True)
class File:
    """An attachment as it came."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """What a mail says and where it belongs."""

    id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    subject: str
    sender: str | None
    sender_name: str
    text: str
    quoted: str
    is_reply_of_a_machine: bool
    """A bounce or an absence notice: it opens no case."""
    is_automatic: bool
    """A machine sent it: nothing is sent back."""
    files: tuple[File, ...] = ()
    left_out: int = 0

    @property
    def thread(self) -> list[str]:
        """Ids of the mails that it may answer, the nearest first."""
        near = [self.in_reply_to] if self.in_reply_to else []
        return list(dict.fromkeys([*near, *reversed(self.references)]))


@dataclass
class _Parts:
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    left_out: int = 0


def read_mail(raw: bytes) -> Mail:
    """The mail in these bytes; raises Invalid for one made to be unreadable."""
    lowered = raw.lower()
    if lowered.count(b"multipart/") + lowered.count(b"message/rfc822") > NESTED_MAX:
        raise Invalid([Fault("", "too_deep", "the mail has too many parts within parts")])
    try:
        message = message_from_bytes(raw, policy=compat32)
        parts = _collect(message)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError):
        raise Invalid([Fault("", "unreadable", "the mail cannot be read")]) from None
    body = "\n".join(parts.plain) if any(parts.plain) else "\n".join(map(_html_text, parts.html))
    text, quoted = split_reply(_clean(body))
    name, sender = _sender(message)
    return Mail(
        id=_own_id(message, raw),
        in_reply_to=next(iter(_ids(message, "in-reply-to")), None),
        references=tuple(_ids(message, "references"))[-REFERENCES_MAX:],
        subject=one_line(_header(message, "subject"))[:290],
        sender=sender,
        sender_name=name,
        text=text[:TEXT_CHARS_MAX],
        quoted=quoted[:TEXT_CHARS_MAX],
        is_reply_of_a_machine=_is_reply_of_a_machine(message, sender),
        is_automatic=_is_automatic(message, sender),
        files=tuple(parts.files),
        left_out=parts.left_out,
    )


def _header(message: Message, name: str) -> str:
    """The header's text as it was sent, unfolded; "" where there is none."""
    for key, value in message.raw_items():
        if key.lower() == name:
            text = str(value)[:8_000]
            # Bytes that are no ASCII arrive as surrogates: most likely UTF-8 sent as it is.
            raw = text.encode("ascii", "surrogateescape") if _is_escaped(text) else text.encode()
            return re.sub(r"\r?\n[ \t]?", " ", raw.decode("utf-8", "replace")).strip()
    return ""


def _is_escaped(text: str) -> bool:
    try:
        text.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _ids(message: Message, name: str) -> list[str]:
    return _ID.findall(_header(message, name))


def _own_id(message: Message, raw: bytes) -> str:
    """The Message-ID; of a mail without one, the same for the same bytes."""
    return (
        next(iter(_ids(message, "message-id")), None) or f"<{hashlib.sha256(raw).hexdigest()}@none>"
    )


def _sender(message: Message) -> tuple[str, str | None]:
    """Name and canonical address of the one who wrote it."""
    for header in ("from", "reply-to", "sender"):
        given = _header(message, header)
        try:
            pairs = getaddresses([given])
        except (ValueError, IndexError, TypeError):
            pairs = []
        for name, address in pairs:
            if is_address(address):
                return one_line(decoded(name))[:200], canonical(address)
    return "", None


def _is_automatic(message: Message, sender: str | None) -> bool:
    automatic = _header(message, "auto-submitted").lower()
    return (
        (bool(automatic) and not automatic.startswith("no"))
        or _header(message, "precedence").lower() in {"bulk", "junk", "list", "auto_reply"}
        or bool(_header(message, "list-id") or _header(message, "x-auto-response-suppress"))
        or bool(_header(message, "x-autoreply") or _header(message, "x-autorespond"))
        or _is_reply_of_a_machine(message, sender)
    )


def _is_reply_of_a_machine(message: Message, sender: str | None) -> bool:
    local = (sender or "").partition("@")[0]
    return (
        _header(message, "return-path") == "<>"
        or message.get_content_type() == "multipart/report"
        or local in _DAEMONS - {"no-reply", "noreply", "do-not-reply"}
        or _header(message, "auto-submitted").lower().startswith("auto-replied")
        or _header(message, "precedence").lower() == "auto_reply"
    )


# ── Parts ────────────────────────────────────────────────────────────────────────────────────


def _collect(message: Message) -> _Parts:
    found = _Parts()
    for number, part in enumerate(_leaves(message)):
        if number >= PARTS_MAX:
            found.left_out += 1
        elif _is_text(part):
            kind = part.get_content_type()
            (found.html if kind == "text/html" else found.plain).append(_text(part))
        elif len(found.files) < ATTACHMENTS_MAX:
            found.files.append(_file(part, len(found.files) + 1))
        else:
            found.left_out += 1
    return found


def _leaves(message: Message) -> Iterator[Message]:
    """Parts that hold something, in order; a mail within the mail is one file, not more text."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [one for one in reversed(payload) if isinstance(one, Message)]
        else:
            yield part


def _is_text(part: Message) -> bool:
    if part.get_content_maintype() != "text" or part.get_content_type() == "text/calendar":
        return part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), str)
    disposition = _header(part, "content-disposition").lower()
    return not disposition.startswith("attachment") and not _name(part)


def _content(part: Message) -> bytes:
    """The part's bytes, decoded; of a mail within the mail, the mail."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return b"\n".join(one.as_bytes() for one in payload if isinstance(one, Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else str(payload).encode(errors="replace")


def _text(part: Message) -> str:
    content = _content(part)
    given = str(part.get_param("charset") or "").strip("'\" ").lower()
    for name in (given if _CHARSET.fullmatch(given) else "utf-8", "utf-8"):
        try:
            return content.decode(codecs.lookup(name).name)
        except (LookupError, ValueError):
            continue
    return content.decode("windows-1252", "replace")


def _name(part: Message) -> str:
    try:
        return one_line(decoded(part.get_filename() or ""))
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _file(part: Message, number: int) -> File:
    kind = part.get_content_type()
    usual = "message.eml" if kind == "message/rfc822" else f"part-{number}"
    return File(_name(part) or usual, kind, _content(part))


def _clean(text: str) -> str:
    """Text that can be stored and shown: one kind of line end, no control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", lines).replace("\xa0", " ").strip()


def _html_text(html: str) -> str:
    """What an HTML mail says, without its mark-up."""
    bounded = html[:HTML_CHARS_MAX]
    pieces: list[str] = []
    silent = 0
    try:
        for part in parts_of(bounded):
            if isinstance(part, str):
                pieces += [] if silent else [_SPACES.sub(" ", part)]
            elif part.name == "body":
                silent = 0  # many a head is never closed
            elif part.name in _SILENT:
                silent = max(0, silent - 1) if isinstance(part, End) else silent + 1
            elif part.name in _BREAKS and (isinstance(part, Start) or part.name != "br"):
                pieces.append("\n")
    except NoPage:
        return _TAG.sub(" ", bounded)
    return re.sub(r"\n{3,}", "\n\n", "".join(pieces))
