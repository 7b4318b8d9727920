"""In whose name a transfer works: whoever asked, with no more than they had then and have now."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from backend.platform.transfers.errors import TooManyTransfers
from backend.platform.transfers.models import Export, Import
from backend.platform.transfers.queries import open_transfers
from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.errors import Forbidden
from infra.kernel.services import Services

OPEN_MOST = 20
"""Transfers of one tenant that wait or run."""


def require_profile(ctx: Context) -> UUID:
    """Who asks; raises Forbidden for whoever is nobody in particular."""
    if ctx.caller.profile_id is None:
        raise Forbidden("only somebody with a profile can import and export")
    return ctx.caller.profile_id


async def require_turn(ctx: Context) -> None:
    """Raise TooManyTransfers where the tenant has enough of them waiting."""
    if await open_transfers(ctx) >= OPEN_MOST:
        raise TooManyTransfers(f"{OPEN_MOST} imports and exports are waiting or running")


def rights_of(ctx: Context) -> dict[str, Any]:
    """What the work may rest on, kept with it."""
    caller = ctx.caller
    return {
        "profile_id": require_profile(ctx),
        "caller_roles": sorted(caller.roles),
        "caller_scopes": None if caller.scopes is None else sorted(caller.scopes),
    }


async def caller_of(services: Services, tenant_id: UUID, transfer: Import | Export) -> Caller:
    """The caller afresh: what was taken since is gone, what was given since is not used."""
    now = await services.callers.of_profile(tenant_id, transfer.profile_id)
    scopes = transfer.caller_scopes
    return replace(
        now,
        roles=now.roles & frozenset(transfer.caller_roles),
        scopes=None if scopes is None else frozenset(scopes),
    )
