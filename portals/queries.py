"""What pages must know of a tenant beyond its records."""

from typing import Any

import orjson

from infra.kernel.context import Context


async def brand_settings(ctx: Context) -> dict[str, Any]:
    """The tenant's `brand` settings: color, logo_url, support_text, support_phone."""
    found = await ctx.fetchval(
        "SELECT settings -> 'brand' FROM tenant_state WHERE tenant_id = $1", ctx.tenant_id
    )
    told = orjson.loads(found) if isinstance(found, str | bytes) else found
    return told if isinstance(told, dict) else {}
