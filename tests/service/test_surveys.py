"""Surveys: who is asked after a case, how they answer once, and what is counted."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.service.surveys.errors import SurveyAnswered, SurveyOver
from backend.service.surveys.models import Withheld
from backend.service.surveys.rules import answer_faults, is_sampled
from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.portals.browsing import Browser
from tests.service.desk import Desk


async def a_survey(desk: Desk, **values: Any) -> dict[str, Any]:
    given = {"name": "After every case", "title": "How was it?"}
    made: dict[str, Any] = await desk.admin.do("surveys.create", **(given | values))
    return made


async def a_solved_case(desk: Desk, **values: Any) -> dict[str, Any]:
    case = await desk.case(**values)
    await desk.agent.do("cases.start", case["id"])
    await desk.agent.do("cases.resolve", case["id"], resolution="Changed the fuse")
    await desk.tenant.world.work(desk.tenant)
    return case


async def links(desk: Desk) -> list[str]:
    """The links that were mailed, oldest first."""
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        rows = await ctx.fetch(
            """SELECT text_body FROM outbound_mails
                WHERE tenant_id = $1 AND kind = 'survey_invitations' ORDER BY id""",
            desk.tenant.id,
        )
    found = (re.search(r"(/survey\?token=\S+)", row["text_body"]) for row in rows)
    return [match[1] for match in found if match]


async def invitations(desk: Desk, **query: str) -> list[dict[str, Any]]:
    return await desk.admin.list("survey_invitations", **query)


async def test_customer_answers_once_by_the_link_without_signing_in(desk: Desk) -> None:
    survey = await a_survey(
        desk, questions=[{"key": "fast", "text": "Fast?", "kind": "yes_no", "required": True}]
    )
    case = await a_solved_case(desk)
    (link,) = await links(desk)
    browser = Browser(desk.tenant.world, desk.tenant.slug)
    await browser.get(link)
    assert "How was it?" in browser.text
    assert case["number"] in browser.text
    token = link.partition("token=")[2]
    answer = await browser.post("/survey", {"token": token, "score": "4"})
    assert answer.status_code == 422
    answer = await browser.post(
        "/survey", {"token": token, "score": "4", "comment": "Friendly", "q-fast": "yes"}
    )
    assert answer.status_code == 200
    assert "Thank you. We read it." in browser.text
    (said,) = await desk.admin.list("survey_answers")
    assert (said["score"], said["comment"], said["answers"], said["door"]) == (
        4,
        "Friendly",
        {"fast": True},
        "link",
    )
    assert (said["case_id"], said["assigned_to_id"]) == (case["id"], desk.agent.profile_id)
    again = await browser.get(link)
    assert (again.status_code, "This was answered already." in browser.text) == (409, True)
    assert await desk.admin.list("survey_answers") == [said]
    results = await desk.admin.do("surveys.results", survey["id"])
    assert (results.asked, results.answered, results.average) == (1, 1, "4.00")
    assert results.satisfied_percent == "100.0"
    assert results.first_response_seconds is not None
    assert [(a.id, a.answered) for a in results.agents] == [(desk.agent.profile_id, 1)]


async def test_a_survey_answered_twice_is_refused_by_name_and_changes_nothing(desk: Desk) -> None:
    await a_survey(desk)
    await a_solved_case(desk)
    (asked,) = await desk.contact.list("survey_invitations")
    form = await desk.contact.do("survey_invitations.form", asked["id"])
    assert form.title == "How was it?"
    await desk.contact.do("survey_invitations.answer", asked["id"], score=2)
    before = await desk.admin.list("survey_answers")
    with pytest.raises(SurveyAnswered):
        await desk.contact.do("survey_invitations.answer", asked["id"], score=5)
    assert await desk.admin.list("survey_answers") == before
    (mine,) = await desk.contact.list("survey_answers")
    assert (mine["score"], mine["door"]) == (2, "portal")


async def test_nobody_else_sees_or_answers_what_somebody_was_asked(desk: Desk) -> None:
    await a_survey(desk)
    await a_solved_case(desk)
    (asked,) = await desk.contact.list("survey_invitations")
    colleague = await desk.tenant.contact(desk.account, name="Another")
    assert await colleague.list("survey_invitations") == []
    with pytest.raises(NotFound):
        await colleague.do("survey_invitations.answer", asked["id"], score=1)
    with pytest.raises(Forbidden):
        await desk.agent.do("survey_invitations.answer", asked["id"], score=5)
    assert await desk.admin.list("survey_answers") == []


async def test_a_link_of_another_tenant_or_a_guessed_one_opens_nothing(desk: Desk) -> None:
    await a_survey(desk)
    await a_solved_case(desk)
    (link,) = await links(desk)
    token = link.partition("token=")[2]
    other = await desk.tenant.world.tenant()
    for slug, tried in ((other.slug, token), (desk.tenant.slug, token[:-3] + "abc")):
        browser = Browser(desk.tenant.world, slug)
        answer = await browser.get(f"/survey?token={tried}")
        assert answer.status_code == 404
        assert "No light on the router" not in browser.text
        await browser.get("/signin")
        answer = await browser.post("/survey", {"token": tried, "score": "5"})
        assert answer.status_code == 404
    assert await desk.admin.list("survey_answers") == []


async def test_a_link_is_over_when_its_time_is(desk: Desk) -> None:
    await a_survey(desk)
    await a_solved_case(desk)
    (asked,) = await desk.contact.list("survey_invitations")
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        await ctx.execute(
            """UPDATE survey_invitations SET expires_at = now() - interval '1 minute'
                WHERE tenant_id = $1""",
            desk.tenant.id,
        )
    with pytest.raises(SurveyOver):
        await desk.contact.do("survey_invitations.answer", asked["id"], score=5)
    assert await desk.admin.list("survey_answers") == []


async def test_whoever_was_asked_lately_is_left_in_peace(desk: Desk) -> None:
    await a_survey(desk, quiet_days=30)
    first, second = await a_solved_case(desk), await a_solved_case(desk)
    states = {r["case_id"]: (r["state"], r["withheld_reason"]) for r in await invitations(desk)}
    assert states == {first["id"]: ("sent", None), second["id"]: ("withheld", "quiet")}
    assert len(await links(desk)) == 1


async def test_a_sample_of_none_asks_nobody_and_says_so(desk: Desk) -> None:
    await a_survey(desk, sample_percent=0)
    await a_solved_case(desk)
    (row,) = await invitations(desk)
    assert (row["state"], row["withheld_reason"]) == ("withheld", "sampled_out")
    assert await desk.contact.list("survey_invitations") == []


async def test_a_case_taken_up_again_before_the_letter_goes_is_not_asked_about(desk: Desk) -> None:
    await a_survey(desk, delay_minutes=60)
    case = await a_solved_case(desk)
    assert [r["state"] for r in await invitations(desk)] == ["waiting"]
    await desk.contact.do("cases.reopen", case["id"])
    await in_an_hour(desk)
    (row,) = await invitations(desk)
    assert (row["state"], row["withheld_reason"]) == ("withheld", "reopened")
    await desk.agent.do("cases.resolve", case["id"], resolution="Really now")
    await desk.tenant.world.work(desk.tenant)
    await in_an_hour(desk)
    assert {r["round"]: r["state"] for r in await invitations(desk)} == {0: "withheld", 1: "sent"}


async def in_an_hour(desk: Desk) -> None:
    """Let what is due by then be done."""
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        await ctx.execute(
            "UPDATE jobs SET run_at = now() WHERE tenant_id = $1 AND name = 'surveys.send'",
            desk.tenant.id,
        )
    await desk.tenant.world.work(desk.tenant)


async def test_faults_of_a_survey_and_of_an_answer_are_named_together(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        await a_survey(
            desk,
            questions=[
                {"key": "a", "text": "A", "kind": "choice"},
                {"key": "a", "text": "B", "kind": "text", "choices": ["x"]},
            ],
        )
    assert [fault.pointer for fault in refused.value.faults] == [
        "/questions/0/choices",
        "/questions/1/key",
        "/questions/1/choices",
    ]
    assert await desk.admin.list("surveys") == []
    asked = [
        {"key": "n", "text": "N", "kind": "rating", "required": True},
        {"key": "c", "text": "C", "kind": "choice", "choices": ["x"]},
    ]
    faults = answer_faults(asked, {"c": "y", "z": 1})
    assert [(f.pointer, f.code) for f in faults] == [
        ("/answers/z", "unknown_field"),
        ("/answers/n", "missing"),
        ("/answers/c", "not_an_answer"),
    ]


async def test_agents_read_what_was_said_of_their_own_work_alone(desk: Desk) -> None:
    await a_survey(desk)
    await a_solved_case(desk)
    (asked,) = await desk.contact.list("survey_invitations")
    await desk.contact.do("survey_invitations.answer", asked["id"], score=5)
    colleague = await desk.tenant.member("agent_b2b", name="Another agent")
    assert len(await desk.agent.list("survey_answers")) == 1
    assert await colleague.list("survey_answers") == []
    with pytest.raises(Forbidden):
        await desk.agent.do("surveys.results", str(uuid4()))


@given(st.uuids(), st.uuids(), st.integers(0, 5), st.integers(0, 99))
def test_a_larger_sample_holds_the_smaller_one(
    survey: UUID, case: UUID, turn: int, percent: int
) -> None:
    if is_sampled(survey, case, turn, percent):
        assert is_sampled(survey, case, turn, percent + 1)
    assert is_sampled(survey, case, turn, 100)
    assert not is_sampled(survey, case, turn, 0)


def test_every_reason_to_ask_nobody_has_a_name() -> None:
    assert {each.value for each in Withheld} == {
        "sampled_out", "quiet", "no_address", "reopened", "ended",
    }  # fmt: skip
