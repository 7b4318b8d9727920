"""Many hands on one case, or on one hierarchy, at the same moment: always a legal outcome."""

import asyncio

from infra.kernel.errors import Conflict, Problem
from tests.service.desk import Desk


async def test_of_many_who_finish_a_case_at_once_one_does(desk: Desk) -> None:
    case = await desk.case()
    verbs = [
        ("cases.resolve", {"resolution": "Done"}),
        ("cases.cancel", {"reason": "Withdrawn"}),
    ] * 10
    answers = await asyncio.gather(
        *(desk.agent.do(verb, case["id"], **body) for verb, body in verbs), return_exceptions=True
    )
    refused = [each for each in answers if isinstance(each, BaseException)]
    assert len(refused) == len(verbs) - 1
    assert all(isinstance(each, Conflict) for each in refused)
    final = (await desk.stored(case))["state"]
    ends = [e["details"]["verb"] for e in await desk.stream(case) if e["entry_type"] == "change"]
    assert ends == ["create", {"resolved": "resolve", "cancelled": "cancel"}[final]]
    states = {clock["state"] for clock in (await desk.clocks(case)).values()}
    assert states == {{"resolved": "met", "cancelled": "cancelled"}[final]}


async def test_two_who_start_a_case_leave_it_with_one_of_them(desk: Desk) -> None:
    case = await desk.case()
    second = await desk.tenant.member("agent_b2b", name="Second")
    await asyncio.gather(
        desk.agent.do("cases.start", case["id"]), second.do("cases.start", case["id"])
    )
    final = await desk.stored(case)
    assert final["assigned_to_id"] in {desk.agent.profile_id, second.profile_id}
    assert final["version"] == 3


async def test_crossing_moves_never_close_a_circle(desk: Desk) -> None:
    tenant = desk.tenant
    tops = [await tenant.account(f"Top {code}", code=code) for code in ("TA", "TB", "TC")]
    moves = [
        tenant.admin.do("accounts.update", one["id"], parent_id=str(other["id"]))
        for one in tops
        for other in tops
        if one is not other
    ]
    answers = await asyncio.gather(*moves, return_exceptions=True)
    assert all(isinstance(each, dict | Problem) for each in answers)
    rows = {str(row["id"]): row for row in await tenant.admin.list("accounts")}
    for row in rows.values():
        chain, at = [row["code"]], row
        while at["parent_id"] is not None:
            at = rows[str(at["parent_id"])]
            assert at["code"] not in chain
            chain.append(at["code"])
        assert row["path"] == "".join(f"{code}/" for code in reversed(chain))


async def test_the_same_person_entered_twice_at_once_is_one_person(desk: Desk) -> None:
    admin = desk.admin
    accounts = [await desk.tenant.account(f"Company {n}") for n in range(6)]
    await asyncio.gather(
        *(
            admin.do(
                "contacts.create", account_id=str(each["id"]), name="Mia", email="mia@example.com"
            )
            for each in accounts
        ),
        return_exceptions=True,
    )
    assert len(await admin.list("users", email="mia@example.com")) == 1
    entered = await admin.list("contacts", email="mia@example.com")
    assert len({contact["user_id"] for contact in entered}) == 1
