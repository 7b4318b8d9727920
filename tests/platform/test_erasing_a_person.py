"""A person is erased from every table, what must stay stays with a reason, and the proof holds."""

import asyncio
import contextlib
import io
import json
import zipfile
from typing import Any
from uuid import UUID

import pytest

from backend.platform.privacy import sweep_queries
from backend.platform.privacy.errors import LastAdministrator, RequestSettled
from backend.platform.privacy.jobs import answer
from backend.platform.privacy.rules import Person, Spared, pattern_of
from infra.kernel import audit_verify
from infra.kernel.attachments import storage_of
from infra.kernel.audit_chain import ChainKey, export
from infra.kernel.errors import Forbidden, Invalid, NotFound
from infra.kernel.ids import uuid7
from tests.kernel.test_relay import a_relay
from tests.service.desk import Desk, a_desk
from tests.world import Tenant, World

NAME, PHONE = "Quillon Ferreira-Zeta", "+49 30 9988-7766"
EMAIL = "quillon.ferreira@canary.example"
CANARIES = (NAME, EMAIL, PHONE, "4930 9988 7766")


async def a_life(world: World, desk: Desk) -> dict[str, Any]:
    """A contact who has left traces everywhere."""
    tenant, admin = desk.tenant, desk.admin
    await admin.do(
        "duplicate_rules.create", name="twins", resource="contacts", threshold=50,
        conditions=[{"match": "name", "weight": 60}],
    )  # fmt: skip
    made: dict[str, Any] = await admin.do(
        "contacts.create", account_id=str(desk.account["id"]), name=NAME, email=EMAIL,
        phone=PHONE, title="Chief canary officer",
    )  # fmt: skip
    twin = await admin.do(
        "contacts.create", account_id=str(desk.account["id"]), name=NAME + " Jr", phone=PHONE
    )
    (profile,) = await admin.list("profiles", contact_id=str(made["id"]))
    await tenant._let_in(profile["user_id"])
    person = await world.actor(tenant, profile["id"])
    case = await person.do(
        "cases.create", subject=f"Call {NAME} back", description=f"Mail {EMAIL}, or {PHONE}"
    )
    await person.do("cases.comment", case["id"], body=f"It is me, {NAME.upper()}, 4930 9988 7766")
    await desk.agent.do("cases.note", case["id"], body=f"Reached {EMAIL} at last")
    file = await person.do("attachments.create", name="cv.txt", content="aGVsbG8=")
    await person.do("attachments.attach", file["id"], kind="cases", record_id=str(case["id"]))
    await admin.do("contacts.update", made["id"], department="Canaries")
    await admin.do("contacts.merge", made["id"], **{"from": [str(twin["id"])]})
    await world.work(tenant)
    return {"contact": made, "case": case, "person": person, "file": file}


async def found_in(world: World, tenant: Tenant, words: tuple[str, ...]) -> list[str]:
    """Tables in which any row of the tenant holds one of the words."""
    found = []
    plain = [word.casefold() for word in words]
    wanted = [*plain, *(word.encode().hex() for word in words)]
    async with world.services.database.transaction(tenant.id) as connection:
        tables = await connection.fetch(
            """SELECT DISTINCT c.relname FROM pg_class c
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
                WHERE n.nspname = 'public' AND c.relkind = 'r'"""
        )
        for (table,) in tables:
            rows = await connection.fetch(
                f'SELECT to_jsonb(x)::text AS told FROM "{table}" x WHERE tenant_id = $1', tenant.id
            )
            if any(word in row["told"].casefold() for row in rows for word in wanted):
                found.append(table)
    return sorted(set(found))


async def answered(world: World, tenant: Tenant, kind: str, contact: Any) -> dict[str, Any]:
    """A request of the contact, taken in and answered."""
    made = await tenant.admin.do(
        "subject_requests.create", kind=kind, subject_kind="contacts", subject_id=str(contact)
    )
    await tenant.admin.do("subject_requests.start", made["id"])
    return await finished(world, tenant, made["id"])


async def finished(world: World, tenant: Tenant, request: Any) -> dict[str, Any]:
    """The request, once nothing more happens to it."""
    for _ in range(100):
        with contextlib.suppress(AssertionError):  # a step may outlast many rounds
            await world.work(tenant)
        told = await tenant.admin.read("subject_requests", request)
        if told["state"] != "running":
            break
        await asyncio.sleep(0.1)
    return told


async def test_nothing_is_left_of_an_erased_person_in_any_table(world: World) -> None:
    tenant = await world.tenant()
    desk = await a_desk(tenant)
    life = await a_life(world, desk)
    before = await found_in(world, tenant, CANARIES)
    assert {"contacts", "users", "cases", "activity_entries", "events", "audit_entries"} <= {
        *before
    }
    request = await answered(world, tenant, "erasure", life["contact"]["id"])
    assert request["state"] == "done"
    assert request["progress"] == {}
    assert await found_in(world, tenant, CANARIES) == []
    contact = await tenant.admin.read("contacts", life["contact"]["id"])
    assert (contact["name"], contact["email"], contact["title"]) == ("Erased person", None, None)
    case = await tenant.admin.read("cases", life["case"]["id"])
    assert case["subject"] == "Call [erased] back"
    assert await tenant.admin.list("contacts", q="Quillon") == []
    assert await tenant.admin.list("cases", q="Ferreira") == []
    assert len(await tenant.admin.list("cases", q="erased back")) == 1
    with pytest.raises(NotFound):
        await tenant.admin.read("attachments", life["file"]["id"])


async def test_what_was_learned_from_a_persons_case_forgets_them(world: World) -> None:
    tenant = await world.tenant()
    desk = await a_desk(tenant)
    life = await a_life(world, desk)
    await desk.agent.do("cases.resolve", life["case"]["id"], resolution=f"{NAME} rang, all is well")
    await world.work(tenant)
    assert "chunks" in await found_in(world, tenant, CANARIES)
    request = await answered(world, tenant, "erasure", life["contact"]["id"])
    assert request["state"] == "done"
    assert await found_in(world, tenant, CANARIES) == []
    async with world.services.database.transaction(tenant.id) as connection:
        bodies = await connection.fetch(
            "SELECT body FROM chunks WHERE tenant_id = $1 AND record_id = $2",
            tenant.id,
            life["case"]["id"],
        )
    assert any("[erased] rang, all is well" in row["body"] for row in bodies)


async def test_every_table_of_a_tenant_can_be_swept(world: World) -> None:
    tenant = await world.tenant()
    nobody = [uuid7()]
    async with world.services.system(tenant.id, reason="test") as ctx:
        for sheet in (await sweep_queries.sheets(ctx)).values():
            swept = await sweep_queries.sweep(ctx, sheet, "nobody", nobody, Spared(), 1)
            assert swept == ([], []), sheet.name


async def test_the_audit_of_an_erased_person_still_verifies(world: World) -> None:
    tenant = await world.tenant()
    life = await a_life(world, await a_desk(tenant))
    await answered(world, tenant, "erasure", life["contact"]["id"])
    await world.work(tenant)
    key = ChainKey(world.services.settings.secret_key)
    lines = [line.decode() async for line in export(world.services.database, tenant.id, key)]
    assert audit_verify.verify(lines, key.public).signed
    assert not any(word in line for line in lines for word in CANARIES)
    redacted = [n for n, line in enumerate(lines) if "redacted_digest" in line]
    assert len(redacted) > 3
    told = json.loads(lines[redacted[0]])
    told["changes"] = {"name": ["Mallory", "Eve"]}
    forged = [*lines[: redacted[0]], json.dumps(told), *lines[redacted[0] + 1 :]]
    with pytest.raises(audit_verify.Broken, match="was redacted, and no later entry says to what"):
        audit_verify.verify(forged, key.public)


async def test_the_proof_tells_each_record_and_is_sealed_with_the_audit(world: World) -> None:
    tenant = await world.tenant()
    life = await a_life(world, await a_desk(tenant))
    request = await answered(world, tenant, "erasure", life["contact"]["id"])
    (proof,) = await tenant.admin.list("erasure_certificates", request_id=str(request["id"]))
    assert proof["outcome"] == "erased"
    assert proof["counts"]["contacts"] == {"erased": 2}
    assert proof["counts"]["cases"] == {"erased": 1}
    rows = await tenant.admin.list("erasure_entries", request_id=str(request["id"]))
    entries = [row for row in rows if row["collection"] == "cases"]
    assert sorted(entries[0]["columns"]) == ["description", "subject"]
    sealed = await tenant.admin.list("audit_entries", action="subject_requests.certify")
    assert sealed[0]["changes"]["digest"] == [None, proof["digest"]]
    with pytest.raises(RequestSettled):
        await tenant.admin.do("subject_requests.start", request["id"])


@pytest.mark.parametrize("kind", ["contacts", "accounts"])
async def test_a_hold_on_the_person_or_their_company_blocks_all_of_it(
    world: World, kind: str
) -> None:
    tenant = await world.tenant()
    desk = await a_desk(tenant)
    life = await a_life(world, desk)
    held = life["contact"]["id"] if kind == "contacts" else desk.account["id"]
    hold = await tenant.admin.do(
        "legal_holds.create", kind=kind, record_id=str(held), reason="Case 7 O 12/26"
    )
    request = await answered(world, tenant, "erasure", life["contact"]["id"])
    assert request["state"] == "blocked"
    assert (await tenant.admin.read("contacts", life["contact"]["id"]))["email"] == EMAIL
    (proof,) = await tenant.admin.list("erasure_certificates")
    assert (proof["outcome"], proof["counts"]["contacts"]) == ("blocked", {"blocked": 2})
    await tenant.admin.do("legal_holds.release", hold["id"])
    await tenant.admin.do("subject_requests.start", request["id"])
    assert (await finished(world, tenant, request["id"]))["state"] == "done"
    assert await found_in(world, tenant, CANARIES) == []


async def test_a_held_case_is_kept_with_its_reason_and_the_rest_goes(world: World) -> None:
    tenant = await world.tenant()
    life = await a_life(world, await a_desk(tenant))
    await tenant.admin.do(
        "legal_holds.create", kind="cases", record_id=str(life["case"]["id"]), reason="Lawsuit"
    )
    request = await answered(world, tenant, "erasure", life["contact"]["id"])
    case = await tenant.admin.read("cases", life["case"]["id"])
    assert case["subject"] == f"Call {NAME} back"
    (proof,) = await tenant.admin.list("erasure_certificates", request_id=str(request["id"]))
    assert proof["outcome"] == "partly"
    kept = await tenant.admin.list("erasure_entries", request_id=str(request["id"]), outcome="kept")
    told = [(row["record_id"], row["reason"]) for row in kept if row["collection"] == "cases"]
    assert told == [(life["case"]["id"], "legal hold")]
    assert (await tenant.admin.read("contacts", life["contact"]["id"]))["email"] is None


async def test_what_the_law_wants_kept_for_a_time_is_kept(world: World) -> None:
    tenant = await world.tenant()
    life = await a_life(world, await a_desk(tenant))
    await tenant.admin.do(
        "retention_rules.create", resource="cases", keep_days=3650, reason="Ten years by law"
    )
    request = await answered(world, tenant, "erasure", life["contact"]["id"])
    assert (await tenant.admin.read("cases", life["case"]["id"]))["subject"] == f"Call {NAME} back"
    kept = await tenant.admin.list("erasure_entries", request_id=str(request["id"]), outcome="kept")
    assert {row["reason"] for row in kept if row["collection"] == "cases"} == {"Ten years by law"}


async def test_a_copy_holds_everything_about_the_person_and_no_key(world: World) -> None:
    tenant = await world.tenant()
    life = await a_life(world, await a_desk(tenant))
    request = await answered(world, tenant, "access", life["contact"]["id"])
    assert request["state"] == "done"
    file = await tenant.admin.read("attachments", request["attachment_id"])
    assert file["visibility"] == "internal"
    async with world.services.database.transaction(tenant.id) as connection:
        key = await connection.fetchval(
            "SELECT storage_key FROM attachments WHERE tenant_id = $1 AND id = $2",
            tenant.id, file["id"],
        )  # fmt: skip
    pieces = [piece async for piece in storage_of(world.services).read(tenant.id, key)]
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        told = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {
        "users.ndjson", "contacts.ndjson", "cases.ndjson", "activity_entries.ndjson",
        "attachments.ndjson",
    } <= {*told}  # fmt: skip
    assert EMAIL in told["contacts.ndjson"]
    assert str(life["case"]["id"]) in told["cases.ndjson"]
    assert "It is me" in told["activity_entries.ndjson"]
    assert [name for name, text in told.items() if "_hash" in text] == []
    agent = await tenant.member("agent_b2b")
    with pytest.raises((NotFound, Forbidden)):
        await agent.read("attachments", request["attachment_id"])


async def test_a_customer_asks_for_themselves_and_for_nobody_else(world: World) -> None:
    tenant = await world.tenant()
    maya, other = await tenant.contact(), await tenant.contact()
    mine = await maya.do("subject_requests.create", kind="access", note="Please")
    assert [row["id"] for row in await maya.list("subject_requests")] == [mine["id"]]
    assert await other.list("subject_requests") == []
    contact = other.caller.attributes["contact_id"]
    asked = await maya.do(
        "subject_requests.create", kind="erasure", subject_kind="contacts", subject_id=str(contact)
    )
    assert asked["subject_id"] == maya.caller.attributes["contact_id"]
    with pytest.raises(Forbidden):
        await maya.do("subject_requests.start", mine["id"])


async def test_restricting_stops_every_use_and_changes_nothing_else(world: World) -> None:
    tenant = await world.tenant()
    maya = await tenant.contact()
    contact = maya.caller.attributes["contact_id"]
    before = await tenant.admin.read("contacts", contact)
    assert (await answered(world, tenant, "restriction", contact))["state"] == "done"
    after = await tenant.admin.read("contacts", contact)
    assert (after["state"], after["email"], after["name"]) == (
        "inactive", before["email"], before["name"],
    )  # fmt: skip
    (profile,) = await tenant.admin.list("profiles", contact_id=str(contact))
    assert profile["state"] == "inactive"


async def test_a_step_that_is_done_twice_changes_nothing_more(world: World) -> None:
    """A worker that dies after its step committed is followed by one that does it again."""
    tenant = await world.tenant()
    life = await a_life(world, await a_desk(tenant))
    made = await tenant.admin.do(
        "subject_requests.create", kind="erasure", subject_kind="contacts",
        subject_id=str(life["contact"]["id"]),
    )  # fmt: skip
    await tenant.admin.do("subject_requests.start", made["id"])
    for _ in range(40):
        for _ in range(2):
            async with world.services.system(tenant.id, reason="test") as ctx:
                await answer(ctx, request_id=UUID(str(made["id"])))
        await a_relay(world.services).run(tenant.id)
        if (await tenant.admin.read("subject_requests", made["id"]))["state"] == "done":
            break
    await world.work(tenant, rounds=60)
    assert await found_in(world, tenant, CANARIES) == []
    (proof,) = await tenant.admin.list("erasure_certificates")
    assert (proof["outcome"], proof["counts"]["contacts"]) == ("erased", {"erased": 2})


async def test_the_last_administrator_is_not_erased(world: World) -> None:
    tenant = await world.tenant()
    made = await tenant.admin.do(
        "subject_requests.create", kind="erasure", subject_kind="users",
        subject_id=str(tenant.admin.caller.user_id),
    )  # fmt: skip
    with pytest.raises(LastAdministrator):
        await tenant.admin.do("subject_requests.start", made["id"])
    with pytest.raises(Invalid):
        await tenant.admin.do(
            "subject_requests.create", kind="erasure", subject_kind="users",
            subject_id=str(UUID(int=7)),
        )  # fmt: skip


def test_a_single_name_and_a_short_number_are_nobody_in_particular() -> None:
    assert pattern_of(Person(names=("Maya",), phones=("12345",))) == "(?=a)b"
