"""#35: nothing that somebody writes becomes a header; and a mail is sent once it is committed."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from typing import Any, cast
from uuid import UUID

import pytest
import pytest_asyncio

from infra.kernel.config import Settings
from infra.kernel.errors import Invalid
from infra.kernel.ids import uuid7
from infra.kernel.mail import address, decoded, one_line, queue_mail
from infra.kernel.services import Services
from tests.kernel import workshop
from tests.kernel.workshop import jobs, until, working

EVIL = (
    "Hello\r\nBcc: evil@example.com",
    "Hello\nBcc: evil@example.com",
    "=?UTF-8?Q?Hello=0A?=Bcc: evil@example.com",
    "=?UTF-8?Q?=0D=0ABcc:_evil@example.com?=",
    "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
    "=?UTF-8?Q?=3D=3FUTF-8=3FQ=3F=3D0ABcc=3A_evil=40example=2Ecom=3F=3D?=",
    "Hello\u2028Bcc: evil@example.com\x85X: y",
    "=?no-such-charset?Q?=0A?= x",
)


@pytest_asyncio.fixture(scope="session")
async def services(library: Services, kernel_settings: Settings) -> AsyncIterator[Services]:
    async with workshop.opened(library, kernel_settings) as services:
        yield services


@dataclass
class SmtpSink:
    """A mail server on loopback that keeps the raw bytes."""

    refuse: bytes = b""
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
            elif verb == b"RCPT":
                self.recipients.append(line.decode().strip())
                if self.refuse:
                    writer.write(self.refuse)
                    continue
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            writer.write(b"250 ok\r\n")
        writer.close()


@asynccontextmanager
async def smtp() -> AsyncIterator[tuple[SmtpSink, str]]:
    sink = SmtpSink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    try:
        yield sink, f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def mail_row(services: Services, tenant: UUID, mail: UUID) -> Any:
    async with services.database.transaction(tenant) as connection:
        return await connection.fetchrow(
            "SELECT * FROM outbound_mails WHERE tenant_id = $1 AND id = $2", tenant, mail
        )


async def in_state(services: Services, tenant: UUID, mail: UUID, state: str) -> bool:
    return bool((await mail_row(services, tenant, mail))["state"] == state)


def dropped(services: Services, mail: UUID) -> EmailMessage:
    raw = (services.settings.data_dir / "mail" / f"{mail}.eml").read_bytes()
    return cast("EmailMessage", email.message_from_bytes(raw, policy=email.policy.default))


async def test_without_a_mail_server_mail_lands_in_the_folder(
    services: Services, tenant: UUID
) -> None:
    async with working(services):
        async with services.system(tenant, reason="test") as ctx:
            mail = await queue_mail(
                ctx, "Ada@Example.com", "Grüße aus Köln", "Hallo", html="<p>Hallo</p>",
                headers={"In-Reply-To": "<1@x>", "Auto-Submitted": "auto-generated"},
                sender_name="Müller, Bank",
            )  # fmt: skip
        await until(lambda: in_state(services, tenant, mail, "sent"))
    message = dropped(services, mail)
    assert (message["To"], message["Subject"]) == ("ada@example.com", "Grüße aus Köln")
    assert message["From"].addresses[0].display_name == "Müller, Bank"
    assert (message["In-Reply-To"], message["Message-ID"]) == ("<1@x>", f"<{mail}@localhost>")
    assert "Hallo" in str(message.get_body(("html",)))


@pytest.mark.parametrize("evil", EVIL)
async def test_35_no_subject_or_name_becomes_a_header(
    services: Services, kernel_settings: Settings, tenant: UUID, evil: str
) -> None:
    async with smtp() as (sink, url):
        settings = replace(kernel_settings, smtp_url=url)
        async with workshop.opened(services, settings) as ours, working(ours):
            async with ours.system(tenant, reason="test") as ctx:
                mail = await queue_mail(ctx, "ada@example.com", evil, evil, sender_name=evil)
            await until(lambda: in_state(ours, tenant, mail, "sent"))
    head = sink.mails[0].split(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n") if line[:1].isalpha()]
    assert sorted(names) == sorted(
        [b"from", b"to", b"subject", b"date", b"message-id", b"content-type",
         b"content-transfer-encoding", b"mime-version"]
    )  # fmt: skip
    assert sink.recipients == ["rcpt TO:<ada@example.com>"]


@pytest.mark.parametrize("evil", EVIL[:6])
async def test_35_a_line_break_in_an_extra_header_is_refused(
    services: Services, tenant: UUID, evil: str
) -> None:
    with pytest.raises(Invalid) as refused:
        async with services.system(tenant, reason="test") as ctx:
            await queue_mail(
                ctx, f"a@x.com,{evil}", "s", "t", headers={"References": evil, "Bcc": "a@b.c"}
            )
    pointers = [fault.pointer for fault in refused.value.faults]
    assert pointers == ["/headers/References", "/headers/Bcc", "/to"]


@pytest.mark.parametrize(
    "wrong",
    ["", "ada", "ada@", "@x.com", "a b@x.com", "a@x.com\n", "a@x.com, b@x.com", "<a@x.com>",
     "a@-x.com", "a@x..com", ".a@x.com", "a@x.com\x00", "ädä@x.com", "a" * 65 + "@x.com",
     "a@" + "x" * 300, "a@x.com>\r\nRCPT TO:<b@x.com"],
)  # fmt: skip
def test_what_is_no_address_is_refused(wrong: str) -> None:
    if wrong.strip() == "a@x.com":
        return
    with pytest.raises(ValueError, match="is not an e-mail address"):
        address(wrong)


def test_an_address_has_one_form() -> None:
    assert address(" Ada.Lovelace+crm@Example.COM ") == "ada.lovelace+crm@example.com"


def test_encoded_words_are_resolved_and_never_made() -> None:
    assert decoded("=?UTF-8?Q?caf=C3=A9?=") == "café"
    assert one_line("a\r\n\tb   c\x1b[31m") == "a b c [31m"
    assert "=?" not in one_line("=" * 3 + "?UTF-8?Q?=0A?=?=")


async def test_20_repetitions_send_one_mail(
    services: Services, kernel_settings: Settings, tenant: UUID
) -> None:
    async with smtp() as (sink, url):
        settings = replace(kernel_settings, smtp_url=url)
        async with workshop.opened(services, settings) as ours, working(ours):
            async with ours.system(tenant, reason="test") as ctx:
                mail = await queue_mail(ctx, "ada@example.com", "s", "t")
            await until(lambda: in_state(ours, tenant, mail, "sent"))
            async with ours.system(tenant, reason="test") as ctx:
                for _ in range(20):
                    ctx.enqueue("mail.send", {"mail_id": str(mail)})
            await until(lambda: all_sent(ours, tenant))
    assert len(sink.mails) == 1


async def all_sent(services: Services, tenant: UUID) -> bool:
    found = await jobs(services, tenant, "mail.send")
    return len(found) == 21 and {row["state"] for row in found} == {"done"}


async def test_an_address_that_the_server_refuses_for_good_is_not_tried_again(
    services: Services, kernel_settings: Settings, tenant: UUID
) -> None:
    async with smtp() as (sink, url):
        sink.refuse = b"550 no such user\r\n"
        settings = replace(kernel_settings, smtp_url=url)
        async with workshop.opened(services, settings) as ours, working(ours):
            async with ours.system(tenant, reason="test") as ctx:
                mail = await queue_mail(ctx, f"{uuid7().hex}@example.com", "s", "t")
            await until(lambda: in_state(ours, tenant, mail, "failed"))
            await until(lambda: is_dead(ours, tenant))
    assert len(sink.recipients) == 1


async def is_dead(services: Services, tenant: UUID) -> bool:
    return [row["state"] for row in await jobs(services, tenant, "mail.send")] == ["dead"]
