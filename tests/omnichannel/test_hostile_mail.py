"""Mail that others wrote, and mail that nobody should have: read, or refused with words."""

import contextlib
import time
from email.message import EmailMessage
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.omnichannel.channels.email.parsing import read_mail
from backend.omnichannel.channels.email.quoting import split_reply
from infra.kernel.errors import Invalid
from tests.guards import EXTERNAL

MIME4J = EXTERNAL / "mail" / "mime4j"
REPLIES = EXTERNAL / "mail" / "talon" / "fixtures" / "standard_replies"
MESSAGES = sorted(MIME4J.glob("*.msg"))


@given(st.binary(max_size=4_000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_mail_or_are_refused(raw: bytes) -> None:
    with contextlib.suppress(Invalid):
        mail = read_mail(raw)
        assert "\0" not in mail.text + mail.subject + mail.quoted
        (mail.text + mail.quoted + mail.subject).encode()


HEADERS = st.sampled_from(
    [
        "From:",
        "Subject:",
        "Content-Type: multipart/mixed; boundary=",
        "Content-Type: text/plain; charset=",
        "Content-Transfer-Encoding:",
        "Content-Disposition: attachment; filename=",
        "Message-ID:",
        "References:",
        "--a",
        "=?utf-8?q?",
        "=?x?b?",
        "<a@b>",
        "base64",
        '"',
        "a",
        ";",
        "unicode_escape",
        "punycode",
        "utf-7",
        ":",
        "(",
        "message/rfc822",
        "\x00",
        "ÿ",
        "\r",
        "\n",
    ]
)


@given(st.lists(HEADERS, max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_heap_of_header_pieces_is_a_mail_or_is_refused(pieces: list[str]) -> None:
    with contextlib.suppress(Invalid):
        mail = read_mail("".join(pieces).encode("latin-1"))
        (mail.text + mail.subject + mail.sender_name + "".join(f.name for f in mail.files)).encode()


def test_parts_within_parts_and_endless_lines_cost_little() -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5_000)
    )
    flat = b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 50_000
    lines = b"From: a@b.example\n\n" + (b"On 1 2 3 " * 200_000) + b"\n" + b"> " * 500_000
    began = time.process_time()
    with pytest.raises(Invalid):
        read_mail(nested)
    assert read_mail(flat).left_out > 0
    assert read_mail(lines).sender == "a@b.example"
    assert time.process_time() - began < 8


def test_html_alone_is_read_as_text_without_its_scripts() -> None:
    message = EmailMessage()
    message["From"] = "a@b.example"
    message.set_content(
        "<head><style>p{}</style></head><p>Hello&nbsp;<b>you</b></p><script>x()</script><p>Bye</p>",
        subtype="html",
    )
    assert read_mail(message.as_bytes()).text.split() == ["Hello", "you", "Bye"]


@pytest.mark.parametrize(
    "piece",
    [
        "<a ",
        "<!--",
        "<!",
        "<![CDATA[",
        "<?",
        "</",
        "<",
        "<a b='",
        "<div>",
        "<head>",
        "<title>",
        "&#",
    ],
)
def test_html_is_read_in_one_pass_however_broken_it_is(piece: str) -> None:
    """Python's own reader took minutes for 60 kB of some of these."""
    began = time.process_time()
    mail = read_mail(html_mail("<p>Hello</p>" + piece * (600_000 // len(piece))))
    assert mail.text.startswith("Hello")
    assert time.process_time() - began < 8


def test_a_head_that_is_never_closed_hides_no_words() -> None:
    text = "<html><head><style>p{}</style><title>News</title><body><p>Hello</p></html>"
    assert read_mail(html_mail(text)).text == "Hello"


def html_mail(html: str) -> bytes:
    message = EmailMessage()
    message["From"] = "a@b.example"
    message.set_content(html, subtype="html", cte="8bit")
    return message.as_bytes()


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Yes.\n\nOn Mon, 2 Nov 2026, Bob wrote:\n> Really?", "Yes."),
        ("Ja.\n\nAm 02.11.2026 um 10:00 schrieb Bob:\n> Wirklich?", "Ja."),
        ("Oui.\n\nLe lun. 2 nov. 2026 à 10:00, Bob <b@x>\na écrit :\n\n> Vraiment ?", "Oui."),
        ("No.\n\n-----Original Message-----\nFrom: Bob\nSent: x\nTo: y\nSubject: z\n\nHi", "No."),
        ("No.\n\nVon: Bob\nGesendet: Montag\nAn: Ann\nBetreff: Hallo\n\nHallo", "No."),
        ("> Is it red?\nYes\n> And loud?\nNo", "> Is it red?\nYes\n> And loud?\nNo"),
        ("> only quoted", "> only quoted"),
        ("On 3 May it rained.\nI wrote: nothing", "On 3 May it rained.\nI wrote: nothing"),
        ("", ""),
    ],
)
def test_what_was_written_is_told_from_what_was_quoted(text: str, reply: str) -> None:
    assert split_reply(text)[0] == reply


@pytest.mark.external
@pytest.mark.parametrize("path", sorted(REPLIES.glob("*.eml")), ids=lambda path: path.stem)
def test_replies_of_other_peoples_mail_programs(path: Path) -> None:
    written = read_mail(path.read_bytes()).text
    expected = path.with_name(f"{path.stem}_reply_text")
    words = expected.read_text() if expected.exists() else "Hello"
    assert written.split() == words.split()


@pytest.mark.external
@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_hostile_mail_of_other_people_is_read_as_they_expect(path: Path) -> None:
    """The words of the first text and the bytes of every file. Where a mail is broken, two readers
    may draw the line between head and body elsewhere: no word of the text may be missing then."""
    mail = read_mail(path.read_bytes())
    told = path.with_name(f"{path.stem}_decoded.xml")
    expected = parts(told, "text-body")
    if expected and mail.text and b"<html" not in expected[0].lower():
        wanted = [word for word in expected[0].decode("utf-8", "replace").split() if word.isascii()]
        got = [word for word in f"{mail.text} {mail.quoted}".split() if word.isascii()]
        assert got[: len(wanted)] == wanted or set(wanted) <= set(got)
    for content in parts(told, "binary-body") if mail.files else ():
        assert content in [file.content for file in mail.files]


def parts(told: Path, kind: str) -> list[bytes]:
    """The decoded parts that the description names, as far as they are there."""
    with contextlib.suppress(ET.ParseError, FileNotFoundError):
        places = [told.with_name(leaf.get("name", "-")) for leaf in ET.parse(told).iter(kind)]
        return [place.read_bytes() for place in places if place.exists()]
    return []
