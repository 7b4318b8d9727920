"""The main job, played once against the running server, over HTTP and nothing else."""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import httpx2

from backend.demo.client import (
    Listener,
    Somebody,
    Unexpected,
    identity_token,
    listening,
    signed_in,
    told,
)
from backend.demo.seeding import PASSWORD, Seeded
from backend.demo.telling import Teller

DEVICE = {"device": "Aurora Fibre Router", "serial_number": "AUR-55-0192", "firmware": "2.3.9"}
SUBJECT = "Internet drops every evening"
FLOOD = 200


@dataclass
class Story:
    """Who plays, and where."""

    base_url: str
    telecom: Seeded
    bank: Seeded
    tell: Teller

    async def play(self) -> None:
        """All scenes in their order."""
        await self.consumer_asks()
        await self.mail_and_portal_are_one_case()
        await self.flood_delays_nobody_else()
        await self.stranger_finds_nothing()

    async def _person(self, tenant: Seeded, key: str) -> Somebody:
        user = tenant.person(key)
        return await signed_in(self.base_url, tenant.host, user["email"], PASSWORD)

    # ── A consumer's case ────────────────────────────────────────────────────────────────────

    async def consumer_asks(self) -> None:
        """From the shop's widget to the right agent and back as an answer."""
        tell = self.tell
        tell.scene("Noor's internet drops every evening")
        agents = {key: await self._person(self.telecom, key) for key in ("amara", "pawel", "jonas")}
        with tell.step("Three agents sit down: Amara and Paweł know billing, Jonas knows routers"):
            for agent in agents.values():
                await agent.post("/api/v1/agent_presence/set", {"state": "available"})
        visitor = await self._visitor()
        async with listening(agents["jonas"]) as ears:
            with tell.step(
                "On the shop's page Noor searches for help, and finds no answer"
            ) as notes:
                found = await visitor.get("/embed/v1/knowledge", q="evening outage modem")
                notes.append(f"{len(found['data'])} articles answer “evening outage modem”.")
            case, began = await self._open_case(visitor)
            offer = await self._await_offer(ears, case["id"], began)
        jonas = agents["jonas"]
        await self._why(offer["record_id"])
        with tell.step("Jonas accepts with one key"):
            await jonas.do("work_items", offer["record_id"], "accept")
        await self._answer(jonas, case["id"])
        await self._noor_is_content(case["id"])
        for person in (*agents.values(), visitor):
            await person.close()

    async def _visitor(self) -> Somebody:
        module = self.telecom.modules[0]
        noor = self.telecom.person("noor")
        origin = {"Origin": module["origins"][0]}
        identity = identity_token(
            module["secret"], sub="shop-customer-1187", email=noor["email"], name=noor["name"],
            email_verified=True,
        )  # fmt: skip
        page = Somebody(self.base_url, headers=origin)
        session = await page.post(
            "/embed/v1/session", {"module": module["key"], "identity": identity}
        )
        await page.close()
        if not session["identified"]:
            raise Unexpected("the shop's signature was not accepted")
        return Somebody(self.base_url, token=session["token"], headers=origin)

    async def _open_case(self, visitor: Somebody) -> tuple[dict[str, Any], float]:
        with self.tell.step("She opens a case in the widget; the page adds her device") as notes:
            began = time.perf_counter()
            products = await visitor.get("/embed/v1/products")
            case = await visitor.post(
                "/embed/v1/cases",
                {
                    "subject": SUBJECT,
                    "description": "Since Thursday it is gone from six to eight every evening.",
                    "sold_product_id": products["data"][0]["id"],
                    "context": DEVICE,
                },
            )
            full = await self.telecom.admin.get(f"/api/v1/cases/{case['id']}/context")
            notes.append(
                f"It is case {case['number']}, with {DEVICE['device']} {DEVICE['serial_number']}."
            )
            notes.extend(_owed(full))
        return case, began

    async def _await_offer(self, ears: Listener, case_id: str, began: float) -> dict[str, Any]:
        with self.tell.step(
            "The case passes two agents who lack the skill; Jonas sees it live"
        ) as notes:
            while True:
                offer = await ears.wait_for("work_items.offered")
                item = await self.telecom.admin.get(f"/api/v1/work_items/{offer['record_id']}")
                if item["record_id"] == case_id:
                    break
            took = (time.perf_counter() - began) * 1000
            notes.append(f"From her click to his screen: {took:.0f} ms.")
        return offer

    async def _why(self, item_id: str) -> None:
        with self.tell.step(
            "Why him? The decision is kept, with a reason for every agent"
        ) as notes:
            decision = await self.telecom.admin.get(f"/api/v1/work_items/{item_id}/decision")
            names = {self.telecom.ids[k]: k for k in ("amara", "pawel", "jonas", "lucia")}
            for candidate in decision["candidates"]:
                who = self._name(names.get(candidate["profile_id"], ""))
                notes.append(f"{who}: {_reason(candidate)}")

    def _name(self, key: str) -> str:
        return next((u["name"] for u in self.telecom.users if u["key"] == key), "An agent")

    async def _answer(self, jonas: Somebody, case_id: str) -> None:
        tell = self.tell
        with tell.step("Advice lies beside the case, each piece with its reason") as notes:
            advice = await _until(
                lambda: jonas.get(f"/api/v1/cases/{case_id}/recommendations"),
                lambda answer: {r["kind"] for r in answer["data"]} >= {"articles", "cases"},
            )
            for one in advice["data"]:
                notes.append(f"{one['title']}: {one['reason']}")
            summary = await jonas.get(f"/api/v1/cases/{case_id}/summary")
            cited = sum(len(s["citations"]) for s in summary["sentences"])
            notes.append(
                f"Summary of {len(summary['sentences'])} sentences with {cited} citations."
            )
        with tell.step(
            "He takes the article and the similar case's resolution, and resolves"
        ) as notes:
            article = next(r for r in advice["data"] if r["kind"] == "articles")
            await _take(jonas, case_id, article)
            similar = next(r for r in advice["data"] if r["kind"] == "cases")
            await jonas.do(
                "cases", case_id, "comment",
                body="Good evening Noor, the article linked here describes your trouble.",
            )  # fmt: skip
            resolution = similar["action"]["arguments"].get("resolution") or similar["title"]
            await jonas.do(
                "cases", case_id, "resolve", resolution=resolution, resolution_code="solved"
            )
            notes.append(f"Resolution: {resolution}")

    async def _noor_is_content(self, case_id: str) -> None:
        noor = await self._person(self.telecom, "noor")
        with self.tell.step("Noor reads the answer in her portal and gives five of five") as notes:
            case = await noor.get(f"/api/v1/cases/{case_id}")
            if case["state"] != "resolved":
                raise Unexpected(f"the case is {case['state']}")
            notes.append(f"What she reads: “{case['resolution']}”")
            await noor.do("cases", case_id, "rate", rating=5, comment="Quick, and it holds.")
        await noor.close()

    # ── Mail and portal ──────────────────────────────────────────────────────────────────────

    async def mail_and_portal_are_one_case(self) -> None:
        """A business contact writes a mail, adds to it in the portal, and it is one case."""
        tell = self.tell
        tell.scene("Maya of Quayside Opticians writes to Harbour Bank")
        maya = await self._person(self.bank, "maya")
        with tell.step("Her e-mail becomes a case of her company") as notes:
            message = EmailMessage()
            message["From"] = f"Maya Lindqvist <{self.bank.person('maya')['email']}>"
            message["To"] = f"business@{self.bank.slug}.example"
            message["Subject"] = "Card terminal declines every second payment"
            message["Message-ID"] = f"<{uuid4().hex}@quayside.example>"
            message.set_content("Since this morning every second payment is declined.\n")
            received = told(
                await self.bank.admin.http.post(
                    f"/api/v1/mailboxes/{self.bank.ids['mailbox']}/receive",
                    content=message.as_bytes(),
                    headers={"Content-Type": "message/rfc822"},
                )
            )
            case = await maya.get(f"/api/v1/cases/{received['case_id']}")
            notes.append(f"Case {case['number']}: {case['subject']}")
        with tell.step("In the portal she finds it and adds what she forgot") as notes:
            await maya.do(
                "cases", case["id"], "comment", body="It is the terminal at the counter, T-4471."
            )
            page = await maya.get("/api/v1/cases", count="true")
            notes.append(f"She has {page['count']} case, opened by e-mail, continued by portal.")
            if page["count"] != 1:
                raise Unexpected("one conversation became several cases")
        with tell.step("Her reply by e-mail lands in the same case") as notes:
            reply = EmailMessage()
            reply["From"] = message["From"]
            reply["To"] = message["To"]
            reply["Subject"] = f"Re: {message['Subject']}"
            reply["Message-ID"] = f"<{uuid4().hex}@quayside.example>"
            reply["In-Reply-To"] = message["Message-ID"]
            reply["References"] = message["Message-ID"]
            reply.set_content("It says error 51.\n\n> Since this morning every second payment\n")
            again = told(
                await self.bank.admin.http.post(
                    f"/api/v1/mailboxes/{self.bank.ids['mailbox']}/receive",
                    content=reply.as_bytes(),
                    headers={"Content-Type": "message/rfc822"},
                )
            )
            if again["case_id"] != case["id"]:
                raise Unexpected("the reply opened another case")
            notes.append("One case, one timeline, nothing asked twice.")
        self.bank.ids["case"] = case["id"]
        await maya.close()

    # ── Neighbours ───────────────────────────────────────────────────────────────────────────

    async def flood_delays_nobody_else(self) -> None:
        """One tenant floods; the other's case is offered as quickly as ever."""
        tell = self.tell
        tell.scene("Meanwhile Northlight is flooded")
        dev = await self._person(self.bank, "dev")
        await self.bank.admin.post(
            "/api/v1/agent_presence/set", {"profile_id": self.bank.ids["dev"], "capacity": 20}
        )
        await dev.post("/api/v1/agent_presence/set", {"state": "available"})
        with tell.step(
            f"{FLOOD} cases reach Northlight at once; one reaches Harbour Bank"
        ) as notes:
            flood = asyncio.create_task(self._flood())
            await asyncio.sleep(0.2)
            async with listening(dev) as ears:
                began = time.perf_counter()
                case = await self.bank.admin.create(
                    "cases",
                    subject="Overdraft limit for December",
                    account_id=self.bank.ids["account"],
                    channel="portal",
                )
                while True:
                    offer = await ears.wait_for("work_items.offered")
                    item = await self.bank.admin.get(f"/api/v1/work_items/{offer['record_id']}")
                    if item["record_id"] == case["id"]:
                        break
                took = (time.perf_counter() - began) * 1000
            notes.append(
                f"Dev had the bank's case after {took:.0f} ms, in the middle of the flood."
            )
            reports = await flood
            notes.append(f"{len(reports)} flood cases were taken in, none was lost.")
        with tell.step("Northlight's manager calls the outage off, all reports at once") as notes:
            calm = await self._call_off(reports)
            notes.append(f"{calm} cases cancelled with their reason; the desks are free again.")
        await dev.close()

    async def _call_off(self, reports: list[str]) -> int:
        turns = asyncio.Semaphore(8)
        lucia = await self._person(self.telecom, "lucia")

        async def cancel(case_id: str) -> None:
            async with turns:
                await lucia.do("cases", case_id, "cancel", reason="The outage is over.")

        await asyncio.gather(*(cancel(case_id) for case_id in reports))
        await lucia.close()
        return len(reports)

    async def _flood(self) -> list[str]:
        operations = [
            {
                "op": "create",
                "body": {
                    "subject": f"Area outage, report {number}",
                    "consumer_id": self.telecom.ids["tomas"],
                    "channel": "web",
                },
            }
            for number in range(FLOOD // 4)
        ]
        answers = await asyncio.gather(
            *(
                self.telecom.admin.post("/api/v1/cases/bulk", {"operations": operations})
                for _ in range(4)
            )
        )
        results = [result for answer in answers for result in answer["results"]]
        if any(result["status"] != 201 for result in results):
            raise Unexpected("a case of the flood was refused")
        return [result["body"]["id"] for result in results]

    # ── Strangers ────────────────────────────────────────────────────────────────────────────

    async def stranger_finds_nothing(self) -> None:
        """The bank's admin tries the telecom's ids."""
        tell = self.tell
        tell.scene("The bank's admin tries Northlight's ids")
        stranger = self.bank.admin
        page = await self.telecom.admin.get("/api/v1/cases", limit="5")
        ids = [("cases", row["id"]) for row in page["data"]]
        ids += [
            ("consumers", self.telecom.ids["noor"]),
            ("sold_products", self.telecom.ids["sold"]),
        ]
        with tell.step(f"{len(ids)} reads, {len(ids)} changes, one search") as notes:
            statuses: list[int] = []
            for collection, key in ids:
                place = f"/api/v1/{collection}/{key}"
                statuses.append((await stranger.http.get(place)).status_code)
                statuses.append((await stranger.http.patch(place, json={})).status_code)
            found = await stranger.get("/api/v1/search", q="Noor Haddad AUR-55-0192")
            if set(statuses) != {404} or found["data"]:
                raise Unexpected(f"a stranger got {set(statuses)} and {len(found['data'])} hits")
            notes.append("Every answer is 404, the same as for an id that never was; no hit.")


async def _take(jonas: Somebody, case_id: str, recommendation: dict[str, Any]) -> None:
    """Do what the recommendation offers, in place."""
    action = recommendation["action"]
    _, verb = action["name"].split(".", 1)
    await jonas.do("cases", case_id, verb, **action["arguments"])


async def _until(ask: Any, good: Any) -> Any:
    """Ask again until the background work is done; at most some seconds."""
    end = time.monotonic() + 20
    while True:
        answer = await ask()
        if good(answer) or time.monotonic() > end:
            return answer
        await asyncio.sleep(0.1)


def _owed(context: dict[str, Any]) -> list[str]:
    """What the customer is owed, in words."""
    lines = []
    entitlement = context.get("entitlement")
    if entitlement:
        lines.append(f"Entitlement verified: {entitlement['name']}, {entitlement.get('tier')}.")
    lines.extend(
        f"Its clock runs: {promise.get('target')} due {promise.get('due_at')}."
        for promise in context.get("slas", ())
    )
    return lines


def _reason(candidate: dict[str, Any]) -> str:
    """Why this agent was chosen, or not."""
    outcome = str(candidate.get("outcome", ""))
    return f"{outcome}, {candidate['detail']}" if candidate.get("detail") else outcome


async def close_all(*people: Somebody) -> None:
    """Close clients, whatever became of them."""
    for person in people:
        with contextlib.suppress(httpx2.HTTPError):
            await person.close()
