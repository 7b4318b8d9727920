"""By what an anonymous visitor is known again: a sealed word that the visitor's page keeps.

It opens only for the module and the origin it was given on, so that taken elsewhere it is noise. It
names a visitor and nothing else; what a visitor may do is the session's to say.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from starlette.requests import Request

from embeddables.queries import Site
from infra.kernel.services import Services
from tenants.sealing import SealBroken, seal, unseal

KEPT = timedelta(hours=24)
LONGEST = timedelta(days=7)
"""However often a visitor comes back, a word that was stolen must end some day."""


def keepsake(services: Services, site: Site, request: Request, visitor_id: UUID) -> str:
    """What this page keeps to be known again for a day."""
    until = min(services.database.now() + KEPT, _since(visitor_id) + LONGEST)
    text = f"{visitor_id.hex} {int(until.timestamp())}"
    return seal(services.settings.secret_key, text, bound_to=_place(site, request))


def recognised(services: Services, site: Site, request: Request, kept: str | None) -> UUID | None:
    """Who kept this; None for what is forged, was given elsewhere, or is over."""
    if not kept:
        return None
    try:
        text = unseal(services.settings.secret_key, kept, bound_to=_place(site, request))
    except SealBroken:
        return None
    visitor_id, until = text.split(" ")
    is_over = int(until) <= services.database.now().timestamp()
    return None if is_over else UUID(hex=visitor_id)


def _since(visitor_id: UUID) -> datetime:
    """When the visitor first came: an id of version 7 begins with its millisecond (RFC 9562)."""
    return datetime.fromtimestamp((visitor_id.int >> 80) / 1000, UTC)


def _place(site: Site, request: Request) -> str:
    origin = request.headers.get("origin", "")
    return f"widget visitor:{site.tenant_id}:{site.id}:{origin}"
