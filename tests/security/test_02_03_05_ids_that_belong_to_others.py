"""#2, #3, #5: secondary keys, ids inside bodies and links that point where one may not look."""

from typing import Any

import pytest_asyncio

from infra.kernel.ids import uuid7
from tests.security.neighbours import (
    Neighbours,
    bearing,
    changed,
    neighbours,
    operations,
    state_of,
)
from tests.world import World


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(services: Any, app: Any) -> Any:
    world = World(services, app)
    yield await neighbours(world)
    await world.close()


async def test_2_numbers_and_codes_of_another_tenant_lead_to_nothing_of_it(
    two: Neighbours,
) -> None:
    stranger, admin = two.http(two.other), two.http(two.home)
    account = (await admin.get(f"/api/v1/accounts/{two.desk.account['id']}")).json()
    contact = (await admin.get(f"/api/v1/contacts/{two.desk.contact_id}")).json()
    for path in (
        f"cases/{two.case['number']}",
        f"accounts/{account['number']}",
        f"articles/{(await admin.get('/api/v1/articles')).json()['data'][0]['number']}",
    ):
        answer = await stranger.get(f"/api/v1/{path}")
        assert answer.status_code == 404, path
    for query in (
        f"accounts?code={account['code']}",
        f"contacts?email={contact['email']}",
        f"users?email={contact['email']}",
        f"sold_products?serial_number={two.desk.router['serial_number']}",
        f"cases?q={two.case['subject'].split()[0]}",
        f"attachments/of_record?kind=cases&record_id={two.case['id']}",
    ):
        answer = await stranger.get(f"/api/v1/{query}")
        assert answer.status_code in {200, 404, 422}, answer.text
        if answer.status_code == 200:
            told = answer.json()
            assert told in ([], {"data": [], "next": None}) or told["data"] == [], query
        assert str(two.case["id"]) not in answer.text
        assert str(two.desk.contact_id) not in answer.text


async def test_2_an_address_known_to_another_tenant_can_be_used_anew(two: Neighbours) -> None:
    admin, stranger = two.http(two.home), two.http(two.other)
    contact = (await admin.get(f"/api/v1/contacts/{two.desk.contact_id}")).json()
    body = {"email": contact["email"], "name": "Somebody else"}
    answer = await stranger.post("/api/v1/users", json=body)
    assert answer.status_code == 201, "nor may a refusal tell that it is known elsewhere"
    assert answer.json()["id"] != contact["user_id"]


def references(two: Neighbours) -> list[tuple[str, str, str]]:
    """Every column of every body that names another record: collection, column, target."""
    found = []
    registry = two.world.services.registry
    for resource in registry.resources.values():
        view = resource.view("staff")
        for column, target in resource.reference_columns.items():
            if view and column in (*view.create, *view.update):
                found.append((resource.name, column, target))
    return found


async def test_3_foreign_ids_in_bodies_read_like_ids_that_never_were(two: Neighbours) -> None:
    stranger, before = two.http(two.other), await state_of(two.world, two.home.id)
    samples = creates(two)
    met = 0
    for collection, column, target in references(two):
        if collection not in samples or target not in two.ids:
            continue
        answers = []
        wrong_kind = two.ids["accounts" if target == "cases" else "cases"]
        for key in (two.ids[target], str(uuid7()), wrong_kind):
            body = samples[collection] | {column: key}
            answer = await stranger.post(f"/api/v1/{collection}", json=body)
            assert 400 <= answer.status_code < 500, (collection, column, answer.text)
            told = answer.json()
            told.pop("request_id")
            answers.append(told)
        assert answers[0] == answers[1] == answers[2], (collection, column)
        met += any(e["pointer"] == f"/{column}" for e in answers[0].get("errors", ()))
    assert met >= 15
    assert changed(before, await state_of(two.world, two.home.id)) == []


def creates(two: Neighbours) -> dict[str, dict[str, Any]]:
    """Collection → the smallest body that makes a record of it."""
    return {
        each.collection: each.body or {}
        for each in operations(two.document)
        if each.method == "post" and each.path == f"/api/v1/{each.collection}"
    }


async def test_3_an_id_of_the_wrong_kind_within_the_tenant_is_refused(two: Neighbours) -> None:
    admin = two.http(two.home)
    for body in (
        {"subject": "x", "account_id": two.desk.contact_id},
        {"subject": "x", "contact_id": str(two.desk.account["id"])},
        {"subject": "x", "sold_product_id": str(two.case["id"])},
        {"subject": "x", "parent_id": str(two.desk.account["id"])},
        {"subject": "x", "assigned_to_id": str(two.desk.contact_id)},
        {"subject": "x", "assigned_to_id": str(two.desk.contact.profile_id)},
    ):
        answer = await admin.post("/api/v1/cases", json=body)
        assert answer.status_code in {409, 422}, (body, answer.text)


async def test_5_a_link_to_a_case_that_one_may_not_see_is_refused(two: Neighbours) -> None:
    hidden = two.case
    stranger = await two.home.contact(name="Another company's")
    client = await bearing(two.world, stranger)
    own = (await client.post("/api/v1/cases", json={"subject": "Mine"})).json()
    note = "aGVsbG8="
    upload = (await client.post("/api/v1/attachments", json={"name": "a", "content": note})).json()
    before = await two.desk.stored(hidden)
    tries = [
        ("POST", f"cases/{own['id']}/attach_article", {"article_id": str(hidden["id"])}),
        ("POST", f"attachments/{upload['id']}/attach",
         {"kind": "cases", "record_id": str(hidden["id"])}),
        ("POST", "attachments",
         {"name": "b", "content": note, "kind": "cases", "record_id": str(hidden["id"])}),
        ("POST", "cases", {"subject": "Under", "parent_id": str(hidden["id"])}),
        ("PATCH", f"cases/{own['id']}", {"parent_id": str(hidden["id"])}),
        ("POST", "cases", {"subject": "Its", "sold_product_id": str(two.desk.router["id"])}),
        ("POST", "case_tasks", {"case_id": str(hidden["id"]), "subject": "Look"}),
        ("POST", f"cases/{hidden['id']}/comment", {"body": "Let me in"}),
        ("POST", "interactions/start_chat", {"body": "Hi", "case_id": str(hidden["id"])}),
    ]  # fmt: skip
    for method, path, body in tries:
        answer = await client.request(method, f"/api/v1/{path}", json=body)
        assert answer.status_code in {403, 404, 422}, (path, answer.status_code, answer.text)
        assert hidden["subject"] not in answer.text
        assert hidden["number"] not in answer.text
    assert await two.desk.stored(hidden) == before
