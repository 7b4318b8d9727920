"""Staff outside the service desk open cases for customers, and follow the ones they opened."""

import pytest

from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.service.desk import Desk


async def test_a_contributor_opens_cases_of_companies_and_follows_their_own(desk: Desk) -> None:
    theirs = await desk.case()
    clerk = await desk.tenant.member("account_contributor", name="Karl")
    mine = await clerk.do("cases.create", subject="Called me", contact_id=desk.contact_id)
    assert [row["id"] for row in await clerk.list("cases")] == [mine["id"]]
    await clerk.do("cases.comment", mine["id"], body="They called again")
    with pytest.raises(NotFound):
        await clerk.do("cases.comment", theirs["id"], body="Not mine")
    with pytest.raises(Forbidden):
        await clerk.do("cases.resolve", mine["id"], resolution="Done")


async def test_a_contributor_for_companies_opens_none_for_a_consumer(desk: Desk) -> None:
    noor = await desk.admin.do("consumers.create", name="Noor")
    clerk = await desk.tenant.member("account_contributor", name="Karl")
    with pytest.raises((Forbidden, Invalid)):
        await clerk.do("cases.create", subject="x", consumer_id=str(noor["id"]))
    assert await desk.admin.list("cases") == []


async def test_words_of_a_contributor_are_staffs_first_answer(desk: Desk) -> None:
    clerk = await desk.tenant.member("account_contributor", name="Karl")
    mine = await clerk.do(
        "cases.create", subject="x", contact_id=desk.contact_id,
        sold_product_id=str(desk.router["id"]),
    )  # fmt: skip
    await clerk.do("cases.comment", mine["id"], body="We are on it")
    assert (await desk.clocks(mine))["response"]["state"] == "met"
