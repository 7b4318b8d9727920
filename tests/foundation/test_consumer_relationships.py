"""A consumer who acts for another: an authorised representative."""

from typing import Any

import pytest
import pytest_asyncio

from infra.kernel.errors import Invalid
from tests.foundation.kin import Kin, ids, kin
from tests.world import Actor, World


@pytest_asyncio.fixture
async def of(world: World) -> Kin:
    return await kin(world)


async def acts_for(of: Kin, representative: Actor, consumer: Actor) -> dict[str, Any]:
    made: dict[str, Any] = await of.admin.do(
        "consumer_relationships.create",
        consumer_id=str(consumer.caller.attributes["consumer_id"]),
        representative_id=str(representative.caller.attributes["consumer_id"]),
        responsibility_id=await of.responsibility("authorized_representative"),
    )
    return made


async def test_a_representative_manages_another_consumers_cases(of: Kin) -> None:
    noor, rami = await of.desk.tenant.consumer(), await of.desk.tenant.consumer(name="Rami")
    other = await of.desk.tenant.consumer(name="Other")
    case = await noor.do("cases.create", subject="The line is dead")
    await other.do("cases.create", subject="Not theirs")
    phone = await of.http(rami)
    noors = str(noor.caller.attributes["consumer_id"])
    early = await phone.post("/api/v1/cases", json={"subject": "Early", "consumer_id": noors})
    assert early.status_code == 422
    tie = await acts_for(of, rami, noor)
    assert ids(await phone.get("/api/v1/cases")) == {str(case["id"])}
    opened = await phone.post("/api/v1/cases", json={"subject": "For Noor", "consumer_id": noors})
    assert opened.status_code == 201, opened.text
    assert opened.json()["consumer_id"] == noors
    own = await phone.post("/api/v1/cases", json={"subject": "Mine"})
    assert own.json()["consumer_id"] == str(rami.caller.attributes["consumer_id"])
    said = await phone.post(f"/api/v1/cases/{case['id']}/comment", json={"body": "For my mother"})
    assert said.status_code == 200, said.text
    words = await phone.get("/api/v1/activity_entries", params={"record_id": str(case["id"])})
    assert "For my mother" in {row["body"] for row in words.json()["data"]}
    seen = {str(row["id"]) for row in await noor.list("cases")}
    assert seen == {opened.json()["id"], str(case["id"])}

    theirs = await of.http(noor)
    ended = await theirs.post(f"/api/v1/consumer_relationships/{tie['id']}/end", json={})
    assert ended.status_code == 200, ended.text
    assert ids(await phone.get("/api/v1/cases")) == {own.json()["id"]}
    gone = await phone.post(f"/api/v1/cases/{case['id']}/comment", json={"body": "Still me"})
    assert gone.status_code == 404


async def test_acting_for_somebody_is_no_two_way_street(of: Kin) -> None:
    noor, rami = await of.desk.tenant.consumer(), await of.desk.tenant.consumer()
    his = await rami.do("cases.create", subject="His own")
    tie = await acts_for(of, rami, noor)
    again = await of.world.actor(of.desk.tenant, noor.profile_id)
    assert await again.list("cases") == []
    assert [row["id"] for row in await noor.list("consumer_relationships")] == [tie["id"]]
    other = await of.desk.tenant.consumer()
    assert await other.list("consumer_relationships") == []
    with pytest.raises(Invalid):
        await acts_for(of, rami, rami)
    rami = await of.world.actor(of.desk.tenant, rami.profile_id)
    await rami.do("consumer_relationships.end", tie["id"])
    assert [row["id"] for row in await rami.list("cases")] == [his["id"]]


async def test_a_representative_has_a_responsibility_for_people_outside(of: Kin) -> None:
    noor, rami = await of.desk.tenant.consumer(), await of.desk.tenant.consumer()
    with pytest.raises(Invalid) as refused:
        await of.admin.do(
            "consumer_relationships.create",
            consumer_id=str(noor.caller.attributes["consumer_id"]),
            representative_id=str(rami.caller.attributes["consumer_id"]),
            responsibility_id=await of.responsibility("relationship_manager"),
        )
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/responsibility_id", "wrong_kind")
    ]
    assert await of.admin.list("consumer_relationships") == []
