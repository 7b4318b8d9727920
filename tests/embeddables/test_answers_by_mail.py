"""Whoever wrote by a widget without an identity hears from us by mail: there is no other way."""

from typing import Any

from tests.embeddables.shop import Shop
from tests.embeddables.test_identity import email_of

INBOX = "help@northlight.example"


async def mails(shop: Shop) -> list[Any]:
    async with shop.world.services.database.transaction(shop.tenant.id) as connection:
        return list(
            await connection.fetch(
                """SELECT recipient, subject, text_body, message_id FROM outbound_mails
                    WHERE tenant_id = $1 AND kind = 'cases' ORDER BY id""",
                shop.tenant.id,
            )
        )


async def written(shop: Shop, email: str) -> dict[str, Any]:
    """The case of a stranger."""
    page = await shop.stranger()
    body = {"subject": "No light", "name": "Kim Ode", "email": email}
    answer = await page.post("/embed/v1/cases", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_stranger_reads_answers_and_the_solution_by_mail_in_one_thread(shop: Shop) -> None:
    case = await written(shop, "kim@example.com")
    await shop.world.work(shop.tenant)
    assert await mails(shop) == []
    admin = shop.tenant.admin
    await admin.do("cases.comment", case["id"], body="Which light?")
    await admin.do("cases.note", case["id"], body="Sounds like firmware")
    await shop.world.work(shop.tenant)
    await admin.do("cases.resolve", case["id"], resolution="A new cable.", resolution_code="solved")
    await shop.world.work(shop.tenant)
    sent = await mails(shop)
    assert {mail["recipient"] for mail in sent} == {"kim@example.com"}
    assert {mail["subject"] for mail in sent} == {f"[{case['number']}] No light"}
    assert [mail["text_body"].split("\n")[0] for mail in sent] == ["Which light?", "A new cable."]
    (talk,) = await admin.list("interactions", channel="email")
    assert (str(talk["case_id"]), talk["customer_name"]) == (case["id"], "Kim Ode")


async def test_the_stranger_s_reply_comes_back_to_the_case_also_where_a_customer_has_the_address(
    shop: Shop,
) -> None:
    noor = await shop.tenant.consumer()
    email = await email_of(shop, noor)
    admin = shop.tenant.admin
    inbox = await admin.do("mailboxes.create", name="Northlight help", address=INBOX)
    case = await written(shop, email)
    await admin.do("cases.comment", case["id"], body="Which light?")
    await shop.world.work(shop.tenant)
    (sent,) = await mails(shop)
    reply = (
        f"From: {email}\r\nTo: {INBOX}\r\nSubject: Re: {sent['subject']}\r\n"
        f"In-Reply-To: {sent['message_id']}\r\nMessage-ID: <r1@example.com>\r\n"
        "\r\nThe left one.\r\n"
    )
    answer = await admin.http().post(
        f"/api/v1/mailboxes/{inbox['id']}/receive",
        content=reply.encode(),
        headers={"Content-Type": "message/rfc822"},
    )
    assert (answer.json()["status"], answer.json()["case_id"]) == ("commented", case["id"])
    assert await noor.list("cases") == []


async def test_whoever_can_sign_in_reads_in_the_portal_and_gets_no_mail(shop: Shop) -> None:
    page = await shop.as_("kim@example.com", name="Kim Ode")
    case = (await page.post("/embed/v1/cases", json={"subject": "No light"})).json()
    await shop.tenant.admin.do("cases.comment", case["id"], body="Which light?")
    await shop.world.work(shop.tenant)
    assert await mails(shop) == []
