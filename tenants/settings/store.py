"""The one row of a tenant's choices, read and written."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import ValidationError

from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.errors import Forbidden, Invalid, Stale
from infra.kernel.schema import faults_of, merge_patch
from tenants.settings.model import TenantSettings, settings_of
from tenants.settings.queries import stored_settings, write_settings

NAME = "settings"


async def chosen(ctx: Context) -> TenantSettings:
    """The tenant's settings, with the defaults for what it has not chosen."""
    return settings_of(await stored_settings(ctx))


async def choose(
    ctx: Context, patch: Mapping[str, Any], *, if_match: str | None = None
) -> TenantSettings:
    """Merge a patch (RFC 7396) into the settings: null goes back to the default.

    Everybody's cached permissions are looked up anew with it. Raises Stale where `if_match` names
    other settings than the present ones, Invalid with every fault.
    """
    stored = await stored_settings(ctx, lock=True)
    before = settings_of(stored)
    if if_match is not None and if_match.strip() not in {"*", etag(before)}:
        raise Stale
    merged = merge_patch(before.model_dump(mode="json"), patch)
    try:
        after = TenantSettings.model_validate_json(orjson.dumps(merged))
    except ValidationError as error:
        raise Invalid(faults_of(error)) from None
    changes = _changes(before, after)
    if changes:
        await _store(ctx, stored, after)
        ctx.note("settings.update", NAME, ctx.tenant_id, changes)
    return after


def require(caller: Caller, verb: str) -> None:
    """Raises Forbidden unless the caller may read, or as an admin change, the settings."""
    suits = caller.audience == "staff" and (verb == "read" or "admin" in caller.roles)
    scopes = caller.scopes
    in_scope = scopes is None or not scopes.isdisjoint({"*", f"*:{verb}"})
    if not (caller.is_system or (suits and in_scope)):
        raise Forbidden(f"you may not {verb} the settings")


def etag(settings: TenantSettings) -> str:
    """Names exactly these settings."""
    told = orjson.dumps(settings.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    return f'"{hashlib.sha256(told).hexdigest()[:16]}"'


def _changes(before: TenantSettings, after: TenantSettings) -> dict[str, list[Any]]:
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return {name: [old[name], new[name]] for name in new if old[name] != new[name]}


async def _store(ctx: Context, stored: Mapping[str, Any], after: TenantSettings) -> None:
    """Only what differs from the defaults is kept, beside what this version does not know."""
    kept = {n: v for n, v in stored.items() if n not in TenantSettings.model_fields}
    kept |= after.model_dump(mode="json", exclude_defaults=True)
    await write_settings(ctx, kept)
