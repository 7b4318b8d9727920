"""The person in front of the page: names for the header, and the profiles to act as."""

import time
from typing import Any
from uuid import UUID

from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.services import Services
from tenants.people.directory import profiles_of
from tenants.people.models import Profile
from tenants.people.resources import users

_KEEP_SECONDS = 60.0
Person = dict[str, Any]


class People:
    """Who is who, remembered for a minute: names only, never what somebody may do."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[tuple[UUID, UUID | None], tuple[float, Person]] = {}

    async def me(self, caller: Caller) -> Person:
        """The `me` of the templates."""
        key = (caller.proof.credential_id if caller.proof else caller.tenant_id, caller.profile_id)
        known = self._known.get(key)
        if known and known[0] > time.monotonic():
            return known[1]
        person = await self._look_up(caller)
        if len(self._known) > 20_000:
            self._known.clear()
        self._known[key] = (time.monotonic() + _KEEP_SECONDS, person)
        return person

    async def _look_up(self, caller: Caller) -> Person:
        async with self._services.system(caller.tenant_id, reason="page") as ctx:
            user = await ctx.find(users, caller.user_id)
            rows = await profiles_of(ctx, user.id) if user else []
            names = {row.id: await _place_of(ctx, row) for row in rows}
        return {
            "name": user.name if user else caller.name,
            "email": user.email if user else "",
            "account": next(
                (name for key, name in names.items() if key == caller.profile_id), None
            ),
            "profiles": [
                {
                    "id": str(row.id),
                    "name": row.title or names[row.id] or user.name,
                    "active": row.id == caller.profile_id,
                }
                for row in rows
            ],
        }


async def _place_of(ctx: Context, profile: Profile) -> str | None:
    """The company that a profile acts for; None for a consumer and for staff."""
    resources = ctx.services.registry.resources
    account_id = profile.account_id
    if account_id is None and profile.contact_id is not None:
        contact = await ctx.find(resources["contacts"], profile.contact_id)
        account_id = contact.account_id if contact else None
    account = await ctx.find(resources["accounts"], account_id)
    return account.name if account else None


def people_of(services: Services) -> People:
    """The people of this process."""
    try:
        return services.get(People)
    except LookupError:
        services.provide(People(services))
        return services.get(People)
