"""A few companies in a tree, their cases and people, and a model in memory of who sees what."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.platform.responsibilities.holding import hold
from backend.platform.responsibilities.resources import held_responsibilities, responsibilities
from tests.world import Actor, Tenant

COMPANIES = 4
CONTACT_ROLES = ("customer_case_manager", "customer_admin")
HELD = ("account_representative", "account_administrator", "account_manager_contact")
STAFF_HELD = "account_manager"


@dataclass
class Viewer:
    """Somebody, and what the model knows of them."""

    actor: Actor
    company: int | None
    roles: set[str] = field(default_factory=set)


@dataclass
class Village:
    """The tenant and its model, which are changed together."""

    tenant: Tenant
    companies: list[UUID] = field(default_factory=list)
    parents: list[int | None] = field(default_factory=lambda: [None] * COMPANIES)
    cases: list[UUID] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """Which company each case is for; the n-th case is the n-th viewer's where they are its own."""
    owners: list[int | None] = field(default_factory=list)
    viewers: list[Viewer] = field(default_factory=list)
    holds: set[tuple[int, str, int]] = field(default_factory=set)
    """(viewer, responsibility, company)."""

    async def build(self) -> "Village":
        admin = self.tenant.admin
        for n in range(COMPANIES):
            self.companies.append((await self.tenant.account(f"C{n}", code=f"C{n}"))["id"])
        for n in range(3):
            company = {"id": self.companies[n]}
            self.viewers.append(Viewer(await self.tenant.contact(company, name=f"V{n}"), n))
        self.viewers.append(Viewer(await self.tenant.member("self_contributor"), None))
        for n in range(2 * COMPANIES):
            owner = n if n < 3 else None
            party: dict[str, str] = {"account_id": str(self.companies[n % COMPANIES])}
            if owner is not None:
                contact = self.viewers[owner].actor.caller.attributes["contact_id"]
                party["contact_id"] = str(contact)
            made = await admin.do("cases.create", subject=f"Case {n}", **party)
            self.cases.append(made["id"])
            self.places.append(n % COMPANIES)
            self.owners.append(owner)
        found = await admin.list("responsibilities", limit="200")
        self.ids = {row["key"]: row["id"] for row in found}
        return self

    # ── What is changed ──────────────────────────────────────────────────────────────────────

    async def toggle_role(self, viewer: int, role: str) -> None:
        who = self.viewers[viewer]
        if who.company is None:
            return
        verb = "revoke_role" if role in who.roles else "grant_role"
        await self.tenant.admin.do(f"profiles.{verb}", who.actor.profile_id, role=role)
        who.roles ^= {role}

    async def toggle_hold(self, viewer: int, key: str, company: int) -> None:
        who = self.viewers[viewer]
        if who.company is None:
            key = STAFF_HELD
        caller = who.actor.caller
        holder = caller.attributes["contact_id"] if who.company is not None else caller.profile_id
        anchor, given = self.companies[company], self.ids[key]
        async with self.tenant.world.services.system(self.tenant.id, reason="test") as ctx:
            if (viewer, key, company) in self.holds:
                for row in await ctx.every(held_responsibilities).filter(
                    holder_id=holder, responsibility_id=given, anchor_id=anchor
                ):
                    await ctx.delete(row)
            else:
                source = await ctx.find(responsibilities, given)
                await hold(
                    ctx, source=source, responsibility_id=given, holder_id=holder,
                    anchor_kind="accounts", anchor_id=anchor,
                )  # fmt: skip
        self.holds ^= {(viewer, key, company)}

    async def move(self, company: int, parent: int | None) -> None:
        """Below another company, if it would not lie below itself by that."""
        if parent is not None and company in self.line(parent):
            return
        parent_id = None if parent is None else str(self.companies[parent])
        await self.tenant.admin.do("accounts.update", self.companies[company], parent_id=parent_id)
        self.parents[company] = parent

    async def reset(self) -> None:
        for viewer, who in enumerate(self.viewers):
            for role in tuple(who.roles):
                await self.toggle_role(viewer, role)
        for viewer, key, company in tuple(self.holds):
            await self.toggle_hold(viewer, key, company)
        for company in range(COMPANIES):
            if self.parents[company] is not None:
                await self.move(company, None)

    # ── What the model says ──────────────────────────────────────────────────────────────────

    def line(self, company: int) -> set[int]:
        """The company and everything above it."""
        found, here = set(), company
        while True:
            found.add(here)
            above = self.parents[here]
            if above is None:
                return found
            here = above

    def sees(self, viewer: int, case: int) -> bool:
        who, company = self.viewers[viewer], self.places[case]
        if self.owners[case] == viewer:
            return True
        if "customer_case_manager" in who.roles and company == who.company:
            return True
        if "customer_admin" in who.roles and who.company in self.line(company):
            return True
        held = {(key, at) for holder, key, at in self.holds if holder == viewer}
        return any(
            at in self.line(company) if key == "account_administrator" else at == company
            for key, at in held
        )

    def wanted(self, viewer: int) -> set[UUID]:
        return {key for n, key in enumerate(self.cases) if self.sees(viewer, n)}

    async def caller_now(self, viewer: int) -> Actor:
        profile: Any = self.viewers[viewer].actor.profile_id
        return await self.tenant.world.actor(self.tenant, profile)
