"""Access as data: what an admin writes about a responsibility decides at every door."""

from typing import Any
from uuid import UUID

import pytest

from backend.platform.responsibilities.holding import hold, release, require_kind
from backend.platform.responsibilities.models import Responsibility
from backend.platform.responsibilities.resources import responsibilities
from backend.platform.responsibilities.rules import faults_of
from backend.platform.responsibilities.standard import STANDARD
from infra.kernel.errors import Forbidden, Invalid, NotFound, StillReferenced
from tenants.roles import BUILT_IN
from tests.world import Actor, Tenant, World


class Town:
    """A company with cases, another company's contact, and a way to let them hold something."""

    def __init__(self, world: World, tenant: Tenant) -> None:
        self.world = world
        self.tenant = tenant
        self.admin = tenant.admin

    async def responsibility(self, key: str) -> dict[str, Any]:
        (found,) = await self.admin.list("responsibilities", key=key)
        return found

    async def let(self, actor: Actor, key: str, kind: str, anchor: Any, holder: str) -> UUID:
        """Let the actor have the responsibility; answers the source that says so."""
        wanted = await self.responsibility(key)
        async with self.world.services.system(self.tenant.id, reason="test") as ctx:
            source: Responsibility = await ctx.find(responsibilities, wanted["id"])
            await hold(
                ctx,
                source=source,
                responsibility_id=wanted["id"],
                holder_id=actor.caller.attributes[holder],
                anchor_kind=kind,
                anchor_id=UUID(str(anchor)),
            )
        return source.id

    async def end(self, source: UUID) -> None:
        async with self.world.services.system(self.tenant.id, reason="test") as ctx:
            assert await release(ctx, source) > 0

    async def again(self, actor: Actor) -> Actor:
        """The same person at their next request."""
        return await self.world.actor(self.tenant, actor.profile_id)

    async def case(self, **values: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self.admin.do("cases.create", subject="No dial tone", **values)
        return made


@pytest.fixture
async def town(world: World) -> Town:
    return Town(world, await world.tenant())


async def ids(actor: Actor, collection: str) -> set[Any]:
    try:
        return {row["id"] for row in await actor.list(collection)}
    except Forbidden:
        return set()


def test_the_standard_set_is_understood_by_the_compiler(world: World) -> None:
    registry = world.services.registry
    wrong = {
        gives.key(standard.key): faults
        for standard in STANDARD
        for gives in standard.gives
        if (
            faults := faults_of(
                registry,
                kind=standard.kind,
                resource_name=gives.resource,
                via=gives.via,
                beneath=gives.beneath,
                verbs=gives.verbs,
                columns=gives.columns,
                conditions=dict(gives.conditions),
                roles=gives.roles,
                known_roles=BUILT_IN,
            )
        )
    }
    assert wrong == {}


async def test_a_new_tenant_starts_with_the_standard_set(town: Town) -> None:
    found = await town.admin.list("responsibilities", limit="200")
    assert {row["key"] for row in found} == {standard.key for standard in STANDARD}
    given = await town.admin.list("access_configurations", limit="200")
    assert len(given) == sum(len(standard.gives) for standard in STANDARD)


async def test_a_responsibility_on_an_account_opens_its_cases_and_closes_them_again(
    town: Town,
) -> None:
    company = await town.tenant.account("Harbour Dental")
    case = await town.case(account_id=str(company["id"]))
    await town.case(account_id=str((await town.tenant.account("Quayside"))["id"]))
    stranger = await town.tenant.contact(None, "customer")
    assert await ids(stranger, "cases") == set()

    source = await town.let(
        stranger, "account_representative", "accounts", company["id"], "contact_id"
    )
    acting = await town.again(stranger)
    assert await ids(acting, "cases") == {case["id"]}
    assert company["id"] in await ids(acting, "accounts")
    await acting.do("cases.comment", case["id"], body="I act for them.")

    await town.end(source)
    assert await ids(acting, "cases") == set(), "the same caller, not looked up anew"
    with pytest.raises(NotFound):
        await acting.do("cases.comment", case["id"], body="Still here?")


async def test_access_to_a_case_follows_the_sold_product_and_ends_with_it(town: Town) -> None:
    """F97."""
    company = await town.tenant.account()
    model = await town.admin.do("product_models.create", name="Router", code="R1", kind="hardware")
    sold = await town.admin.do(
        "sold_products.create",
        name="Router",
        account_id=str(company["id"]),
        product_model_id=str(model["id"]),
    )
    case = await town.case(account_id=str(company["id"]), sold_product_id=str(sold["id"]))
    outsider = await town.tenant.contact(None, "customer")
    source = await town.let(outsider, "product_follower", "sold_products", sold["id"], "contact_id")
    following = await town.again(outsider)
    assert await ids(following, "cases") == {case["id"]}
    assert await ids(following, "sold_products") == {sold["id"]}
    with pytest.raises(Forbidden):
        await following.do("cases.resolve", case["id"], resolution="x")
    await town.end(source)
    assert await ids(following, "cases") == set()
    assert await ids(following, "sold_products") == set()


async def test_a_responsibility_beneath_an_account_reaches_the_whole_subtree(town: Town) -> None:
    top = await town.tenant.account("Group", code="P")
    child = await town.tenant.account("Child", code="C1", parent_id=str(top["id"]))
    below = await town.tenant.account("Grandchild", code="G1", parent_id=str(child["id"]))
    await town.tenant.account("Lookalike", code="P0")
    case = await town.case(account_id=str(below["id"]))
    outsider = await town.tenant.contact(None, "customer_admin")
    await town.let(outsider, "account_administrator", "accounts", child["id"], "contact_id")
    acting = await town.again(outsider)
    own = acting.caller.attributes["account_id"]
    assert await ids(acting, "accounts") == {own, child["id"], below["id"]}
    assert await ids(acting, "cases") == {case["id"]}
    await town.admin.do("accounts.update", below["id"], parent_id=str(top["id"]))
    assert await ids(acting, "cases") == set(), "it moved away from under the child"


async def test_an_explanation_names_the_hold_and_what_causes_it(town: Town) -> None:
    company = await town.tenant.account()
    case = await town.case(account_id=str(company["id"]))
    outsider = await town.tenant.contact(None, "customer")
    source = await town.let(
        outsider, "account_representative", "accounts", company["id"], "contact_id"
    )
    answer = await town.admin.http().get(
        f"/api/v1/cases/{case['id']}/access", params={"profile": str(outsider.profile_id)}
    )
    assert answer.status_code == 200, answer.text
    (link,) = answer.json()["grants"]
    assert link["source"] == "responsibility:account_representative"
    assert link["holds"] == [
        {
            "responsibility": "account_representative",
            "holder_id": str(outsider.caller.attributes["contact_id"]),
            "anchor_kind": "accounts",
            "anchor_id": str(company["id"]),
            "source_kind": "responsibilities",
            "source_id": str(source),
        }
    ]


async def test_a_configuration_counts_from_the_next_request_on(town: Town) -> None:
    company = await town.tenant.account()
    case = await town.case(account_id=str(company["id"]))
    clerk = await town.tenant.member("self_contributor")
    responsibility = await town.admin.do(
        "responsibilities.create", key="auditor", name="Auditor", kind="employee"
    )
    await town.let(clerk, "auditor", "accounts", company["id"], "profile_id")
    assert await ids(await town.again(clerk), "cases") == set()
    configuration = await town.admin.do(
        "access_configurations.create",
        key="auditor_cases",
        responsibility_id=str(responsibility["id"]),
        resource="cases",
        via="account",
        verbs=["read"],
        columns=["number", "state"],
        conditions={"state": ["new", "in_progress"]},
    )
    auditing = await town.again(clerk)
    (told,) = await auditing.list("cases")
    shown = {name: value for name, value in told.items() if value is not None}
    assert shown == {"id": case["id"], "number": case["number"], "state": "new"}
    await town.admin.do("cases.cancel", case["id"], reason="opened twice")
    assert await ids(auditing, "cases") == set(), "the condition no longer holds"
    await town.admin.do(
        "access_configurations.update", configuration["id"], conditions={}, columns=None
    )
    (told,) = await (await town.again(clerk)).list("cases")
    assert told["subject"] == "No dial tone"


async def test_every_fault_of_a_configuration_is_named_and_nothing_is_kept(town: Town) -> None:
    observer = await town.responsibility("case_observer")
    before = await town.admin.list("access_configurations", limit="200")
    with pytest.raises(Invalid) as refused:
        await town.admin.do(
            "access_configurations.create",
            key="nonsense",
            responsibility_id=str(observer["id"]),
            resource="cases",
            via="moon",
            beneath=True,
            verbs=["read", "assign", "explode"],
            columns=["subject", "vault"],
            conditions={"state": ["nowhere"], "secret": "x"},
            roles=["customer", "emperor"],
        )
    assert {fault.pointer for fault in refused.value.faults} == {
        "/via", "/verbs/1", "/verbs/2", "/columns/1", "/conditions/state", "/conditions/secret",
        "/roles/1",
    }  # fmt: skip
    assert await town.admin.list("access_configurations", limit="200") == before


async def test_a_responsibility_of_one_kind_is_not_given_to_the_other(town: Town) -> None:
    """F49."""
    manager = await town.responsibility("account_manager")
    async with town.world.services.system(town.tenant.id, reason="test") as ctx:
        with pytest.raises(Invalid) as refused:
            await require_kind(ctx, manager["id"], "contact")
        found = await require_kind(ctx, manager["id"], "employee")
    assert refused.value.faults[0].code == "wrong_kind"
    assert found.key == "account_manager"


async def test_only_admins_say_what_responsibilities_give(town: Town) -> None:
    manager = await town.tenant.member("service_manager")
    wanted = await town.responsibility("case_observer")
    with pytest.raises(Forbidden):
        await manager.do(
            "access_configurations.create",
            key="mine",
            responsibility_id=str(wanted["id"]),
            resource="cases",
            verbs=["read"],
        )
    with pytest.raises(StillReferenced):
        await town.admin.do("responsibilities.delete", wanted["id"])


async def test_no_configuration_opens_internal_notes_to_customers(town: Town) -> None:
    company = await town.tenant.account()
    case = await town.case(account_id=str(company["id"]))
    await town.admin.do("cases.note", case["id"], body="They never pay on time.")
    await town.admin.do("cases.comment", case["id"], body="We are on it.")
    participant = await town.responsibility("case_observer")
    configuration = {"resource": "activity_entries", "via": "case", "verbs": ["read"]}
    await town.admin.do(
        "access_configurations.create",
        key="everything_said",
        responsibility_id=str(participant["id"]),
        **configuration,
    )
    outsider = await town.tenant.contact(None, "customer")
    await town.let(outsider, "case_observer", "cases", case["id"], "contact_id")
    said = await (await town.again(outsider)).list("activity_entries", entry_type="comment")
    assert [entry["body"] for entry in said] == ["We are on it."]
    assert await (await town.again(outsider)).list("activity_entries", entry_type="note") == []


async def test_a_session_learns_of_a_new_responsibility_at_its_next_request(town: Town) -> None:
    company = await town.tenant.account()
    case = await town.case(account_id=str(company["id"]))
    clerk = await town.tenant.member("case_task_viewer")
    client = await town.world.session(town.tenant, clerk)
    assert (await client.get("/api/v1/cases")).status_code == 403
    source = await town.let(clerk, "account_manager", "accounts", company["id"], "profile_id")
    answer = await client.get("/api/v1/cases")
    assert [row["id"] for row in answer.json()["data"]] == [str(case["id"])]
    assert "cases" in (await client.get("/api/v1/me")).json()["permissions"]
    await town.end(source)
    assert (await client.get("/api/v1/cases")).status_code == 403
