"""The letter of a survey and its questions, in the tenant's words and the reader's language."""

from typing import Any

import pytest

from infra.kernel.errors import Forbidden, Invalid
from tests.platform.workflow import plain
from tests.portals.browsing import Browser
from tests.service.desk import Desk
from tests.service.test_surveys import a_solved_case, a_survey, links

FRENCH = {
    "en": {
        "subject": "{{ letter.title }}",
        "body": "Hello {{ recipient.name }}: {{ letter.link }}",
    },
    "fr": {
        "subject": "{{ letter.title }} : {{ record.number }}",
        "body": "Bonjour {{ recipient.name }}, {{ letter.intro }} {{ letter.link }}",
    },
}
QUESTION: dict[str, Any] = {
    "key": "way", "text": "Which way?", "kind": "choice", "choices": ["phone", "mail"],
    "translations": {"de": {"text": "Auf welchem Weg?", "choices": ["Telefon", "Post"]}},
}  # fmt: skip
WORDS = {"de": {"title": "Wie war es?"}, "fr": {"title": "Alors ?", "intro": "Dites-nous."}}


async def a_text(desk: Desk, **values: Any) -> None:
    given: dict[str, Any] = {"key": "notre_lettre", "name": "Notre lettre", "resource": "cases"}
    await desk.admin.do("message_templates.create", **(given | {"texts": FRENCH} | values))


async def mailed(desk: Desk) -> list[tuple[str, str]]:
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        rows = await ctx.fetch(
            """SELECT subject, text_body FROM outbound_mails
                WHERE tenant_id = $1 AND kind = 'survey_invitations' ORDER BY id""",
            desk.tenant.id,
        )
    return [(row["subject"], row["text_body"]) for row in rows]


async def test_a_survey_is_mailed_by_a_text_of_the_tenants_in_the_customers_language(
    desk: Desk,
) -> None:
    await a_text(desk)
    await desk.admin.do("contacts.update", desk.contact_id, locale="fr-CH")
    await a_survey(desk, letter="notre_lettre", translations=WORDS)
    case = await a_solved_case(desk)
    (link,) = await links(desk)
    ((subject, body),) = await mailed(desk)
    assert subject == f"Alors ? : {case['number']}"
    assert body.startswith("Bonjour Maya Lindqvist, Dites-nous. http")
    assert link in body


async def test_a_survey_without_a_letter_of_its_own_uses_that_for_all_surveys(
    desk: Desk,
) -> None:
    (text,) = await desk.admin.list("message_templates", key="survey_invitation")
    await desk.admin.do(
        "message_templates.update", text["id"], texts={"en": {"subject": "Hm?", "body": "Well?"}}
    )
    await a_survey(desk)
    await a_solved_case(desk)
    assert await mailed(desk) == [("Hm?", "Well?")]
    await desk.admin.do("message_templates.delete", text["id"])
    case = await a_solved_case(desk, subject="Again")
    subject, body = (await mailed(desk))[1]
    assert subject == f"How was it? ({case['number']})"
    assert f"how did we do with your case {case['number']}, “Again”?" in body


async def test_the_questions_are_asked_in_the_language_of_the_page_and_kept_as_they_are(
    desk: Desk,
) -> None:
    await a_survey(desk, questions=[QUESTION], translations=WORDS)
    await a_solved_case(desk)
    (link,) = await links(desk)
    browser = Browser(desk.tenant.world, desk.tenant.slug)
    browser.http.cookies.set("locale", "de")
    await browser.get(link)
    assert "Wie war es?" in browser.text
    assert "Auf welchem Weg?" in browser.text
    assert '<option value="mail">Post</option>' in browser.page
    answer = await browser.post(
        "/survey", {"token": link.partition("token=")[2], "score": "5", "q-way": "mail"}
    )
    assert answer.status_code == 200
    (said,) = await desk.admin.list("survey_answers")
    assert said["answers"] == {"way": "mail"}


async def test_an_admin_sees_letter_and_page_before_anything_is_kept(desk: Desk) -> None:
    await a_text(desk)
    body = {"title": "How was it?", "questions": [QUESTION], "translations": WORDS}
    told = plain(await desk.admin.do("surveys.preview", **body, locale="de"))
    assert told["letter"]["locale"] == "de"
    assert told["letter"]["subject"] == "Wie war es? (CS1042)"
    assert told["form"]["title"] == "Wie war es?"
    assert told["form"]["questions"][0]["labels"] == ["Telefon", "Post"]
    told = plain(await desk.admin.do("surveys.preview", **body, letter="notre_lettre", locale="fr"))
    assert told["letter"]["body"].startswith("Bonjour ")
    assert await desk.admin.list("surveys") == []
    assert await desk.admin.list("survey_invitations") == []
    with pytest.raises(Forbidden):
        await desk.agent.do("surveys.preview", **body)


async def test_a_survey_that_cannot_work_is_refused_with_every_fault(desk: Desk) -> None:
    await a_text(desk, key="reply", kind="reply")
    odd = QUESTION | {"translations": {"de": {"choices": ["Telefon"]}}}
    for letter in ("nowhere", "reply"):
        with pytest.raises(Invalid) as refused:
            await a_survey(desk, letter=letter, questions=[odd])
        assert {(f.pointer, f.code) for f in refused.value.faults} == {
            ("/letter", "not_found"),
            ("/questions/0/translations/de/choices", "choices"),
        }
    assert await desk.admin.list("surveys") == []


async def test_a_text_is_read_as_it_stands_for_a_record_before_it_is_kept(desk: Desk) -> None:
    case = await desk.case()
    before = await desk.admin.list("message_templates")
    told = plain(
        await desk.admin.do(
            "message_templates.preview", resource="cases", record_id=str(case["id"]), locale="de",
            texts={"en": {"body": "About {{ record.number }}"},
                   "de": {"subject": "Zu {{ record.number }}", "body": "{{ record.subject }}"}},
        )
    )  # fmt: skip
    assert (told["subject"], told["body"]) == (f"Zu {case['number']}", case["subject"])
    with pytest.raises(Invalid) as refused:
        await desk.admin.do(
            "message_templates.preview", resource="nothing", texts={"de": {"body": "{{ secret }}"}}
        )
    assert {f.pointer for f in refused.value.faults} == {
        "/texts", "/texts/de/body", "/resource",
    }  # fmt: skip
    assert await desk.admin.list("message_templates") == before


async def test_only_addresses_of_the_tenants_own_pages_become_links_in_a_letter(
    desk: Desk,
) -> None:
    await a_survey(desk, intro="See https://evil.example/x and tell us.")
    await a_solved_case(desk)
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        html = await ctx.fetchval(
            """SELECT html_body FROM outbound_mails
                WHERE tenant_id = $1 AND kind = 'survey_invitations'""",
            desk.tenant.id,
        )
    assert html.count("<a href=") == 1
    assert "/survey?token=" in html.partition("<a href=")[2].partition(">")[0]
