"""Applying is all or nothing, names every fault where it is written, and can be undone."""

import asyncio
from typing import Any

import pytest

from infra.kernel.errors import Forbidden, Invalid, NotFound, Problem
from tenants.configuration.errors import ConfigurationMoved
from tests.tenants.configuration.office import changed, exported, furnished
from tests.world import Tenant, World

CLERK = """\
- name: clerk
  audience: staff
  title: Clerk
  grants:
    - resource: cases
      verbs:
        - read
"""


async def history(tenant: Tenant) -> list[dict[str, Any]]:
    return await tenant.admin.list("config_revisions", sort="number")


async def test_a_fault_in_the_middle_changes_nothing_and_every_fault_is_named(
    world: World,
) -> None:
    tenant = await world.tenant()
    before = await exported(tenant.admin)
    files = {
        "groups.yaml": "- name: First\n- name: Second\n  roles: [clerk, nobody]\n- name: Third\n",
        "roles.yaml": CLERK,
        "skills.yaml": "- name: Fibre\n  active: maybe\n",
        "skill_rules.yaml": "- category: fibre\n  skill: Copper\n",
    }
    with pytest.raises(Invalid) as refused:
        await tenant.admin.do("config_revisions.apply", files=files)
    told = {(fault.pointer, fault.message) for fault in refused.value.faults}
    assert told == {
        ("/files/groups.yaml", "line 3: Second, roles/1: there is no such role"),
        ("/files/skills.yaml", "line 2: Fibre, active: Input should be a valid boolean"),
        ("/files/skill_rules.yaml", "line 2: fibre / Copper, skill: skills has no 'Copper'"),
    }
    assert await exported(tenant.admin) == before
    assert await history(tenant) == []
    plan = await tenant.admin.do("config_revisions.plan", files=files)
    assert not plan.applicable
    assert [(f.path, f.line) for f in plan.faults] == [
        ("groups.yaml", 3), ("skills.yaml", 2), ("skill_rules.yaml", 2),
    ]  # fmt: skip
    assert await exported(tenant.admin) == before


async def test_a_plan_changes_nothing_and_tells_all(world: World) -> None:
    tenant = await world.tenant()
    before = await exported(tenant.admin)
    plan = await tenant.admin.do(
        "config_revisions.plan",
        files={"roles.yaml": CLERK, "groups.yaml": "- name: Back office\n  roles: [clerk]\n"},
    )
    assert plan.applicable
    assert changed(plan) == [("create", "roles", "clerk"), ("update", "groups", "Back office")]
    _, group = plan.changes
    assert group.fields["roles"].model_dump() == {"before": [], "after": ["clerk"]}
    assert set(group.fields) == {"roles"}
    assert [w.message for w in plan.warnings if w.code == "access"] == [
        "role clerk: is new; grants gives cases read",
        "group Back office: changes; roles gives clerk",
    ]
    assert plan.checksum != plan.base_checksum
    assert await exported(tenant.admin) == before
    assert await history(tenant) == []


async def test_merging_never_deletes_and_mirroring_deletes_only_in_files_that_are_there(
    world: World,
) -> None:
    tenant = await world.tenant()
    await tenant.admin.do("skills.create", name="Fibre")
    files = {"groups.yaml": "- name: Night shift\n"}
    merged = await tenant.admin.do("config_revisions.apply", files=files)
    assert changed(merged) == [("create", "groups", "Night shift")]
    mirrored = await tenant.admin.do("config_revisions.apply", files=files, delete=True)
    assert sorted(changed(mirrored)) == [
        ("delete", "groups", "Back office"),
        ("delete", "groups", "Customer service"),
        ("delete", "groups", "Second level"),
    ]
    assert [row["name"] for row in await tenant.admin.list("groups")] == ["Night shift"]
    assert [row["name"] for row in await tenant.admin.list("skills")] == ["Fibre"]


async def test_what_records_use_cannot_go_and_the_plan_warns(world: World) -> None:
    tenant = await world.tenant()
    (group,) = await tenant.admin.list("groups", name="Second level")
    consumer = await tenant.consumer()
    case = await consumer.do("cases.create", subject="No light", description="Since Thursday")
    await tenant.admin.do("cases.assign", case["id"], assignment_group_id=str(group["id"]))
    await world.work(tenant)  # the case finds its queue, which is configuration too
    before = await exported(tenant.admin)
    plan = await tenant.admin.do(
        "config_revisions.plan", files={"groups.yaml": "[]\n"}, delete=True
    )
    assert not plan.applicable
    assert ("in_use", "group Second level: 1 cases name it") in [
        (w.code, w.message) for w in plan.warnings
    ]
    with pytest.raises(Invalid):
        await tenant.admin.do("config_revisions.apply", files={"groups.yaml": "[]\n"}, delete=True)
    assert await exported(tenant.admin) == before


async def test_going_back_is_exact_and_is_itself_a_revision(world: World) -> None:
    tenant = await world.tenant()
    await furnished(tenant)
    before = await exported(tenant.admin)
    await tenant.admin.do(
        "config_revisions.apply",
        files={
            "calendars.yaml": "- name: Office\n  zone: Asia/Tokyo\n",
            "skills.yaml": "- name: Copper\n",
            "skill_rules.yaml": "[]\n",
            "modules.yaml": "- name: Shop\n  theme: {}\n  labels: {cancel: Stop}\n",
        },
        delete=False,
        comment="Tokyo",
    )
    middle = await exported(tenant.admin)
    assert middle != before
    assert "cancel: Stop" in middle["modules.yaml"]
    assert "send" not in middle["modules.yaml"]
    assert [(r["number"], r["origin"]) for r in await history(tenant)] == [
        (1, "found"), (2, "applied"),
    ]  # fmt: skip
    done = await tenant.admin.do("config_revisions.rollback", revision=1)
    assert await exported(tenant.admin) == before
    assert done.revision == 3
    await tenant.admin.do("config_revisions.rollback", revision=2)
    assert await exported(tenant.admin) == middle
    assert [r["comment"] for r in await history(tenant)] == [
        "", "Tokyo", "Back to revision 1", "Back to revision 2",
    ]  # fmt: skip
    (second,) = [r for r in await history(tenant) if r["number"] == 2]
    kept = await tenant.admin.do("config_revisions.bundle", second["id"])
    assert kept.files == middle
    assert ("create", "skills", "Copper") in changed(kept)
    with pytest.raises(NotFound):
        await tenant.admin.do("config_revisions.rollback", revision=99)


async def test_what_is_changed_by_hand_lands_in_the_history(world: World) -> None:
    tenant = await world.tenant()
    await tenant.admin.do("config_revisions.keep_up")
    manager = await tenant.member("admin", name="Mona Manager")
    await manager.do("skills.create", name="Fibre")
    response = await tenant.admin.http().get("/api/v1/config/history")
    assert response.status_code == 200, response.text
    newest, oldest = response.json()["data"]
    assert (oldest["number"], oldest["origin"]) == (1, "found")
    assert (newest["number"], newest["origin"]) == (2, "by_hand")
    assert newest["changed_by"] == ["Mona Manager"]
    assert newest["counts"] == {"create": 1, "update": 0, "delete": 0}
    again = await tenant.admin.http().get("/api/v1/config/history")
    assert again.json() == response.json()
    await tenant.admin.do("config_revisions.rollback", revision=1)
    assert await tenant.admin.list("skills") == []


async def test_a_bundle_is_not_applied_to_another_state_than_was_planned_for(
    world: World,
) -> None:
    tenant = await world.tenant()
    files = {"skills.yaml": "- name: Fibre\n"}
    plan = await tenant.admin.do("config_revisions.plan", files=files)
    await tenant.admin.do("skills.create", name="Copper")
    with pytest.raises(ConfigurationMoved):
        await tenant.admin.do(
            "config_revisions.apply", files=files, base_checksum=plan.base_checksum
        )
    assert [row["name"] for row in await tenant.admin.list("skills")] == ["Copper"]


async def test_of_two_who_apply_at_once_on_one_plan_one_wins(world: World) -> None:
    tenant = await world.tenant()
    plan = await tenant.admin.do("config_revisions.plan", files={"skills.yaml": "[]\n"})

    async def apply(name: str) -> Any:
        try:
            return await tenant.admin.do(
                "config_revisions.apply",
                files={"skills.yaml": f"- name: {name}\n"},
                base_checksum=plan.base_checksum,
            )
        except Problem as problem:
            return problem

    results = await asyncio.gather(*(apply(name) for name in ("Ada", "Bea", "Cyd", "Dot")))
    won = [each for each in results if not isinstance(each, Problem)]
    assert len(won) == 1
    assert all(isinstance(each, (ConfigurationMoved, *[type(won[0])])) for each in results)
    (skill,) = await tenant.admin.list("skills")
    assert [("create", "skills", skill["name"])] == changed(won[0])
    assert [r["number"] for r in await history(tenant)] == [1, 2]


async def test_only_admins_read_or_apply_a_configuration(world: World) -> None:
    tenant = await world.tenant()
    files = {"skills.yaml": "- name: Fibre\n"}
    contact = await tenant.contact()
    for actor in (await tenant.member("service_manager"), await tenant.member(), contact):
        for verb, body in (
            ("export", {}), ("plan", {"files": files}), ("apply", {"files": files}),
            ("rollback", {"revision": 1}), ("keep_up", {}), ("packs", {}),
        ):  # fmt: skip
            with pytest.raises(Forbidden):
                await actor.do(f"config_revisions.{verb}", **body)
    assert await tenant.admin.list("skills") == []
    assert await history(tenant) == []


async def test_a_key_that_may_apply_and_nothing_else_cannot_smuggle(world: World) -> None:
    tenant = await world.tenant()
    key = await tenant.admin.do(
        "api_keys.create", name="Deploy", scopes=["*:read", "config_revisions:*", "skills:*"],
        roles=["admin"],
    )  # fmt: skip
    token = key.key
    client = world.http({"Authorization": f"Bearer {token}"})
    refused = await client.post(
        "/api/v1/config/apply",
        json={"files": {"skills.yaml": "- name: Fibre\n", "groups.yaml": "- name: Mine\n"}},
    )
    assert refused.status_code == 422, refused.text
    assert "you may not create groups" in refused.text
    assert await tenant.admin.list("skills") == []
    done = await client.post(
        "/api/v1/config/apply", json={"files": {"skills.yaml": "- name: Fibre\n"}}
    )
    assert done.status_code == 200, done.text


async def test_one_tenant_never_touches_another(world: World) -> None:
    home, other = await world.tenant("Home"), await world.tenant("Other")
    await furnished(home)
    before = await exported(home.admin)
    (group,) = await home.admin.list("groups", name="Claims")
    stolen = {"groups.yaml": f"- name: Mine\n  parent: {group['id']}\n"}
    with pytest.raises(Invalid):
        await other.admin.do("config_revisions.apply", files=stolen)
    empty = dict.fromkeys(before.keys() - {"atrium.yaml", "settings.yaml"}, "[]\n")
    await other.admin.do("config_revisions.apply", files=empty, delete=True)
    assert await exported(home.admin) == before
    assert await history(home) == []


async def test_a_plan_tells_who_gains_and_who_loses_which_records(world: World) -> None:
    tenant = await world.tenant()
    await tenant.admin.do("config_revisions.apply", files={"roles.yaml": CLERK})
    clerk = await tenant.member("clerk", name="Clara Clerk")
    case = await (await tenant.consumer()).do(
        "cases.create", subject="No light", description="Since Thursday"
    )
    await world.work(tenant)
    before = await exported(tenant.admin)
    narrowed = CLERK.replace("cases", "skills")
    plan = await tenant.admin.do("config_revisions.plan", files={"roles.yaml": narrowed})
    assert plan.access is not None
    assert (plan.access["profiles"], plan.access["gained"], plan.access["lost"]) == (1, 0, 1)
    assert plan.access["losses"] == [
        {
            "profile_id": str(clerk.profile_id),
            "name": "Clara Clerk",
            "resource": "cases",
            "record_id": str(case["id"]),
        }
    ]
    assert await exported(tenant.admin) == before
    quiet = await tenant.admin.do("config_revisions.plan", files={"skills.yaml": "- name: A\n"})
    assert quiet.access is None
