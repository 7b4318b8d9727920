"""Everybody who stands to the town's customers in one way or another."""

from typing import Any

from tests.security.visibility.records import Records
from tests.service.network import Network
from tests.world import Actor


class People:
    """Makes the viewers, and whatever relates them to what they see."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.tenant = records.tenant
        self.admin = records.admin
        self.viewers: dict[str, Actor] = {}

    async def all_of_them(self) -> dict[str, Actor]:
        await self._staff()
        await self._business()
        await self._partners()
        await self._consumers()
        return self.viewers

    async def responsibility(self, key: str) -> str:
        (found,) = await self.admin.list("responsibilities", key=key)
        return str(found["id"])

    async def _staff(self) -> None:
        self.viewers["admin"] = self.admin
        for role in ("service_manager", "agent_b2b", "agent_b2c", "case_viewer"):
            self.viewers[role] = await self.tenant.member(role)
        for side in ("account", "consumer"):
            self.viewers[f"{side}_clerk"] = await self.tenant.member(f"{side}_contributor")
        self.viewers["clerk"] = await self.tenant.member("self_contributor")
        manager = await self.tenant.member("self_contributor")
        await self.admin.do(
            "account_team_members.create", profile_id=str(manager.profile_id),
            account_id=self.company("harbour"),
            responsibility_id=await self.responsibility("account_manager"),
        )  # fmt: skip
        guardian = await self.tenant.member("self_contributor")
        await self.admin.do(
            "household_team_members.create", profile_id=str(guardian.profile_id),
            household_id=str(self.records.ids["noor", "households"]),
            responsibility_id=await self.responsibility("relationship_manager"),
        )  # fmt: skip
        self.viewers |= {"account_manager": manager, "relationship_manager": guardian}

    def company(self, name: str) -> str:
        return str(self.records.ids[name, "accounts"])

    async def _business(self) -> None:
        """Colleagues, parents, children, strangers, and those who stand for others."""
        at = self.records.company_of
        person = self.tenant.contact
        self.viewers |= {
            "maya": self.records.people["harbour"],
            "ben": self.records.people["ben"],
            "case_manager": await person(at["harbour"], "customer_case_manager"),
            "boss": await person(at["harbour"], "customer_admin"),
            "affiliate": await person(await self._affiliate_of("harbour"), "customer_admin"),
            "parent_clerk": self.records.people["group"],
            "parent_boss": await person(at["group"], "customer_admin"),
            "child_boss": await person(at["branch"], "customer_admin"),
            "stranger_boss": await person(at["quay"], "customer_admin"),
            "representative": await person(await self._affiliate_of("harbour")),
            "administrator": await person(await self._affiliate_of("group"), "customer_admin"),
            "participant": await person(),
            "observer": await person(),
            "follower": await person(),
        }
        await self._stands_for("representative", "harbour", "account_representative")
        await self._stands_for("administrator", "group", "account_administrator")

    async def _affiliate_of(self, company: str) -> dict[str, Any]:
        """Another company whose people may stand for this one; by itself it sees nothing of it."""
        friend = await self.tenant.account(f"Friends of the {company}")
        await self._relate("Affiliate of", friend, company)
        return friend

    async def _relate(self, name: str, account: dict[str, Any], related: str) -> None:
        (kind,) = await self.admin.list("account_relationship_types", name=name)
        await self.admin.do(
            "account_relationships.create", type_id=str(kind["id"]),
            account_id=str(account["id"]), related_account_id=self.company(related),
        )  # fmt: skip

    async def _stands_for(self, viewer: str, company: str, key: str) -> None:
        await self.admin.do(
            "contact_relationships.create", account_id=self.company(company),
            contact_id=str(self.viewers[viewer].caller.attributes["contact_id"]),
            responsibility_id=await self.responsibility(key),
        )  # fmt: skip

    async def _partners(self) -> None:
        """A partner of the harbour, one of nobody, a dealer of the lake, a branch for the mill."""
        bay = await self.tenant.account("Bay Integrators", is_partner=True)
        await self._relate("Partner of", bay, "harbour")
        alone = await self.tenant.account("Lone Integrators", is_partner=True)
        net = Network(self.tenant)
        motors, dealership = await net.dealer()
        ours = await net.organization("Lakeside")
        await net.serve({"id": self.company("lake")}, dealership)
        await net.serve({"id": self.company("mill")}, ours)
        self.viewers |= {
            "partner": await self._partner(bay, "partner"),
            "partner_boss": await self._partner(bay, "partner_admin"),
            "other_partner": await self._partner(alone, "partner_admin"),
            "dealer": await self.tenant.contact(motors, "dealer"),
            "branch_agent": await self.tenant.member("location_agent"),
        }
        await net.employ(self.viewers["dealer"], dealership)
        await net.employ(self.viewers["branch_agent"], ours)

    async def _partner(self, company: dict[str, Any], role: str) -> Actor:
        """Somebody who acts for a partner company."""
        person = await self.tenant.member()
        profile = await self.admin.do(
            "profiles.create", user_id=str(person.caller.user_id), kind="partner", roles=[role],
            account_id=str(company["id"]),
        )  # fmt: skip
        return await self.tenant.world.actor(self.tenant, profile["id"])

    async def _consumers(self) -> None:
        """Two of a home, its head, who acts for one of them, and somebody of another home."""
        home = self.records.ids["noor", "households"]
        head, housemate, deputy = [await self.tenant.consumer() for _ in range(3)]
        for member in (head, housemate):
            await self.admin.do("households.join", home, consumer_id=self._consumer_id(member))
        await self.admin.do("households.appoint_head", home, consumer_id=self._consumer_id(head))
        await self.admin.do(
            "consumer_relationships.create", representative_id=self._consumer_id(deputy),
            consumer_id=str(self.records.ids["noor", "consumers"]),
            responsibility_id=await self.responsibility("authorized_representative"),
        )  # fmt: skip
        self.viewers |= {
            "noor": self.records.people["noor"],
            "head": head,
            "housemate": housemate,
            "deputy": deputy,
            "other_home": self.records.people["kim"],
        }

    @staticmethod
    def _consumer_id(actor: Actor) -> str:
        return str(actor.caller.attributes["consumer_id"])

    async def relate_to_records(self) -> None:
        """Related parties: of the case of a customer, and of a product of theirs."""
        ids = self.records.ids
        await self._party("Participant", "participant", case_id=ids["harbour", "cases"])
        await self._party("Observer", "observer", case_id=ids["harbour", "cases"])
        await self._party("Follower", "follower", sold_product_id=ids["harbour", "sold_products"])

    async def _party(self, name: str, viewer: str, **record: Any) -> None:
        ((column, record_id),) = record.items()
        entity = {"case_id": "cases", "sold_product_id": "sold_products"}[column]
        (offered,) = await self.admin.list(
            "related_party_configurations", name=name, entity=entity, party_kind="contact"
        )
        await self.admin.do(
            "related_parties.create", configuration_id=str(offered["id"]),
            contact_id=str(self.viewers[viewer].caller.attributes["contact_id"]),
            **{column: str(record_id)},
        )  # fmt: skip
