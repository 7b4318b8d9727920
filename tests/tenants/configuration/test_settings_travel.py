"""What a tenant has chosen for itself is part of its configuration: planned, applied, undone."""

from typing import Any

import pytest

from infra.kernel.errors import Forbidden, Invalid
from tests.tenants.configuration.office import changed, exported
from tests.world import Tenant, World


async def choose(tenant: Tenant, **choices: Any) -> None:
    answer = await tenant.admin.http().patch("/api/v1/settings", json=choices)
    assert answer.status_code == 200, answer.text


async def chosen(tenant: Tenant) -> dict[str, Any]:
    found: dict[str, Any] = (await tenant.admin.http().get("/api/v1/settings")).json()
    return found


async def test_what_one_tenant_has_chosen_holds_in_another(world: World) -> None:
    trial, live = await world.tenant("Trial"), await world.tenant("Live")
    await choose(trial, business_models=["b2b"], brand={"color": "#0a3d62"}, case_reopen_days=14)
    files = await exported(trial.admin)
    assert "case_reopen_days: 14" in files["settings.yaml"]
    plan = await live.admin.do("config_revisions.plan", files=files)
    (change,) = [each for each in plan.changes if each.resource == "settings"]
    assert set(change.fields) == {"business_models", "brand", "case_reopen_days"}
    assert [w.message for w in plan.warnings if w.resource == "settings"] == [
        "settings: changes; business_models gives b2b"
    ]
    assert await chosen(live) != await chosen(trial)
    await live.admin.do("config_revisions.apply", files=files)
    assert await chosen(live) == await chosen(trial)
    assert await exported(live.admin) == files
    (entry,) = await live.admin.list("audit_entries", action="settings.update")
    assert entry["changes"]["case_reopen_days"] == [None, 14]


async def test_merging_leaves_what_is_not_written_and_mirroring_takes_it_back(
    world: World,
) -> None:
    tenant = await world.tenant()
    brand = {"color": "#0a3d62", "support_phone": "123"}
    await choose(tenant, assets_by_contact_only=True, brand=brand)
    files = {"settings.yaml": "case_reopen_days: 3\n"}
    await tenant.admin.do("config_revisions.apply", files=files)
    now = await chosen(tenant)
    assert (now["assets_by_contact_only"], now["case_reopen_days"]) == (True, 3)
    await tenant.admin.do(
        "config_revisions.apply", files={"settings.yaml": "brand: {color: null}\n"}
    )
    assert (await chosen(tenant))["brand"]["support_phone"] is None
    done = await tenant.admin.do("config_revisions.apply", files=files, delete=True)
    assert changed(done) == [("update", "settings", None)]
    now = await chosen(tenant)
    assert (now["assets_by_contact_only"], now["case_reopen_days"]) == (False, 3)
    again = await tenant.admin.do("config_revisions.apply", files=files, delete=True)
    assert (again.changes, again.revision) == ([], done.revision)


async def test_going_back_brings_back_what_was_chosen(world: World) -> None:
    tenant = await world.tenant()
    await tenant.admin.do(
        "config_revisions.apply", files={"settings.yaml": "case_reopen_days: 3\n"}
    )
    before = await exported(tenant.admin)
    await choose(tenant, case_reopen_days=9, business_models=["b2b"])
    number = (await tenant.admin.list("config_revisions", sort="-number"))[0]["number"]
    await tenant.admin.do("config_revisions.rollback", revision=number)
    assert await exported(tenant.admin) == before
    by_hand = [r for r in await tenant.admin.list("config_revisions") if r["origin"] == "by_hand"]
    assert len(by_hand) == 1


async def test_every_fault_is_named_where_it_is_written_and_nothing_changes(world: World) -> None:
    tenant = await world.tenant()
    before = await chosen(tenant)
    for text, said in (
        ("- a\n", "line 1: must be settings by name"),
        ("case_reopen_days: 3\nunheard_of: 1\n", "line 2: there is no 'unheard_of'"),
        ("brand:\n  color: red\n", "line 2: settings, brand/color: "),
        ("case_priorities:\n  1-1: 1\n", "line 1: settings, case_priorities: "),
    ):
        with pytest.raises(Invalid) as refused:
            await tenant.admin.do("config_revisions.apply", files={"settings.yaml": text})
        (fault,) = refused.value.faults
        assert fault.pointer == "/files/settings.yaml"
        assert fault.message.startswith(said), fault.message
        assert await chosen(tenant) == before


async def test_only_who_may_choose_may_apply_choices(world: World) -> None:
    tenant = await world.tenant()
    manager = await tenant.member("service_manager")
    with pytest.raises(Forbidden):
        await manager.do("config_revisions.apply", files={"settings.yaml": "case_reopen_days: 3\n"})
    assert (await chosen(tenant))["case_reopen_days"] is None
