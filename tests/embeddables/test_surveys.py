"""Surveys on other sites' pages: asked of whoever had the case, answered once."""

from typing import Any

from tests.embeddables.shop import Shop
from tests.embeddables.test_identity import email_of
from tests.world import Actor


async def a_solved_case(shop: Shop, noor: Actor, **survey: Any) -> dict[str, Any]:
    admin = shop.tenant.admin
    await shop.change(components={"survey": {}})
    await admin.do("surveys.create", name="After every case", title="How was it?", **survey)
    case: dict[str, Any] = await noor.do("cases.create", subject="The line is dead")
    await admin.do("cases.start", case["id"])
    await admin.do("cases.resolve", case["id"], resolution="Plugged it in")
    await shop.world.work(shop.tenant)
    return case


async def test_a_customer_is_asked_about_their_case_and_answers_once(shop: Shop) -> None:
    noor = await shop.tenant.consumer()
    question = {"key": "fast", "text": "Fast?", "kind": "yes_no", "required": True}
    case = await a_solved_case(shop, noor, questions=[question])
    page = await shop.as_(await email_of(shop, noor))
    (asked,) = (await page.get("/embed/v1/surveys")).json()["data"]
    assert (asked["title"], asked["case_number"]) == ("How was it?", case["number"])
    assert [each["key"] for each in asked["questions"]] == ["fast"]
    place = f"/embed/v1/surveys/{asked['id']}/answer"
    refused = await page.post(place, json={"score": 7})
    assert {each["pointer"] for each in refused.json()["errors"]} >= {"/score"}
    body = {"score": 5, "comment": "Kind", "answers": {"fast": True}}
    for _ in range(2):
        said = await page.post(place, json=body, headers={"Idempotency-Key": "one"})
        assert (said.status_code, said.json()) == (200, {"score": 5})
    again = await page.post(place, json=body | {"score": 1})
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "survey-answered")
    (kept,) = await shop.tenant.admin.list("survey_answers")
    assert (kept["score"], kept["comment"], kept["door"]) == (5, "Kind", "widget")
    assert (await page.get("/embed/v1/surveys")).json() == {"data": []}


async def test_nobody_is_asked_about_somebody_elses_case(shop: Shop) -> None:
    noor = await shop.tenant.consumer()
    await a_solved_case(shop, noor)
    (asked,) = await shop.tenant.admin.list("survey_invitations")
    for page in (await shop.stranger(), await shop.as_("kim@example.com")):
        assert (await page.get("/embed/v1/surveys")).json() == {"data": []}
        said = await page.post(f"/embed/v1/surveys/{asked['id']}/answer", json={"score": 1})
        assert said.status_code in {403, 404}
    assert await shop.tenant.admin.list("survey_answers") == []
