"""Who may open which page of the desk, and what a role may not do is not offered there."""

import re

import pytest

from tests.portals.browsing import Browser, browser_of
from tests.portals.workspace.furnishing import Desk, a_desk, at_desk
from tests.portals.workspace.test_looks import pages_of
from tests.world import World

LEADERS = ("service_manager", "admin")
READERS = ("agent_b2b", "service_manager", "case_viewer", "admin")


def fragments_of(desk: Desk) -> list[str]:
    case = f"/workspace/cases/{desk.number}"
    return [
        "/workspace/inbox/rows?box=team", "/workspace/offers", "/workspace/search/results?q=drops",
        f"{case}/head", f"{case}/thread", f"{case}/activity", f"{case}/advice",
    ]  # fmt: skip


@pytest.mark.parametrize("role", READERS)
async def test_every_page_opens_for_whoever_reads_cases(world: World, role: str) -> None:
    desk = await a_desk(world)
    actor = await desk.tenant.member(role, name="Sam Okoro")
    browser = await at_desk(actor, desk.tenant)
    closed = {"article-new", "article-edit", "article-draft"}
    if role not in LEADERS:
        closed |= {name for name in pages_of(desk) if name.startswith("insights")}
        assert (await browser.get("/workspace/insights")).status_code == 403
    paths = [path for name, path in pages_of(desk).items() if name not in closed]
    for path in [*paths, *fragments_of(desk)]:
        answer = await browser.get(path)
        assert answer.status_code == 200, (path, browser.text[:600])
        assert "None" not in browser.text


async def test_customer_at_the_desk_is_told_that_it_is_not_for_them(world: World) -> None:
    desk = await a_desk(world)
    browser = await browser_of(desk.maya, desk.tenant)
    for path in [*pages_of(desk).values(), *fragments_of(desk)]:
        assert (await browser.get(path)).status_code == 403, path
        assert "not for your account" in browser.text
    await browser.get("/")
    case = f"/workspace/cases/{desk.number}"
    for path in (f"{case}/reply", f"{case}/do/resolve", "/workspace/presence"):
        assert (await browser.post(path, {"body": "x"})).status_code == 403, path


async def test_stranger_signs_in_first_and_comes_back(world: World) -> None:
    desk = await a_desk(world)
    browser = Browser(world, desk.tenant.slug)
    answer = await browser.get(f"/workspace/cases/{desk.number}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/signin?next=%2Fworkspace%2Fcases%2F{desk.number}"


async def test_agent_of_another_tenant_finds_nothing(world: World) -> None:
    desk, other = await a_desk(world), await world.tenant("Bank")
    stranger = await other.member("admin", name="Ines Stranger")
    browser = await at_desk(stranger, other)
    case = desk.cases["drops"]
    for path in (
        f"/workspace/cases/{case['id']}", f"/workspace/cases/{desk.number}/thread",
        f"/workspace/customers/accounts/{desk.account['id']}",
        f"/workspace/knowledge/{desk.articles['rollback']['number']}",
    ):  # fmt: skip
        assert (await browser.get(path)).status_code == 404, path
    await browser.get("/workspace/search?q=drops")
    assert "Nothing you may see says" in browser.text


async def test_viewer_reads_a_case_and_is_offered_nothing_to_do(world: World) -> None:
    desk = await a_desk(world)
    viewer = await desk.tenant.member("case_viewer", name="Vera Viewer")
    browser = await at_desk(viewer, desk.tenant)
    await browser.get(f"/workspace/cases/{desk.number}")
    assert "Internet drops every evening" in browser.text
    posts = set(re.findall(r'method="post" action="([^"]+)"', browser.page))
    assert posts <= {"/language", "/theme", "/profile", "/signout"}
    await browser.get("/workspace/cases")
    assert 'type="checkbox" name="case"' not in browser.page
    answer = await browser.post(f"/workspace/cases/{desk.number}/do/resolve", {"resolution": "x"})
    assert answer.status_code == 403
    assert browser.faults == ["Your roles do not include this."]


async def test_consumers_agent_does_not_see_cases_of_companies(world: World) -> None:
    desk = await a_desk(world)
    agent = await desk.tenant.member("agent_b2c", name="Cleo Consumer")
    browser = await at_desk(agent, desk.tenant)
    await browser.get("/workspace/cases?view=all")
    assert "Billed twice for October" in browser.text
    assert "Leith practice" not in browser.text
    assert (await browser.get(f"/workspace/cases/{desk.number}")).status_code == 404


async def test_agent_reads_published_articles_and_cannot_publish(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    number = desk.articles["rollback"]["number"]
    await browser.get(f"/workspace/knowledge/{number}")
    assert "Roll the router back to firmware 4.1.9" in browser.text
    assert "/do/retire" not in browser.page
    answer = await browser.post(f"/workspace/knowledge/{number}/do/retire", {})
    assert answer.status_code == 403
    draft = desk.articles["draft"]["number"]
    assert (await browser.get(f"/workspace/knowledge/{draft}")).status_code == 404
    assert (await browser.get(f"/workspace/knowledge/{draft}/edit")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/workspace/cases?state=nonsense&priority=99&account_id=x&sort=drop+table&columns=zz",
        "/workspace/cases?q=%00&view=zzz", "/workspace/customers?kind=robots&q=%F0%9F%92%A9",
        "/workspace/knowledge?base=x&state=y", "/workspace/search?q=" + "a" * 500,
        "/workspace?box=zzz", "/workspace/inbox/rows?current=%3Cscript%3E",
    ],
)  # fmt: skip
async def test_nonsense_in_an_address_shows_the_page_as_if_it_were_not_there(
    world: World, path: str
) -> None:
    tenant = await world.tenant()
    browser = await at_desk(await tenant.member("service_manager"), tenant)
    assert (await browser.get(path)).status_code == 200, browser.text[:400]
    assert "<script>alert" not in browser.page


@pytest.mark.parametrize(
    "path",
    [
        "/workspace/cases/CS9999999", "/workspace/cases/..%2f..", "/workspace/customers/robots/1",
        "/workspace/customers/accounts/not-an-id", "/workspace/knowledge/KB9999999",
        "/workspace/cases?after=%7E%7Enonsense",
    ],
)  # fmt: skip
async def test_what_is_not_there_has_its_page(world: World, path: str) -> None:
    tenant = await world.tenant()
    browser = await at_desk(await tenant.member("service_manager"), tenant)
    answer = await browser.get(path)
    assert answer.status_code in {400, 404}
    assert "There is nothing here" in browser.text


async def test_agent_sees_at_a_glance_what_is_promised_owned_and_said(world: World) -> None:
    desk = await a_desk(world)
    await world.work(desk.tenant)
    browser = await at_desk(desk.jonas, desk.tenant)
    await browser.get(f"/workspace/customers/accounts/{desk.account['id']}")
    for heading in ("Open promises", "Latest conversations", "Contracts", "What they own"):
        assert f">{heading}</h2>" in browser.page
    promises = browser.text.partition("Open promises")[2].partition("Cases")[0]
    assert desk.number in promises
    assert "Business Care" in browser.text
    contact = desk.maya.caller.attributes["contact_id"]
    await browser.get(f"/workspace/customers/contacts/{contact}")
    assert desk.number in browser.text.partition("Open promises")[2].partition("Cases")[0]
