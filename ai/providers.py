"""Which model works for a tenant: its own endpoint's, or the built-in one."""

from dataclasses import dataclass

import httpx2

from ai.embeddings import Embedder, EndpointVectors, WordVectors
from ai.endpoint import EndpointSummaries
from ai.extracts import Extracts
from ai.models import AiEndpoint, Purpose
from ai.resources import ai_endpoints
from ai.summaries import Summarizer
from infra.kernel.context import Context
from infra.kernel.egress import Egress, url_fault
from infra.kernel.services import Services
from tenants.sealing import SealBroken, unseal


@dataclass(frozen=True, slots=True)
class _Reachable:
    base_url: str
    api_key: str
    model: str


class Providers:
    """The process's one built-in model, and clients for tenants' endpoints by their settings."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http
        self.built_in = WordVectors()
        self.extracts = Extracts()

    async def embedder(self, ctx: Context) -> Embedder:
        """What makes this tenant's vectors; it may call the network, so use it after `ctx`."""
        found = await _reachable(ctx, Purpose.EMBEDDINGS)
        if found is None:
            return self.built_in
        return EndpointVectors(
            base_url=found.base_url, api_key=found.api_key, model=found.model, http=self._http
        )

    async def summarizer(self, ctx: Context) -> Summarizer | None:
        """What writes this tenant's summaries beside the extract; use it after `ctx`."""
        found = await _reachable(ctx, Purpose.SUMMARIES)
        if found is None:
            return None
        return EndpointSummaries(
            base_url=found.base_url, api_key=found.api_key, model=found.model, http=self._http
        )


def providers_of(services: Services) -> Providers:
    """The process's providers, made at the first call: the model itself loads when it is used."""
    try:
        return services.get(Providers)
    except LookupError:
        made = Providers(services.get(Egress).client)
        services.provide(made)
        return made


async def _reachable(ctx: Context, purpose: Purpose) -> _Reachable | None:
    endpoint: AiEndpoint | None = (
        await ctx.every(ai_endpoints).filter(purpose=purpose, active=True).first()
    )
    settings = ctx.services.settings
    # Judged again at each use: what was allowed when it was entered may be forbidden today.
    if endpoint is None or url_fault(endpoint.base_url, settings) is not None:
        return None
    try:
        key = endpoint.sealed_key and unseal(
            settings.secret_key, endpoint.sealed_key, bound_to=f"{ctx.tenant_id}:{endpoint.id}"
        )
    except SealBroken:
        return None
    # Servers of one's own often need no key, but the client insists on a text.
    return _Reachable(endpoint.base_url, key or "none", endpoint.model)
