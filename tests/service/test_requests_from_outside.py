"""Requests from the catalogue as people outside meet them: over HTTP, with every fault named."""

from typing import Any

import httpx2
import pytest

from tests.service.test_fulfilling_requests import Shop
from tests.world import Actor, World

FORM = [
    {"name": "kind", "label": "What?", "kind": "choice", "choices": ["laptop", "phone"],
     "required": True},
    {"name": "price", "label": "Price", "kind": "decimal", "minimum": 0},
    {"name": "why", "label": "Why so dear?", "kind": "long_text", "required": True,
     "visible_when": "answers.price > 1000"},
    {"name": "sim", "label": "SIM", "kind": "text", "pattern": "[0-9]{4}",
     "visible_when": "answers.kind == 'phone'", "required_when": "answers.price > 100"},
    {"name": "seats", "label": "Seats", "kind": "integer", "minimum": 1, "maximum": 9},
    {"name": "urgent", "label": "Urgent?", "kind": "boolean"},
    {"name": "extras", "label": "Extras", "kind": "choices", "choices": ["bag", "dock"]},
    {"name": "day", "label": "Day", "kind": "date"},
    {"name": "at", "label": "At", "kind": "datetime"},
    {"name": "site", "label": "Site", "kind": "url"},
    {"name": "mail", "label": "Mail", "kind": "email"},
]  # fmt: skip


@pytest.fixture
async def shop(world: World) -> Shop:
    return await Shop(world, await world.tenant()).open()


async def phone(shop: Shop, actor: Actor) -> httpx2.AsyncClient:
    return await shop.world.session(shop.tenant, actor)


async def ask(client: httpx2.AsyncClient, item: dict[str, Any], **body: Any) -> httpx2.Response:
    return await client.post(f"/api/v1/catalog_items/{item['id']}/request", json=body)


def faults(answer: httpx2.Response) -> list[tuple[str, str]]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    return sorted((each["pointer"], each["code"]) for each in answer.json()["errors"])


async def test_what_is_not_asked_is_neither_demanded_nor_kept(shop: Shop) -> None:
    item, maya = await shop.item(form=FORM, tasks=[]), await phone(shop, shop.maya)
    asked = await ask(maya, item, answers={"kind": "laptop", "price": "900.50"})
    assert asked.status_code == 200, asked.text
    assert asked.json()["answers"] == {"kind": "laptop", "price": "900.50"}
    refused = await ask(
        maya, item, answers={"kind": "laptop", "price": 900.5, "why": "x", "sim": "1234"}
    )
    assert (refused.status_code, faults(refused)) == (
        422, [("/answers/sim", "not_asked"), ("/answers/why", "not_asked")],
    )  # fmt: skip
    assert len(await shop.admin.list("cases")) == 1


async def test_what_the_answers_make_needed_is_demanded(shop: Shop) -> None:
    item, maya = await shop.item(form=FORM, tasks=[]), await phone(shop, shop.maya)
    refused = await ask(maya, item, answers={"kind": "phone", "price": 1000.01})
    assert faults(refused) == [("/answers/sim", "missing"), ("/answers/why", "missing")]
    assert (await ask(maya, item, answers={"kind": "phone", "price": 99})).status_code == 200
    full = {"kind": "phone", "price": 1000.01, "why": "Best", "sim": "1234"}
    assert (await ask(maya, item, answers=full)).status_code == 200


async def test_every_fault_is_named_and_nothing_is_opened(shop: Shop) -> None:
    item, maya = await shop.item(form=FORM, tasks=[]), await phone(shop, shop.maya)
    wrong = {
        "kind": "car", "price": -1, "seats": 10, "urgent": "yes", "extras": ["boat"],
        "day": "2026-13-01", "at": "soon", "site": "ftp://x", "mail": "maya", "colour": "red",
    }  # fmt: skip
    refused = await ask(maya, item, answers=wrong)
    assert refused.status_code == 422
    assert faults(refused) == sorted(
        (f"/answers/{name}", "unknown_field" if name == "colour" else "invalid_value")
        for name in wrong
    )
    for body in ([], "x", 7, {"kind": {"a": 1}}, {"kind": "laptop", "price": "1e999"}):
        assert (await ask(maya, item, answers=body)).status_code == 422
    assert await shop.admin.list("cases") == []
    assert await shop.admin.list("catalog_requests") == []


async def test_a_wrong_answer_is_no_reason_to_refuse_those_that_hang_on_it(shop: Shop) -> None:
    item, maya = await shop.item(form=FORM, tasks=[]), await phone(shop, shop.maya)
    refused = await ask(maya, item, answers={"kind": "phone", "price": "dear", "why": "Best"})
    assert faults(refused) == [("/answers/price", "invalid_value")]


async def test_answers_of_all_kinds_are_kept_and_told(shop: Shop) -> None:
    item, maya = await shop.item(form=FORM, tasks=[]), await phone(shop, shop.maya)
    given = {
        "kind": "laptop", "price": 12.5, "seats": 3, "urgent": False, "extras": ["dock", "bag"],
        "day": "2026-12-01", "at": "2026-12-01T10:00:00+01:00", "site": "https://example.com/a",
        "mail": "maya@example.com",
    }  # fmt: skip
    asked = (await ask(maya, item, answers=given)).json()
    assert asked["answers"] == given | {
        "price": "12.5", "extras": ["bag", "dock"], "at": "2026-12-01T09:00:00Z",
    }  # fmt: skip
    case = await shop.admin.read("cases", asked["case_id"])
    assert "Urgent?: no" in case["description"]
    assert "Extras: bag, dock" in case["description"]


async def test_consent_is_asked_by_the_amount_that_was_answered(shop: Shop) -> None:
    item = await shop.item(form=FORM, tasks=[])
    boss = await shop.tenant.contact(shop.company, "customer_admin", name="Bo Boss")
    await shop.admin.do(
        "approval_rules.create", key="dear", name="Dear things", active=True,
        resource="catalog_requests", condition="record.answers.price > 500",
        levels=[{"approvers": [{"who": "company", "name": "customer_admin", "via": "account"}]}],
    )  # fmt: skip
    maya = await phone(shop, shop.maya)
    cheap = await ask(maya, item, answers={"kind": "laptop", "price": "500"})
    assert cheap.json()["fulfilment"] == "fulfilling"
    dear = await ask(maya, item, answers={"kind": "laptop", "price": "500.01"})
    assert dear.json()["fulfilment"] == "awaiting_approval"
    assert (await (await shop.again(boss)).do("approvals.waiting")).count == 1


async def test_many_requests_are_sent_at_once_and_each_has_its_own_result(shop: Shop) -> None:
    item, maya = await shop.item(form=FORM, tasks=[]), await phone(shop, shop.maya)
    sent = [await ask(maya, item, answers={"kind": kind}) for kind in ("laptop", "phone", "car")]
    assert [each.status_code for each in sent] == [200, 200, 422]
    assert len({each.json()["case_number"] for each in sent[:2]}) == 2


async def test_a_file_goes_along_with_the_request(shop: Shop) -> None:
    item, maya = await shop.item(form=FORM, tasks=[]), await phone(shop, shop.maya)
    made = (await ask(maya, item, answers={"kind": "laptop"})).json()
    sent = await maya.post(
        "/api/v1/attachments",
        data={"kind": "cases", "record_id": made["case_id"]},
        files={"file": ("offer.txt", b"An offer", "text/plain")},
    )
    assert sent.status_code in {200, 201}, sent.text
    rows = await shop.admin.list("attachments", record_id=made["case_id"])
    assert [row["name"] for row in rows] == ["offer.txt"]


async def test_neighbours_neither_see_nor_ask(shop: Shop) -> None:
    item = await shop.item(form=FORM, tasks=[])
    made = (await ask(await phone(shop, shop.maya), item, answers={"kind": "laptop"})).json()
    other = await Shop(shop.world, await shop.world.tenant()).open()
    there = await phone(other, other.maya)
    assert (await ask(there, item, answers={"kind": "laptop"})).status_code == 404
    place = f"/api/v1/catalog_requests/{made['id']}"
    assert (await there.get(place)).status_code == 404
    assert (await there.post(f"{place}/cancel", json={})).status_code == 404
    assert (await shop.request(made))["fulfilment"] == "fulfilling"
