"""#31: script in every text that anybody shows: pages show it as text, and nothing runs."""

from html.parser import HTMLParser
from typing import Any

import pytest

from tests.portals.browsing import Browser, an_article, browser_of
from tests.service.desk import Desk, a_desk
from tests.world import World

MARK = "xss7"
PAYLOADS = (
    f"<script>alert('{MARK}')</script>",
    f"<img src=x onerror={MARK}()>",
    f"\"'><svg/onload={MARK}()>",
    f"</title><iframe srcdoc='<script>{MARK}()</script>'>",
    f"[go](javascript:{MARK}()) ![x](javascript:{MARK}()) <javascript:{MARK}()>",
    f"[go](data:text/html;base64,{MARK}) [go](vbscript:{MARK}) [go](\tjava\nscript:{MARK}())",
    f"<xmp><p title='</xmp><img src=x onerror={MARK}()>'>",
    f"<math><mi xlink:href='javascript:{MARK}()'>x</mi></math>",
    f"<a href='https://ok.example' onclick={MARK}()>x</a><form action=//evil.example><button>",
    f"{{{{ '{MARK}'.__class__ }}}} {{% include '{MARK}' %}}",
    f"\x3c/textarea><script src=//evil.example/{MARK}></script>",
    f"<style>@import '//evil.example/{MARK}'</style><link rel=stylesheet href=//evil.example>",
)
ACTIVE = {"script", "iframe", "object", "embed", "xmp", "math", "style", "base", "meta"}


class Alarm(HTMLParser):
    """Notes what in a page came from a payload and is more than text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag if tag in {"script", "style"} else ""
        for name, value in attrs:
            said = (value or "").strip().lower().replace("\t", "").replace("\n", "")
            if name.startswith("on") or name == "srcdoc" or MARK in name:
                self.found.append(f"<{tag} {name}={value}>")
            if name in {"href", "src", "action", "formaction", "xlink:href"} and (
                said.startswith(("javascript:", "vbscript:", "data:text")) or "evil" in said
            ):
                self.found.append(f"<{tag} {name}={value}>")
            if tag in ACTIVE and MARK in said:
                self.found.append(f"<{tag} {name}={value}>")

    def handle_data(self, data: str) -> None:
        if self._within and MARK in data:
            self.found.append(f"<{self._within}>{data[:80]}")

    def handle_endtag(self, tag: str) -> None:
        self._within = ""


@pytest.fixture
async def desk(world: World) -> Desk:
    return await a_desk(await world.tenant())


async def poisoned(desk: Desk) -> dict[str, Any]:
    """A case in which every text is an attack, and an article and people to match."""
    admin, everything = desk.admin, "\n\n".join(PAYLOADS)
    short = PAYLOADS[1] + PAYLOADS[2]
    await admin.do("contacts.update", desk.contact_id, name=short)
    await admin.do("accounts.update", desk.account["id"], name=short)
    await admin.do("sold_products.update", desk.router["id"], name=short)
    case = await desk.case(subject=short, description=everything, category=PAYLOADS[0])
    for payload in PAYLOADS:
        await desk.contact.do("cases.comment", case["id"], body=payload)
    await desk.agent.do("cases.comment", case["id"], body=everything)
    await desk.agent.do("cases.note", case["id"], body=everything)
    await desk.contact.do(
        "attachments.create", name=f'{MARK}"><img src=x onerror={MARK}()>.html',
        content="PHNjcmlwdD4=", media_type="text/html", kind="cases", record_id=str(case["id"]),
    )  # fmt: skip
    await an_article(desk.tenant, short, everything)
    await desk.tenant.world.work(desk.tenant)
    return case


async def alarms(browser: Browser, path: str) -> list[str]:
    answer = await browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:200])
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy.partition("style-src")[0]
    assert "script-src 'self'" in policy
    alarm = Alarm()
    alarm.feed(answer.text)
    return [f"{path}: {each}" for each in alarm.found]


async def test_31_nothing_that_people_wrote_runs_on_a_page(desk: Desk) -> None:
    case = await poisoned(desk)
    articles = await desk.admin.list("articles")
    customer = await browser_of(desk.contact, desk.tenant)
    agent = await browser_of(desk.agent, desk.tenant)
    number, found = case["number"], []
    for path in (
        "/", "/cases", f"/cases/{number}", "/products",
        "/cases/new", f"/search?q={MARK}", f"/knowledge/{articles[0]['number']}",
    ):  # fmt: skip
        found += await alarms(customer, path)
    assert MARK in customer.page, "the payload is shown"
    head = f"/workspace/cases/{number}"
    for path in (
        "/workspace",
        "/workspace/cases",
        "/workspace/customers",
        f"/workspace/customers/accounts/{desk.account['id']}",
        f"/workspace/customers/contacts/{desk.contact_id}",
        "/workspace/knowledge",
        f"/workspace/knowledge/{articles[0]['number']}",
        f"{head}/advice", head, f"{head}/thread", f"{head}/activity", f"{head}/head",
        f"/workspace/search?q={MARK}", f"/workspace/search/results?q={MARK}",
    ):  # fmt: skip
        found += await alarms(agent, path)
    assert found == []


async def test_31_the_api_gives_words_back_as_data_that_no_browser_shows(desk: Desk) -> None:
    case = await poisoned(desk)
    admin = desk.admin.http()
    for path in (f"cases/{case['id']}", f"activity_entries?record_id={case['id']}"):
        answer = await admin.get(f"/api/v1/{path}")
        assert MARK in answer.text
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.headers["x-content-type-options"] == "nosniff"
    stray = await admin.get(f"/api/v1/cases?{MARK}<script>=1")
    assert stray.headers["content-type"] == "application/problem+json"
