"""The column that holds a tenant's choices."""

from collections.abc import Mapping
from typing import Any

import orjson

from infra.kernel.context import Context


async def stored_settings(ctx: Context, *, lock: bool = False) -> dict[str, Any]:
    """The choices that the tenant has made, as they are stored."""
    text = await ctx.fetchval(
        f"""SELECT settings::text FROM tenant_state WHERE tenant_id = $1
            {"FOR NO KEY UPDATE" if lock else ""}""",
        ctx.tenant_id,
    )
    found: dict[str, Any] = orjson.loads(text) if text else {}
    return found


async def write_settings(ctx: Context, settings: Mapping[str, Any]) -> None:
    """Store the choices and let every cached caller of the tenant be looked up anew."""
    await ctx.execute(
        """UPDATE tenant_state SET settings = $2::text::jsonb, config_version = config_version + 1
           WHERE tenant_id = $1""",
        ctx.tenant_id,
        orjson.dumps(settings).decode(),
    )
