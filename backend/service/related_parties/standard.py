"""The relationship types of related parties that every tenant starts with."""

from backend.platform.responsibilities.resources import responsibilities
from backend.service.related_parties.models import (
    Entity,
    PartyKind,
    RelatedPartyConfiguration,
)
from infra.kernel.context import Context
from infra.kernel.registry import Lay

STANDARD: tuple[tuple[str, Entity, str], ...] = (
    ("Participant", Entity.CASES, "case_participant"),
    ("Observer", Entity.CASES, "case_observer"),
    ("Authorized representative", Entity.CASES, "authorized_representative"),
    ("Owner", Entity.SOLD_PRODUCTS, "product_owner"),
    ("Follower", Entity.SOLD_PRODUCTS, "product_follower"),
    ("Renewals", Entity.SOLD_PRODUCTS, "product_renewals"),
    ("Maintenance", Entity.SOLD_PRODUCTS, "product_maintenance"),
    ("Maintenance", Entity.INSTALL_BASE_ITEMS, "item_maintenance"),
    ("Contract contact", Entity.SERVICE_CONTRACTS, "contract_contact"),
)
"""Name, where it is offered, to every kind of party, and the responsibility that comes with it."""


async def found(ctx: Context, lay: Lay) -> None:
    """Give a new tenant the standard types."""
    known = {row.key: row.id for row in await ctx.every(responsibilities)}
    for name, entity, key in STANDARD:
        for party_kind in PartyKind if key in known else ():
            await lay(
                RelatedPartyConfiguration(
                    name=name, entity=entity, party_kind=party_kind, responsibility_id=known[key]
                )
            )
