"""From a request to what was asked for: consent first, then tasks in their order."""

import asyncio
from typing import Any

import pytest

from backend.platform.approvals.errors import NobodyToAsk
from backend.service.cases.errors import CaseTaskBlocked
from backend.service.cases.resources import cases
from backend.service.requests.errors import RequestBegun, RequestOver, RequestUnderWay
from backend.service.requests.fulfilling import request_of
from backend.service.requests.resources import catalog_requests
from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.world import Actor, Tenant, World

FORM = [
    {"name": "seats", "label": "Seats", "kind": "integer", "required": True},
    {"name": "why", "label": "Why?", "kind": "text", "visible_when": "answers.seats > 10"},
]
TASKS = [
    {"key": "order", "subject": "Order the licences", "step": 1},
    {"key": "tell", "subject": "Tell the team", "step": 1, "when": "answers.seats > 10"},
    {"key": "install", "subject": "Install them", "step": 2},
]
WAIT_UNTIL_SOMEBODY_WAITS = """DO $$ BEGIN
    WHILE NOT EXISTS (SELECT 1 FROM pg_locks
                       WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))
    LOOP PERFORM pg_sleep(0.01); END LOOP; END $$"""


class Shop:
    """A catalogue, a company and its people."""

    def __init__(self, world: World, tenant: Tenant) -> None:
        self.world, self.tenant, self.admin = world, tenant, tenant.admin

    async def open(self) -> "Shop":
        self.catalog = await self.admin.do("catalogs.create", name="Services")
        self.company = await self.tenant.account("Harbour")
        self.maya = await self.tenant.contact(self.company, name="Maya")
        return self

    async def item(self, **values: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self.admin.do(
            "catalog_items.create",
            **({"catalog_id": str(self.catalog["id"]), "name": "Licences", "form": FORM,
                "tasks": TASKS} | values),
        )  # fmt: skip
        await self.admin.do("catalog_items.publish", made["id"])
        return made

    async def approver(self) -> Actor:
        """Somebody of the company whose consent its requests need."""
        boss = await self.tenant.contact(self.company, "customer_admin", name="Bo Boss")
        await self.admin.do(
            "approval_rules.create", key="purchase", name="Purchases", active=True,
            resource="catalog_requests", condition="record.approval == 'purchase'",
            levels=[{"approvers": [
                {"who": "company", "name": "customer_admin", "via": "account"}]}],
        )  # fmt: skip
        return boss

    async def asks(self, item: dict[str, Any], **answers: Any) -> dict[str, Any]:
        maya = await self.again(self.maya)
        made: dict[str, Any] = await maya.do("catalog_items.request", item["id"], answers=answers)
        return made

    async def again(self, actor: Actor) -> Actor:
        return await self.world.actor(self.tenant, actor.profile_id)

    async def tasks(self, request: dict[str, Any]) -> dict[str, dict[str, Any]]:
        rows = await self.admin.list("case_tasks", case_id=str(request["case_id"]))
        return {row["subject"]: row for row in rows}

    async def request(self, request: dict[str, Any]) -> dict[str, Any]:
        return await self.admin.read("catalog_requests", request["id"])

    async def work(self) -> None:
        await self.world.work(self.tenant, rounds=60)


@pytest.fixture
async def shop(world: World) -> Shop:
    return await Shop(world, await world.tenant()).open()


async def test_tasks_come_in_steps_and_the_last_fulfils_the_request(shop: Shop) -> None:
    request = await shop.asks(await shop.item(), seats=20, why="Growth")
    assert (request["fulfilment"], request["task_count"], request["form_version"]) == (
        "fulfilling", 3, 1,
    )  # fmt: skip
    tasks = await shop.tasks(request)
    with pytest.raises(CaseTaskBlocked):
        await shop.admin.do("case_tasks.complete", tasks["Install them"]["id"])
    for subject in ("Order the licences", "Tell the team"):
        await shop.admin.do("case_tasks.complete", tasks[subject]["id"])
    await shop.work()
    assert (await shop.request(request))["done_count"] == 2
    await shop.admin.do("case_tasks.complete", tasks["Install them"]["id"])
    await shop.work()
    request = await shop.request(request)
    assert (request["fulfilment"], request["done_count"]) == ("fulfilled", 3)
    assert request["fulfilled_at"] is not None


async def test_only_the_tasks_that_the_answers_need_are_given_out(shop: Shop) -> None:
    request = await shop.asks(await shop.item(), seats=2)
    assert sorted(await shop.tasks(request)) == ["Install them", "Order the licences"]


async def test_the_companys_own_approver_decides_before_anything_is_begun(shop: Shop) -> None:
    item = await shop.item(approval="purchase")
    boss = await shop.approver()
    request = await shop.asks(item, seats=2)
    assert request["fulfilment"] == "awaiting_approval"
    assert await shop.tasks(request) == {}
    case = await shop.admin.read("cases", request["case_id"])
    assert case["state"] == "waiting_internal"
    boss = await shop.again(boss)
    told = await boss.do("approvals.waiting")
    assert (told.count, told.items[0].kind) == (1, "catalog_requests")
    seen = await boss.read("catalog_requests", request["id"])
    assert seen["answers"] == {"seats": 2}
    await boss.do("approval_requests.approve", told.items[0].request_id)
    await shop.work()
    assert (await shop.request(request))["fulfilment"] == "fulfilling"
    assert len(await shop.tasks(request)) == 2
    assert (await shop.admin.read("cases", request["case_id"]))["state"] == "new"


async def test_what_was_refused_is_not_begun_and_its_case_ends(shop: Shop) -> None:
    item = await shop.item(approval="purchase")
    boss = await shop.approver()
    request = await shop.asks(item, seats=2)
    boss = await shop.again(boss)
    (waiting,) = (await boss.do("approvals.waiting")).items
    await boss.do("approval_requests.reject", waiting.request_id, reason="Too dear")
    await shop.work()
    assert (await shop.request(request))["fulfilment"] == "rejected"
    assert (await shop.admin.read("cases", request["case_id"]))["state"] == "cancelled"
    assert await shop.tasks(request) == {}


async def test_an_item_that_wants_consent_of_nobody_is_refused_whole(shop: Shop) -> None:
    item = await shop.item(approval="purchase")
    with pytest.raises(NobodyToAsk):
        await shop.asks(item, seats=2)
    assert await shop.admin.list("cases") == []
    assert await shop.admin.list("catalog_requests") == []


async def test_changed_answers_are_agreed_to_anew(shop: Shop) -> None:
    item = await shop.item(approval="purchase")
    boss = await shop.approver()
    request = await shop.asks(item, seats=2)
    (first,) = (await (await shop.again(boss)).do("approvals.waiting")).items
    with pytest.raises(Invalid):
        await shop.maya.do("catalog_requests.change", request["id"], answers={"seats": "x"})
    await shop.maya.do("catalog_requests.change", request["id"], answers={"seats": 5})
    (second,) = (await (await shop.again(boss)).do("approvals.waiting")).items
    assert second.request_id != first.request_id
    case = await shop.admin.read("cases", request["case_id"])
    assert case["description"] == "Seats: 5"
    assert (await shop.request(request))["answers"] == {"seats": 5}


async def test_a_request_is_withdrawn_while_nobody_has_begun(shop: Shop) -> None:
    item = await shop.item()
    request = await shop.asks(item, seats=2)
    stranger = await shop.tenant.contact()
    with pytest.raises((NotFound, Forbidden)):
        await stranger.do("catalog_requests.cancel", request["id"])
    with pytest.raises(RequestBegun):
        await shop.maya.do("catalog_requests.change", request["id"], answers={"seats": 3})
    await shop.maya.do("catalog_requests.cancel", request["id"], reason="Not needed")
    await shop.work()
    assert (await shop.request(request))["fulfilment"] == "cancelled"
    assert (await shop.admin.read("cases", request["case_id"]))["state"] == "cancelled"
    assert {t["state"] for t in (await shop.tasks(request)).values()} == {"cancelled"}
    with pytest.raises(RequestOver):
        await shop.maya.do("catalog_requests.change", request["id"], answers={"seats": 3})
    other = await shop.asks(item, seats=2)
    task = (await shop.tasks(other))["Order the licences"]
    await shop.admin.do("case_tasks.start", task["id"])
    with pytest.raises(RequestUnderWay):
        await shop.maya.do("catalog_requests.cancel", other["id"])
    assert (await shop.request(other))["fulfilment"] == "fulfilling"


async def test_a_new_edition_of_the_form_leaves_old_answers_as_they_were(shop: Shop) -> None:
    item = await shop.item(tasks=[])
    request = await shop.asks(item, seats=2)
    await shop.admin.do("catalog_items.update", item["id"], form=FORM[:1])
    assert (await shop.admin.read("catalog_items", item["id"]))["form_version"] == 2
    stored = await shop.request(request)
    assert (stored["form_version"], len(stored["form"])) == (1, 2)
    await shop.maya.do(
        "catalog_requests.change", request["id"], answers={"seats": 20, "why": "More"}
    )
    assert (await shop.request(request))["answers"] == {"seats": 20, "why": "More"}


async def test_an_item_with_broken_conditions_is_not_kept(shop: Shop) -> None:
    with pytest.raises(Invalid) as refused:
        await shop.item(
            form=[{"name": "a", "label": "A", "kind": "text", "visible_when": "answers.b > 1"}],
            tasks=[{"key": "x", "subject": "X", "when": "nothing"}],
        )
    assert sorted(f.pointer for f in refused.value.faults) == [
        "/form/0/visible_when", "/tasks/0/when",
    ]  # fmt: skip
    assert await shop.admin.list("catalog_items") == []


async def test_a_form_is_tried_with_its_tasks_before_anything_is_kept(shop: Shop) -> None:
    form = [
        {"name": "seats", "label": "Seats", "kind": "integer", "required": True},
        {
            "name": "why", "label": "Why", "kind": "text", "visible_when": "answers.seats > 10",
            "translations": {"de": {"label": "Warum"}},
        },
    ]  # fmt: skip
    tasks = [
        {"key": "order", "subject": "Order", "step": 2},
        {"key": "check", "subject": "Check", "when": "answers.seats > 10"},
    ]
    few = await shop.admin.do("catalog_items.preview", form=form, tasks=tasks)
    assert [each.name for each in few.questions] == ["seats"]
    assert [each.subject for each in few.tasks] == ["Order"]
    many = await shop.admin.do(
        "catalog_items.preview", form=form, tasks=tasks, answers={"seats": 20}, locale="de"
    )
    assert [each.label for each in many.questions] == ["Seats", "Warum"]
    assert [each.subject for each in many.tasks] == ["Check", "Order"]
    with pytest.raises(Invalid) as refused:
        await shop.admin.do(
            "catalog_items.preview", form=[form[0] | {"visible_when": "answers.x"}],
            tasks=[tasks[0] | {"when": "nothing"}],
        )  # fmt: skip
    pointers = [fault.pointer for fault in refused.value.faults]
    assert pointers == ["/form/0/visible_when", "/tasks/0/when"]
    assert await shop.admin.list("catalog_items") == []
    with pytest.raises(Forbidden):
        await shop.maya.do("catalog_items.preview", form=form)


async def test_who_withdraws_a_request_and_what_follows_from_its_case_wait_for_one_another(
    shop: Shop,
) -> None:
    request = await shop.asks(await shop.item(), seats=3)

    async def follow() -> None:
        async with shop.world.services.system(shop.tenant.id, reason="test") as ctx:
            assert await request_of(ctx, request["case_id"]) is not None

    async with shop.world.services.system(shop.tenant.id, reason="test") as ctx:
        await ctx.get(catalog_requests, request["id"], lock=True)  # as its withdrawal begins
        following = asyncio.create_task(follow())
        await ctx.execute(WAIT_UNTIL_SOMEBODY_WAITS)
        await ctx.get(cases, request["case_id"], lock=True)  # and as it goes on
    await following
