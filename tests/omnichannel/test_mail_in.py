"""Mail comes in: cases, threads, copies, machines, strangers and attackers."""

import asyncio
from email.message import EmailMessage
from typing import Any

import pytest
import pytest_asyncio

from infra.kernel.worker_loop import Worker
from tests.omnichannel.desk import Desk
from tests.world import Actor

INBOX = "help@northlight.example"


@pytest_asyncio.fixture
async def inbox(desk: Desk) -> dict[str, Any]:
    made: dict[str, Any] = await desk.tenant.admin.do(
        "mailboxes.create", name="Northlight help", address=INBOX.upper()
    )
    return made


def mail(
    sender: str,
    subject: str = "The line is dead",
    body: str = "Since this morning.",
    **headers: str,
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, INBOX, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message


async def send(desk: Desk, inbox: dict[str, Any], message: EmailMessage | bytes) -> dict[str, Any]:
    raw = message if isinstance(message, bytes) else message.as_bytes()
    answer = await desk.tenant.admin.http().post(
        f"/api/v1/mailboxes/{inbox['id']}/receive",
        content=raw,
        headers={"Content-Type": "message/rfc822"},
    )
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def address_of(desk: Desk, person: Actor) -> str:
    kind = "contacts" if person.caller.attributes.get("contact_id") else "consumers"
    key = person.caller.attributes["contact_id"] or person.caller.attributes["consumer_id"]
    return str((await desk.tenant.admin.read(kind, key))["email"])


async def mails_out(desk: Desk) -> list[Any]:
    return await desk.sql(
        """SELECT message_id, recipient, subject, text_body, headers::text AS headers
             FROM outbound_mails WHERE tenant_id = $1 ORDER BY id"""
    )


async def test_a_customers_mail_becomes_their_case_and_is_acknowledged(
    desk: Desk, inbox: dict[str, Any]
) -> None:
    maya = await desk.tenant.contact()
    address = await address_of(desk, maya)

    told = await send(
        desk, inbox, mail(f"Maya <{address.upper()}>", Message_ID="<one@example.com>")
    )

    assert told["status"] == "case_opened"
    seen = await maya.read("cases", told["case_id"])
    assert (seen["channel"], seen["subject"]) == ("email", "The line is dead")
    assert seen["description"] == "Since this morning."
    assert seen["contact_id"] == maya.caller.attributes["contact_id"]
    (out,) = await mails_out(desk)
    assert out["recipient"] == address
    assert told["case_number"] in out["subject"]
    assert '"Auto-Submitted": "auto-replied"' in out["headers"].replace('":"', '": "')
    assert "<one@example.com>" in out["headers"]
    await desk.work()
    assert (await desk.item({"id": told["case_id"]}))["channel"] == "email"


async def test_an_answer_to_our_mail_is_a_comment_on_the_same_case_once(
    desk: Desk, inbox: dict[str, Any]
) -> None:
    maya = await desk.tenant.contact()
    address = await address_of(desk, maya)
    first = await send(desk, inbox, mail(address))
    await desk.work()
    await desk.tenant.admin.do("cases.comment", first["case_id"], body="Is the lamp red?")
    await desk.work()
    ours = (await mails_out(desk))[-1]
    assert ours["text_body"] == "Is the lamp red?"

    told = await send(
        desk,
        inbox,
        mail(
            address,
            "Re: something else entirely",
            "Yes.\n\nOn Mon, 2 Nov 2026 at 10:00, Northlight wrote:\n> Is the lamp red?",
            In_Reply_To=ours["message_id"],
        ),
    )
    await desk.work()

    assert (told["status"], told["case_id"]) == ("commented", first["case_id"])
    stream = await maya.list("activity_entries", record_id=first["case_id"], entry_type="comment")
    assert [(e["author_kind"], e["body"]) for e in stream] == [
        ("staff", "Is the lamp red?"),
        ("customer", "Yes."),
    ]
    said = await desk.tenant.admin.list("messages", case_id=first["case_id"])
    assert [m["direction"] for m in said] == ["inbound", "outbound", "outbound", "inbound"]
    assert said[-1]["activity_entry_id"] == stream[-1]["id"]
    assert said[-1]["quoted"].startswith("On Mon, 2 Nov 2026")
    assert len(await mails_out(desk)) == 2


async def test_the_resolution_is_mailed_and_an_answer_opens_the_case_again(
    desk: Desk, inbox: dict[str, Any]
) -> None:
    noor = await desk.tenant.consumer()
    address = await address_of(desk, noor)
    first = await send(desk, inbox, mail(address))
    await desk.tenant.admin.do(
        "cases.resolve", first["case_id"], resolution="We changed the cable."
    )
    await desk.work()
    ours = (await mails_out(desk))[-1]
    assert ours["text_body"].startswith("We changed the cable.")

    told = await send(
        desk, inbox, mail(address, "Re: it", "Still dead.", In_Reply_To=ours["message_id"])
    )

    assert (told["status"], told["case_id"]) == ("commented", first["case_id"])
    assert (await noor.read("cases", first["case_id"]))["state"] == "new"


async def test_a_number_in_the_subject_leads_only_the_cases_own_people_into_it(
    desk: Desk, inbox: dict[str, Any]
) -> None:
    maya, mallory = await desk.tenant.contact(), await desk.tenant.contact(name="Mallory")
    address = await address_of(desk, maya)
    first = await send(desk, inbox, mail(address))
    subject = f"Re: [{first['case_number']}] The line is dead"

    theirs = await send(desk, inbox, mail(await address_of(desk, mallory), subject, "Let me in"))
    stranger = await send(desk, inbox, mail("stranger@elsewhere.example", subject, "And me"))
    own = await send(desk, inbox, mail(address, subject, "It works by now"))

    assert theirs["status"] == stranger["status"] == "case_opened"
    assert own["status"] == "commented"
    assert len({first["case_id"], theirs["case_id"], stranger["case_id"]}) == 3
    stream = await maya.list("activity_entries", record_id=first["case_id"], entry_type="comment")
    assert [entry["body"] for entry in stream] == ["It works by now"]


async def test_somebody_elses_copy_of_our_mail_does_not_open_the_case_to_them(
    desk: Desk, inbox: dict[str, Any]
) -> None:
    maya = await desk.tenant.contact()
    first = await send(desk, inbox, mail(await address_of(desk, maya)))
    (ours,) = await mails_out(desk)

    told = await send(
        desk, inbox, mail("stranger@elsewhere.example", In_Reply_To=ours["message_id"])
    )

    assert told["status"] == "case_opened"
    assert told["case_id"] != first["case_id"]


async def test_a_stranger_gets_a_case_without_a_customer_and_can_go_on_with_it(
    desk: Desk, inbox: dict[str, Any]
) -> None:
    first = await send(desk, inbox, mail("new@elsewhere.example", Message_ID="<a@elsewhere>"))
    again = await send(
        desk, inbox, mail("new@elsewhere.example", "Re: it", "More", References="<a@elsewhere>")
    )

    case = await desk.tenant.admin.read("cases", first["case_id"])
    assert (case["customer_kind"], case["contact_id"], case["consumer_id"]) == (
        "unknown",
        None,
        None,
    )
    assert (again["status"], again["case_id"]) == ("commented", first["case_id"])
    notes = await desk.tenant.admin.list("activity_entries", record_id=first["case_id"])
    assert any("no contact or consumer" in entry["body"] for entry in notes)


async def test_twenty_copies_of_one_mail_at_once_are_one_case(
    desk: Desk, inbox: dict[str, Any]
) -> None:
    message = mail("new@elsewhere.example", Message_ID="<copy@elsewhere>")
    told = await asyncio.gather(*(send(desk, inbox, message) for _ in range(20)))

    assert sorted(one["status"] for one in told) == ["case_opened"] + ["duplicate"] * 19
    assert len({one["case_id"] for one in told}) == 1
    assert len(await desk.tenant.admin.list("cases")) == 1
    assert len(await mails_out(desk)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Return_Path": "<>"},
        {"Auto_Submitted": "auto-replied (vacation)"},
        {"Precedence": "auto_reply"},
    ],
)
async def test_what_a_machine_answers_opens_nothing_and_is_not_answered(
    desk: Desk, inbox: dict[str, Any], headers: dict[str, str]
) -> None:
    told = await send(desk, inbox, mail("robot@elsewhere.example", "Out of office", **headers))
    assert told["status"] == "ignored"
    assert await desk.tenant.admin.list("cases") == []
    assert await mails_out(desk) == []


async def test_what_a_machine_sends_by_itself_is_a_case_without_an_answer(
    desk: Desk, inbox: dict[str, Any]
) -> None:
    told = await send(desk, inbox, mail("probe@elsewhere.example", Auto_Submitted="auto-generated"))
    assert told["status"] == "case_opened"
    assert await mails_out(desk) == []


async def test_our_own_address_writing_to_us_is_no_case(desk: Desk, inbox: dict[str, Any]) -> None:
    assert (await send(desk, inbox, mail(INBOX)))["status"] == "ignored"


async def test_files_come_with_the_case_under_harmless_names(
    desk: Desk, inbox: dict[str, Any]
) -> None:
    maya = await desk.tenant.contact()
    message = mail(await address_of(desk, maya))
    message.add_attachment(
        b"%PDF-", maintype="application", subtype="pdf", filename="../../etc/bill.pdf"
    )
    told = await send(desk, inbox, message)
    listed = await desk.tenant.admin.list("attachments", record_id=told["case_id"])
    assert [(file["name"], file["size_bytes"]) for file in listed] == [("bill.pdf", 5)]


async def test_another_tenants_mailbox_and_mails_are_unknown(
    desk: Desk, inbox: dict[str, Any]
) -> None:
    other = Desk(desk.world, await desk.world.tenant("Other"))
    theirs = await other.tenant.admin.do("mailboxes.create", name="Theirs", address=INBOX)
    answer = await desk.tenant.admin.http().post(
        f"/api/v1/mailboxes/{theirs['id']}/receive",
        content=mail("a@elsewhere.example").as_bytes(),
        headers={"Content-Type": "message/rfc822"},
    )
    assert answer.status_code == 404
    first = await send(desk, inbox, mail("a@elsewhere.example", Message_ID="<shared@id>"))
    told = await send(
        other,
        theirs,
        mail("a@elsewhere.example", f"Re: [{first['case_number']}]", In_Reply_To="<shared@id>"),
    )
    assert told["status"] == "case_opened"


async def test_bad_bodies_get_their_answers(desk: Desk, inbox: dict[str, Any]) -> None:
    client = desk.tenant.admin.http()
    address = f"/api/v1/mailboxes/{inbox['id']}/receive"
    answers = [
        await client.post(address, content=b"", headers={"Content-Type": "message/rfc822"}),
        await client.post(address, content=b"x", headers={"Content-Type": "application/json"}),
        await client.post(address, content=b"x" * (10 * 1024 * 1024 + 1),
                          headers={"Content-Type": "message/rfc822"}),
        await client.post(address, content=b"Content-Type: multipart/mixed; boundary=a\n\n" * 200,
                          headers={"Content-Type": "message/rfc822"}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [400, 415, 413, 422]
    agent = await desk.agent()
    refused = await perform_refused(agent, inbox)
    assert refused == "Forbidden"


async def perform_refused(agent: Actor, inbox: dict[str, Any]) -> str:
    try:
        await agent.do("mailboxes.receive", to=inbox["address"], content="eA==")
    except Exception as error:  # noqa: BLE001  which refusal it is, is the point
        return type(error).__name__
    return ""


async def test_a_reaction_that_runs_twice_mails_once(desk: Desk, inbox: dict[str, Any]) -> None:
    told = await send(desk, inbox, mail("new@elsewhere.example"))
    await desk.tenant.admin.do("cases.comment", told["case_id"], body="Hello")
    await desk.work()
    before = len(await mails_out(desk))
    await desk.sql(
        """UPDATE jobs SET state = 'queued', run_at = now(), dedupe_key = NULL, fence = fence + 1
            WHERE tenant_id = $1 AND name LIKE 'reaction:%send_comment' RETURNING id"""
    )
    await Worker(desk.world.services).drain(desk.tenant.id)
    await desk.work()
    assert len(await mails_out(desk)) == before
