"""#40: line breaks in fields, and every role's hands on the audit trail, over HTTP."""

from urllib.parse import quote

import pytest

from tests.security.neighbours import bearing
from tests.service.desk import Desk, a_desk
from tests.world import World

NASTY = 'x\r\n{"event":"users.sign_in","level":"info"}\x1b[2J\x1b[31mFAKE\u2028line'


@pytest.fixture
async def desk(world: World) -> Desk:
    return await a_desk(await world.tenant())


async def test_40_no_role_changes_or_removes_an_entry(desk: Desk) -> None:
    await desk.case(description=NASTY)
    world, admin = desk.tenant.world, desk.admin.http()
    listed = (await admin.get("/api/v1/audit_entries?limit=5")).json()["data"]
    place = f"/api/v1/audit_entries/{listed[0]['id']}"
    clients = [admin]
    clients += [await bearing(world, each) for each in (desk.agent, desk.contact)]
    clients.append(await bearing(world, await desk.tenant.member("service_manager")))
    for client in clients:
        for method in ("PATCH", "DELETE", "PUT", "POST"):
            answer = await client.request(method, place, json={"action": "nothing"})
            assert answer.status_code in {403, 404, 405}, (method, answer.text)
        made = await client.post("/api/v1/audit_entries", json={"action": "made up"})
        assert made.status_code in {403, 404, 405}
    # Sealing goes on meanwhile and gives the entry its place in the chain; its content stands.
    found = (await admin.get(place)).json()
    assert {**found, "seq": None} == {**listed[0], "seq": None}


async def test_40_what_was_deleted_stays_in_the_trail(desk: Desk) -> None:
    admin = desk.admin.http()
    account = await desk.tenant.account(name="Soon gone")
    assert (await admin.delete(f"/api/v1/accounts/{account['id']}")).status_code == 204
    told = await admin.get("/api/v1/audit_entries", params={"record_id": str(account["id"])})
    assert {"accounts.create", "accounts.delete"} <= {e["action"] for e in told.json()["data"]}


async def test_40_an_ended_line_in_a_field_ends_none_in_the_log(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = desk.admin.http()
    capsys.readouterr()
    await admin.get(f"/api/v1/cases/{quote(NASTY)}", headers={"X-Request-Id": "a b"})
    await admin.post("/api/v1/cases", json={"subject": NASTY})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2, lines
    assert not [line for line in lines if "\x1b[2J" in line or line.startswith("{")]
