"""Relating somebody to a case or a product: the chosen type decides their access (F93–F95)."""

from typing import Any

from backend.foundation.relationships.ties import (
    begin,
    change_end,
    end_faults,
    finish,
    kind_faults,
    remove,
)
from backend.platform.responsibilities.models import ResponsibilityKind
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.related_parties.models import (
    Entity,
    RelatedParty,
    RelatedPartyConfiguration,
)
from backend.service.related_parties.resources import (
    related_parties,
    related_party_configurations,
)
from backend.service.related_parties.rules import Named, named, offer_faults
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(related_parties, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> RelatedParty:
    """Relate somebody to a case, a sold product, an install base item or a service contract."""
    party = RelatedParty(**{k: v for k, v in values.items() if v is not None})
    what = await settle(ctx, party)
    await begin(
        ctx,
        party,
        responsibility_id=party.responsibility_id,
        holder_id=what.party_id,
        anchor_kind=what.entity.value,
        anchor_id=what.record_id,
    )
    return party


@action(related_parties, name="update", audiences=("staff",))
async def update(ctx: Context, party: RelatedParty, **values: Any) -> None:
    """Change what somebody is related for, or until when."""
    party.purpose = values.get("purpose", party.purpose)
    await change_end(ctx, party, values.get("ends_on", party.ends_on))


@action(related_parties, audiences=("staff",))
async def end(ctx: Context, party: RelatedParty) -> None:
    """End that somebody is related, and the access that came with it; it is kept as history."""
    await finish(ctx, party)


@action(related_parties, name="delete", audiences=("staff",))
async def delete(ctx: Context, party: RelatedParty) -> None:
    """Remove a related party, and the access that came with it."""
    await remove(ctx, party)


async def settle(ctx: Context, party: RelatedParty) -> Named:
    """Fill in what follows from the chosen type; raises Invalid with every fault."""
    faults = end_faults(party.ends_on, ctx.now.date())
    offered: RelatedPartyConfiguration | None = await ctx.find(
        related_party_configurations, party.configuration_id
    )
    what = named(party)
    if isinstance(what, Named):
        category = await category_of(ctx, what)
        faults += offer_faults(offered, what, category)
        if offered is not None:
            faults += await kind_faults(
                ctx, offered.responsibility_id, ResponsibilityKind.CONTACT, "/configuration_id"
            )
    else:
        faults += what
    if faults or offered is None or not isinstance(what, Named):
        raise Invalid(faults or [Fault("/configuration_id", "not_found", "there is none")])
    party.entity, party.party_kind = what.entity, what.party_kind
    party.responsibility_id = offered.responsibility_id
    return what


async def category_of(ctx: Context, what: Named) -> str | None:
    """The category of the case that is named, if it is one."""
    if what.entity is not Entity.CASES:
        return None
    case: Case | None = await ctx.find(cases, what.record_id)
    return case.category if case else None
