"""One record of every kind for each customer, each with its canary."""

import base64
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.security.visibility.kinds import canary
from tests.service.desk import OFFICE_HOURS
from tests.world import Actor, Tenant


@dataclass
class Records:
    """What a tenant keeps of its customers, by circle and collection."""

    tenant: Tenant
    ids: dict[tuple[str, str], UUID] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    company_of: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def admin(self) -> Actor:
        return self.tenant.admin

    def keep(self, circle: str, collection: str, record: dict[str, Any]) -> dict[str, Any]:
        self.ids[circle, collection] = UUID(str(record["id"]))
        return record

    async def make(self, circle: str, collection: str, **values: Any) -> dict[str, Any]:
        """A record of the circle that is called by its canary."""
        made = await self.admin.do(
            f"{collection}.create", name=canary(circle, collection), **values
        )
        return self.keep(circle, collection, made)

    async def open_shop(self) -> None:
        """What all customers share: a shelf of articles, and an item that anybody may request."""
        self.shelf = await self.admin.do("knowledge_bases.create", name="Help")
        catalog = await self.admin.do("catalogs.create", name="Services")
        self.item = await self.admin.do(
            "catalog_items.create", catalog_id=str(catalog["id"]), name="A visit"
        )
        await self.admin.do("catalog_items.publish", self.item["id"])
        self.remedy = await self.admin.do(
            "articles.create", title="A remedy", body="Turn it off.", audience="internal",
            knowledge_base_id=str(self.shelf["id"]),
        )  # fmt: skip
        await self.admin.do("articles.publish", self.remedy["id"])
        calendar = await self.admin.do(
            "calendars.create", name="Always", zone="UTC", hours=OFFICE_HOURS
        )
        await self.admin.do(
            "sla_definitions.create", name="An answer", kind="cases", response_minutes=480,
            calendar_id=str(calendar["id"]),
        )  # fmt: skip

    async def company(self, circle: str, **values: Any) -> dict[str, Any]:
        code = circle.upper()
        made = await self.tenant.account(canary(circle, "accounts"), code=code, **values)
        self.company_of[circle] = made
        return self.keep(circle, "accounts", made)

    async def contact(self, circle: str, company: str, *roles: str) -> Actor:
        person = await self.tenant.contact(
            self.company_of[company], *roles, name=canary(circle, "contacts")
        )
        self.ids[circle, "contacts"] = UUID(str(person.caller.attributes["contact_id"]))
        self.company_of.setdefault(circle, self.company_of[company])
        self.people[circle] = person
        return person

    async def consumer(self, circle: str) -> Actor:
        person = await self.tenant.consumer(name=canary(circle, "consumers"))
        self.ids[circle, "consumers"] = UUID(str(person.caller.attributes["consumer_id"]))
        self.people[circle] = person
        home = await self.make(circle, "households")
        await self.admin.do(
            "households.join", home["id"], consumer_id=str(self.ids[circle, "consumers"])
        )
        return person

    def owner(self, circle: str) -> dict[str, str]:
        """The column that says whose a record is."""
        if consumer := self.ids.get((circle, "consumers")):
            return {"consumer_id": str(consumer)}
        return {"account_id": str(self.company_of[circle]["id"])}

    async def fill(self, circle: str) -> None:
        """One of everything; what only a company has, its second contact has not."""
        owner = self.owner(circle)
        product = {} if circle == "ben" else await self._belongings(circle, owner)
        await self._case(circle, owner, product)

    async def _belongings(self, circle: str, owner: dict[str, str]) -> dict[str, str]:
        model = await self.admin.do(
            "product_models.create", name=f"Model {circle}", code=circle.upper(), kind="hardware"
        )
        of_model = {"product_model_id": str(model["id"])}
        site = await self.make(
            circle, "locations", line1="Road 1", city="Oslo", country="NO", **owner
        )
        contract = await self.make(circle, "service_contracts", starts_on="2020-01-01", **owner)
        sold = await self.make(
            circle, "sold_products", contract_id=str(contract["id"]),
            location_id=str(site["id"]), **of_model, **owner,
        )  # fmt: skip
        of_sold = {"sold_product_id": str(sold["id"])}
        await self.make(circle, "install_base_items", **of_sold)
        await self.make(circle, "assets", **of_sold)
        await self.make(
            circle, "entitlements", contract_id=str(contract["id"]), starts_on="2020-01-01"
        )
        article = await self.admin.do(
            "articles.create", title=canary(circle, "articles"), body="Hold the button.",
            audience="customer", knowledge_base_id=str(self.shelf["id"]),
            product_model_ids=[str(model["id"])],
        )  # fmt: skip
        await self.admin.do("articles.publish", article["id"])
        self.keep(circle, "articles", article)
        return of_sold

    async def _case(self, circle: str, owner: dict[str, str], product: dict[str, str]) -> None:
        """A case that was requested from the catalogue, with public words and a file on it."""
        party = dict(owner)
        if (circle, "contacts") in self.ids:
            party["contact_id"] = str(self.ids[circle, "contacts"])
        asked = await self.admin.do("catalog_items.request", self.item["id"], **party, **product)
        self.keep(circle, "catalog_requests", asked)
        case_id = self.ids[circle, "cases"] = UUID(str(asked["case_id"]))
        word = canary(circle, "cases")
        await self.admin.do("cases.update", case_id, subject=word, description=f"About {word}")
        await self.admin.do("cases.comment", case_id, body=canary(circle, "activity_entries"))
        await self.admin.do("cases.note", case_id, body=canary(circle, "notes"))
        (said,) = await self.admin.list(
            "activity_entries", record_id=str(case_id), entry_type="comment"
        )
        self.keep(circle, "activity_entries", said)
        await self._work(circle, case_id)
        file = await self.admin.do(
            "attachments.create", kind="cases", record_id=str(case_id),
            name=f"{canary(circle, 'attachments')}.txt",
            content=base64.b64encode(canary(circle, "content").encode()).decode(),
        )  # fmt: skip
        self.keep(circle, "attachments", file)

    async def _work(self, circle: str, case_id: UUID) -> None:
        """What staff have on the case: a task, an article that was of use, a promise."""
        task = await self.admin.do(
            "case_tasks.create", case_id=str(case_id), subject=canary(circle, "case_tasks")
        )
        self.keep(circle, "case_tasks", task)
        used = await self.admin.do(
            "cases.attach_article", case_id, article_id=str(self.remedy["id"])
        )
        self.keep(circle, "case_articles", used)
        (promise,) = await self.admin.list("task_slas", record_id=str(case_id))
        self.keep(circle, "task_slas", promise)
