"""Row 35: mail header injection, seen in the bytes that leave."""

import pytest

from tests.omnichannel.desk import Desk
from tests.world import World

INBOX = "help@northlight.example"


@pytest.mark.parametrize(
    "subject",
    [
        "Hello\r\n Bcc: x@evil.example",
        "=?UTF-8?Q?Hello=0ABcc:_x@evil.example?=",
        "=?UTF-8?Q?Hello=0D=0ABcc:_x@evil.example?=",
        "=?UTF-8?B?SGVsbG8KQmNjOiB4QGV2aWwuZXhhbXBsZQ==?=",
    ],
)
async def test_35_a_mail_header_cannot_be_smuggled_through_subject_or_name(
    world: World, subject: str
) -> None:
    desk = Desk(world, await world.tenant())
    inbox = await desk.tenant.admin.do("mailboxes.create", name="Help", address=INBOX)
    raw = (
        f"From: =?UTF-8?Q?Eve=0ABcc:_y@evil.example?= <eve@elsewhere.example>\r\nTo: {INBOX}\r\n"
        f"Subject: {subject}\r\nMessage-ID: <x@y>\r\n\r\nHello\r\n"
    ).encode()
    client = desk.tenant.admin.http()
    answer = await client.post(
        f"/api/v1/mailboxes/{inbox['id']}/receive",
        content=raw,
        headers={"Content-Type": "message/rfc822"},
    )
    told = answer.json()
    await desk.tenant.admin.do("cases.comment", told["case_id"], body="Answer")
    await desk.work()
    folder = desk.world.services.settings.data_dir / "mail"
    ids = [
        row["id"] for row in await desk.sql("SELECT id FROM outbound_mails WHERE tenant_id = $1")
    ]
    assert len(ids) == 2, "the acknowledgement and the answer"
    for mail_id in ids:
        head = (folder / f"{mail_id}.eml").read_bytes().partition(b"\r\n\r\n")[0].lower()
        assert not any(line.startswith(b"bcc") for line in head.split(b"\r\n"))
        assert b"to: eve@elsewhere.example" in head
