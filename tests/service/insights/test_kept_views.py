"""Views that are kept, shared, mailed at their hour and taken along as files."""

import csv
import io
from email import message_from_bytes, policy
from typing import Any

import pytest
from openpyxl import load_workbook

from backend.service.insights.mailing import mail_due
from infra.kernel.errors import Forbidden, Invalid, NotFound
from infra.kernel.mail import compose
from tests.service.desk import Desk
from tests.service.insights.counting import execute, recounted
from tests.world import Actor

WEEKLY = {"cadence": "weekly", "send_hour": 7, "send_day": 1}


async def a_view(actor: Actor, **values: Any) -> dict[str, Any]:
    given = {"name": "Phone", "question": {"span": "30d", "channel": "portal", "by": "group"}}
    made: dict[str, Any] = await actor.do("insights.create", **(given | values))
    return made


async def letters(desk: Desk) -> list[Any]:
    """What was mailed, as the reader's program gets it."""
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        rows = await ctx.fetch(
            """SELECT sender, recipient, subject, text_body, html_body, headers::text AS headers,
                      message_id, created_at, files::text AS files FROM outbound_mails
                WHERE tenant_id = $1 AND kind = 'insights' ORDER BY recipient""",
            desk.tenant.id,
        )
    return [message_from_bytes(bytes(compose(row)), policy=policy.default) for row in rows]


async def come_due(desk: Desk) -> None:
    """The hour of every view has struck. A minute ago, for the service reads the database's clock
    from time to time only and is a little behind it, or ahead."""
    await execute(
        desk.tenant,
        "UPDATE insights SET next_at = now() - interval '1 minute' WHERE tenant_id = $1",
    )


async def mailed(desk: Desk) -> list[Any]:
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        await mail_due(ctx)
    await desk.tenant.world.work(desk.tenant)
    return await letters(desk)


async def test_a_view_is_the_keepers_alone_until_it_is_shared(desk: Desk) -> None:
    one = await desk.tenant.member("service_manager")
    other = await desk.tenant.member("service_manager")
    view = await a_view(one)
    assert view["question"] == {"span": "30d", "channel": "portal", "by": "group"}
    assert (view["owner_id"], view["next_at"]) == (one.profile_id, None)
    with pytest.raises(NotFound):
        await other.read("insights", view["id"])
    await one.do("insights.update", view["id"], shared=True)
    assert (await other.read("insights", view["id"]))["name"] == "Phone"
    with pytest.raises((Forbidden, NotFound)):
        await other.do("insights.update", view["id"], name="Mine")
    with pytest.raises(Forbidden):
        await a_view(desk.agent)
    assert [row["name"] for row in await one.list("insights")] == ["Phone"]


async def test_a_view_that_asks_nonsense_is_refused_with_all_faults(desk: Desk) -> None:
    manager = await desk.tenant.member("service_manager")
    with pytest.raises(Invalid) as refused:
        await a_view(
            manager, question={"span": "7d", "first": "2026-01-01"}, cadence="daily",
            recipient_ids=[str(desk.contact.profile_id)],
        )  # fmt: skip
    assert {fault.pointer for fault in refused.value.faults} == {
        "/question/span", "/recipient_ids/0",
    }  # fmt: skip
    with pytest.raises(Invalid):
        await a_view(manager, question={"by": "moon"})
    with pytest.raises(Invalid):
        await a_view(manager, cadence="daily")
    assert await desk.admin.list("insights") == []


async def test_a_view_is_mailed_once_to_those_who_may_see_it(desk: Desk) -> None:
    await desk.case()
    manager = await desk.tenant.member("service_manager", name="Mara")
    people = (manager, desk.agent)
    view = await a_view(manager, recipient_ids=[str(p.profile_id) for p in people], **WEEKLY)
    assert view["next_at"] is not None
    assert await mailed(desk) == []
    await come_due(desk)
    (letter,) = await mailed(desk)
    assert letter["Subject"] == "Phone"
    assert "Opened: 1 (before: 0)" in letter.get_body(("plain",)).get_content()
    assert "<b>1</b>" in letter.get_body(("html",)).get_content()
    (file,) = letter.iter_attachments()
    assert file.get_filename().endswith(".csv")
    rows = list(csv.DictReader(io.StringIO(file.get_content().lstrip("\ufeff"))))
    assert [row["opened"] for row in rows] == ["1", "1"]
    assert len(await mailed(desk)) == 1
    stored = await manager.read("insights", view["id"])
    assert stored["sent_at"] < stored["next_at"]


async def test_a_letter_comes_without_the_file_where_none_is_wanted(desk: Desk) -> None:
    await a_view(
        desk.admin, recipient_ids=[str(desk.admin.profile_id)], format="letter", **WEEKLY
    )  # fmt: skip
    await come_due(desk)
    (letter,) = await mailed(desk)
    assert list(letter.iter_attachments()) == []


async def test_a_letter_waits_until_all_cases_are_counted(desk: Desk) -> None:
    await desk.case()
    await a_view(desk.admin, recipient_ids=[str(desk.admin.profile_id)], **WEEKLY)
    await come_due(desk)
    await execute(
        desk.tenant,
        """INSERT INTO figure_heads (tenant_id, id, counting_after)
           VALUES ($1, gen_random_uuid(), '00000000-0000-0000-0000-000000000000')
           ON CONFLICT (tenant_id) DO UPDATE SET counting_after = EXCLUDED.counting_after""",
    )
    assert await mailed(desk) == []
    await recounted(desk.tenant)
    (letter,) = await mailed(desk)
    assert "Opened: 1 (before: 0)" in letter.get_body(("plain",)).get_content()


async def test_a_leader_is_mailed_the_own_groups_only(desk: Desk) -> None:
    lead = await desk.tenant.member("team_lead", name="Lea")
    group = await desk.admin.do("groups.create", name="Second line")
    await desk.admin.do(
        "group_members.create", group_id=str(group["id"]), user_id=str(lead.caller.user_id)
    )
    for number in range(3):
        case = await desk.case()
        if number == 0:
            await desk.agent.do("cases.assign", case["id"], assignment_group_id=str(group["id"]))
    await a_view(desk.admin, recipient_ids=[str(lead.profile_id)], **WEEKLY)
    await come_due(desk)
    (letter,) = await mailed(desk)
    assert "Opened: 1 (before: 0)" in letter.get_body(("plain",)).get_content()


async def test_figures_are_taken_along_as_csv_and_as_a_workbook(desk: Desk) -> None:
    await desk.case()
    async with desk.admin.http() as client:
        path = "/api/v1/insights/figures/export"
        answer = await client.get(path, params={"by": "channel"})
        assert answer.status_code == 200
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert [(row["channel"], row["opened"]) for row in rows] == [("", "1"), ("portal", "1")]
        answer = await client.get(path, params={"by": "channel", "format": "xlsx"})
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        table = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert table[0][:3] == ["channel", "name", "opened"]
        assert table[2][:3] == ["portal", None, 1] or table[2][:3] == ["portal", "", 1]
        assert (await client.get(path, params={"format": "pdf"})).status_code == 400
        assert (await client.get(path, params={"by": "moon"})).status_code in {400, 422}
    async with await desk.tenant.world.session(desk.tenant, desk.agent) as client:
        assert (await client.get(path)).status_code == 403
