"""Which relationship types are offered for which records and parties (F96)."""

from typing import Any

from backend.foundation.relationships.ties import kind_faults
from backend.platform.responsibilities.models import ResponsibilityKind
from backend.service.related_parties.models import Entity, RelatedPartyConfiguration
from backend.service.related_parties.resources import related_party_configurations
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(related_party_configurations, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> RelatedPartyConfiguration:
    """Offer a relationship type for one kind of record and one kind of party."""
    offered = RelatedPartyConfiguration(**{k: v for k, v in values.items() if v is not None})
    faults = category_faults(offered)
    faults += await kind_faults(ctx, offered.responsibility_id, ResponsibilityKind.CONTACT)
    if faults:
        raise Invalid(faults)
    await ctx.save(offered)
    return offered


@action(related_party_configurations, name="update", audiences=("staff",))
async def update(ctx: Context, offered: RelatedPartyConfiguration, **values: Any) -> None:
    """Rename a relationship type or offer it no longer; what it gives stays what it was."""
    offered.update_from_dict(values)
    if faults := category_faults(offered):
        raise Invalid(faults)
    await ctx.save(offered)


def category_faults(offered: RelatedPartyConfiguration) -> list[Fault]:
    """A fault where something else than a case is told a case's category."""
    if offered.category is None or offered.entity is Entity.CASES:
        return []
    return [Fault("/category", "cases_only", "is for relationship types on cases")]
