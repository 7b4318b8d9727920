"""Setting up the tenant's own endpoints."""

from typing import Annotated, Any

from annotated_types import MaxLen, MinLen

from ai.models import AiEndpoint
from ai.resources import ai_endpoints
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.egress import url_fault
from infra.kernel.errors import Duplicate, Fault, Invalid
from infra.kernel.ids import uuid7
from tenants.sealing import seal

Key = Annotated[str, MinLen(1), MaxLen(500)]


@action(ai_endpoints, audiences=("staff",), on="collection", name="create")
async def create(ctx: Context, *, api_key: Key | None = None, **values: Any) -> AiEndpoint:
    """Have an OpenAI-compatible endpoint write summaries or make embeddings for the tenant."""
    endpoint = AiEndpoint(id=uuid7())
    if await ctx.every(ai_endpoints).filter(purpose=values["purpose"]).exists():
        raise Duplicate(f"there is an endpoint for {values['purpose']} already")
    await _apply(ctx, endpoint, values, api_key)
    return endpoint


@action(ai_endpoints, audiences=("staff",), name="update")
async def update(
    ctx: Context, endpoint: AiEndpoint, *, api_key: Key | None = None, **values: Any
) -> None:
    """Change an endpoint; at another address the key must be given again."""
    moved = "base_url" in values and values["base_url"].rstrip("/") != endpoint.base_url
    if moved and endpoint.sealed_key and api_key is None:
        # Else whoever may change the address could have the stored key sent to a host of theirs.
        message = "must be given again with a new address"
        raise Invalid([Fault("/api_key", "missing", message)])
    await _apply(ctx, endpoint, values, api_key)


@action(ai_endpoints, audiences=("staff",), name="delete")
async def delete(ctx: Context, endpoint: AiEndpoint) -> None:
    """Remove an endpoint; the built-in model takes its place."""
    await ctx.delete(endpoint)
    ctx.enqueue("ai.catch_up", key="ai.catch_up")


async def _apply(
    ctx: Context, endpoint: AiEndpoint, values: dict[str, Any], api_key: str | None
) -> None:
    for name, value in values.items():
        setattr(endpoint, name, value.rstrip("/") if name == "base_url" else value)
    faults = []
    if fault := url_fault(endpoint.base_url, ctx.services.settings):
        faults.append(Fault("/base_url", "address", fault))
    if "?" in endpoint.base_url or "#" in endpoint.base_url:
        faults.append(Fault("/base_url", "address", "must have no query and no fragment"))
    if not 1 <= len(endpoint.model.strip()) <= 80:
        faults.append(Fault("/model", "length", "must have 1 to 80 characters"))
    if faults:
        raise Invalid(faults)
    if api_key is not None:
        key = ctx.services.settings.secret_key
        endpoint.sealed_key = seal(key, api_key, bound_to=f"{ctx.tenant_id}:{endpoint.id}")
    await ctx.save(endpoint)
    ctx.enqueue("ai.catch_up", key="ai.catch_up")
