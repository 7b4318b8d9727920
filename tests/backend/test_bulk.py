"""Many operations in one request, once each however often it is sent."""

from typing import Any

import pytest

from infra.kernel import bulk
from tests.world import World

BULK = "/api/v1/accounts/bulk"


def creating(*codes: str) -> dict[str, Any]:
    return {"operations": [{"op": "create", "body": {"name": c, "code": c}} for c in codes]}


async def test_a_bulk_sent_again_is_answered_again_and_another_body_is_refused(
    world: World,
) -> None:
    admin = (await world.tenant()).admin.http()
    key = {"Idempotency-Key": "k" * 255}
    first = await admin.post(BULK, json=creating("ONE", ""), headers=key)
    again = await admin.post(BULK, json=creating("ONE", ""), headers=key)
    other = await admin.post(BULK, json=creating("ONE", "", "TWO"), headers=key)
    assert [r["status"] for r in first.json()["results"]] == [201, 422]
    assert "idempotent-replayed" not in first.headers
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert other.status_code == 422
    assert other.json()["errors"][0]["pointer"] == "Idempotency-Key"
    kept = (await admin.get("/api/v1/accounts?fields=code")).json()["data"]
    assert [row["code"] for row in kept] == ["ONE"]


async def test_a_bulk_that_broke_off_is_gone_on_with(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = (await world.tenant()).admin.http()
    key = {"Idempotency-Key": "broken-off"}

    async def broken(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as breaking:
        breaking.setattr(bulk, "_ended", broken)
        await admin.post(BULK, json=creating("ONE", "TWO"), headers=key)
    made = (await admin.get("/api/v1/accounts?sort=code&fields=id")).json()["data"]
    finished = await admin.post(BULK, json=creating("ONE", "TWO"), headers=key)
    assert [{"id": r["body"]["id"]} for r in finished.json()["results"]] == made


async def test_a_bulk_takes_no_parameters_and_its_audit_says_from_where(world: World) -> None:
    admin = (await world.tenant()).admin.http()
    wrong = await admin.post(f"{BULK}?dry_run=true", json=creating("ONE"))
    assert wrong.status_code == 400
    made = (await admin.post(BULK, json=creating("ONE"))).json()["results"][0]["body"]["id"]
    (entry,) = (await admin.get(f"/api/v1/audit_entries?record_id={made}")).json()["data"]
    assert entry["origin"] == "127.0.0.1"
