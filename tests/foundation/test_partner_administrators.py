"""A partner's administrator manages contacts, cases and data of the partner's customers (F78), and
whoever acts for a partner acts as the contact that they are there."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.foundation.kin import Kin, kin
from tests.world import Actor, World


@dataclass
class Partnership:
    """A desk's customer, the partner that serves it, and a contact of the partner."""

    of: Kin
    company: dict[str, Any]
    pia: Actor

    @property
    def admin(self) -> Actor:
        return self.of.admin

    @property
    def customer(self) -> dict[str, Any]:
        return self.of.desk.account

    @property
    def contact_id(self) -> str:
        return str(self.pia.caller.attributes["contact_id"])

    async def profile(self, role: str, **values: Any) -> dict[str, Any]:
        """A partner profile of pia's with this role."""
        asked = {"user_id": str(self.pia.caller.user_id), "contact_id": self.contact_id} | values
        made: dict[str, Any] = await self.admin.do(
            "profiles.create", kind="partner", roles=[role], **asked
        )
        return made

    async def as_partner(self, role: str = "partner_admin") -> Actor:
        made = await self.profile(role)
        return await self.of.world.actor(self.of.desk.tenant, made["id"])

    async def stored(self) -> dict[str, Any]:
        return await self.admin.read("contacts", self.of.desk.contact_id)


@pytest_asyncio.fixture
async def at(world: World) -> Partnership:
    of = await kin(world)
    company = await of.partner_of(of.desk.account)
    return Partnership(of, company, await of.desk.tenant.contact(company, name="Pia Partner"))


# ── A partner is a contact of the own company ────────────────────────────────────────────────


async def test_a_partner_profile_carries_the_contact_and_so_its_own_cases(at: Partnership) -> None:
    mine = await at.pia.do("cases.create", subject="Our own line")
    partner = await at.as_partner("partner")
    assert partner.caller.attributes["account_id"] == UUID(str(at.company["id"]))
    assert [row["id"] for row in await partner.list("cases")] == [mine["id"]]
    again = await partner.do("cases.create", subject="Another of ours")
    assert (again["contact_id"], again["account_id"]) == (
        UUID(at.contact_id), UUID(str(at.company["id"])),
    )  # fmt: skip
    assert len(await at.pia.list("cases")) == 2
    (me,) = await partner.list("contacts", id=at.contact_id)
    assert me["name"] == "Pia Partner"


@pytest.mark.parametrize("wrong", ["company", "person", "nobody"])
async def test_the_contact_of_a_partner_profile_is_the_persons_own(
    at: Partnership, wrong: str
) -> None:
    other = await at.of.desk.tenant.contact(name="Somebody else")
    values: dict[str, Any] = {
        "company": {"account_id": str(at.customer["id"])},
        "person": {"contact_id": str(other.caller.attributes["contact_id"])},
        "nobody": {"contact_id": str(UUID(int=7))},
    }[wrong]
    pointer = "/account_id" if wrong == "company" else "/contact_id"
    with pytest.raises(Invalid) as refused:
        await at.profile("partner", **values)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert await at.admin.list("profiles", kind="partner") == []


async def test_a_profile_gets_its_contact_later_and_its_company_with_it(at: Partnership) -> None:
    bare = await at.profile("partner", contact_id=None, account_id=str(at.company["id"]))
    await at.admin.do("profiles.update", bare["id"], contact_id=at.contact_id)
    stored = await at.admin.read("profiles", bare["id"])
    assert (str(stored["contact_id"]), str(stored["account_id"])) == (
        at.contact_id, str(at.company["id"]),
    )  # fmt: skip


async def test_a_contact_who_leaves_is_no_partner_any_more(at: Partnership) -> None:
    made = await at.profile("partner")
    await at.admin.do("contacts.update", at.contact_id, state="inactive")
    assert (await at.admin.read("profiles", made["id"]))["state"] == "inactive"
    await at.admin.do("contacts.update", at.contact_id, state="active")
    elsewhere = await at.of.desk.tenant.account("Next house", is_partner=True)
    await at.admin.do("contacts.update", at.contact_id, account_id=str(elsewhere["id"]))
    moved = await at.admin.read("profiles", made["id"])
    assert (moved["state"], str(moved["account_id"])) == ("active", str(elsewhere["id"]))


# ── What a partner's administrator may do ────────────────────────────────────────────────────


async def test_a_partner_administrator_keeps_the_customers_contacts(at: Partnership) -> None:
    boss = await at.as_partner()
    key = at.of.desk.contact_id
    assert key in {str(row["id"]) for row in await boss.list("contacts")}
    await boss.do("contacts.update", key, phone="+47 22 00 00 00")
    assert (await at.stored())["phone"] == "+47 22 00 00 00"
    made = await boss.do(
        "contacts.create", account_id=str(at.customer["id"]), name="Nils New",
        email="nils@example.com",
    )  # fmt: skip
    assert str((await at.admin.read("contacts", made["id"]))["account_id"]) == str(
        at.customer["id"]
    )


async def test_and_the_customers_account_and_cases(at: Partnership) -> None:
    boss = await at.as_partner()
    await boss.do("accounts.update", at.customer["id"], phone="+47 23 00 00 00")
    assert (await at.admin.read("accounts", at.customer["id"]))["phone"] == "+47 23 00 00 00"
    with pytest.raises((Forbidden, Invalid)):
        await boss.do("accounts.update", at.customer["id"], name="Renamed")
    theirs = await at.of.desk.case()
    await boss.do("cases.comment", theirs["id"], body="We look at it")
    made = await boss.do("cases.create", subject="For them", account_id=str(at.customer["id"]))
    assert (made["contact_id"], str(made["account_id"])) == (None, str(at.customer["id"]))
    await boss.do("cases.cancel", made["id"])


async def test_a_partner_without_that_role_reads_them_and_changes_nothing(at: Partnership) -> None:
    partner = await at.as_partner("partner")
    key, before = at.of.desk.contact_id, await at.stored()
    assert (await partner.read("contacts", key))["name"] == before["name"]
    for verb, record, body in (
        ("contacts.update", key, {"phone": "1"}),
        ("accounts.update", at.customer["id"], {"phone": "1"}),
    ):
        with pytest.raises((Forbidden, NotFound)):
            await partner.do(verb, record, **body)
    with pytest.raises(Forbidden):
        await partner.do("contacts.create", account_id=str(at.customer["id"]), name="x")
    assert await at.stored() == before
    assert len(await at.admin.list("contacts", account_id=str(at.customer["id"]))) == 1


async def test_nobody_elses_customers_are_reached_and_none_after_the_partnership(
    at: Partnership,
) -> None:
    boss = await at.as_partner()
    stranger = await at.of.desk.tenant.contact(name="Stranger")
    strangers = str(stranger.caller.attributes["contact_id"])
    with pytest.raises(NotFound):
        await boss.do("contacts.update", strangers, phone="1")
    company = str(stranger.caller.attributes["account_id"])
    with pytest.raises((Forbidden, Invalid, NotFound)):
        await boss.do("contacts.create", account_id=company, name="x")
    before = await at.stored()
    (tie,) = await at.admin.list("account_relationships", account_id=str(at.company["id"]))
    await at.admin.do("account_relationships.end", tie["id"])
    parted = await at.of.world.actor(at.of.desk.tenant, boss.profile_id)
    with pytest.raises((Forbidden, NotFound)):
        await parted.do("contacts.update", at.of.desk.contact_id, phone="1")
    assert await at.stored() == before
    assert (await at.admin.read("contacts", strangers))["phone"] is None
