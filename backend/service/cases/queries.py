"""Everything that opening a case must know, in one round trip.

What the caller named is looked up with what follows from it: the product's owner, model and
contract, the entitlements that could hold, the promises that could apply, and their calendars.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from backend.foundation.entitlements.rules import Candidate, ContractTerm
from backend.foundation.service_model.rules import Place, Served
from backend.platform.calendars.rules import WorkingHours
from backend.platform.calendars.week import working_hours
from backend.platform.slas.choosing import Definition
from backend.service.cases.models import Case
from backend.service.cases.rules import Known, Owned, Parties, Supported
from infra.kernel.context import Context
from infra.kernel.money import Money

_CANDIDATE = (
    "id, name, scope, tier, starts_on, ends_on, state, channels, asset_id, sold_product_id, "
    "product_model_id, contract_id, account_id, consumer_id, location_id, calendar_id, "
    "response_minutes, resolution_minutes, channel_policy, hours_policy, exhausted_policy, "
    "pool_id, units_per_case, price_minor, price_currency"
)

# One branch a scope, each with its own index; an OR over all of them would read the tenant's. The
# ids come from `who` because the policy keeps a comparison with coalesce() out of the index.
_FACTS = f"""
WITH asset AS (
  SELECT id, account_id, consumer_id, product_model_id, sold_product_id, install_base_item_id,
         location_id
    FROM assets WHERE tenant_id = $1 AND id = $10
), thing AS (
  SELECT coalesce($6::uuid, (SELECT install_base_item_id FROM asset)) AS id
), item AS (
  SELECT sold_product_id, location_id FROM install_base_items
   WHERE tenant_id = $1 AND id = (SELECT id FROM thing)
), wanted AS (
  SELECT coalesce($5::uuid, (SELECT sold_product_id FROM item),
           (SELECT sold_product_id FROM asset)) AS id
), product AS (
  SELECT id, account_id, consumer_id, product_model_id, contract_id, location_id
    FROM sold_products
   WHERE tenant_id = $1 AND id = (SELECT id FROM wanted)
), contract AS (
  SELECT id, account_id, consumer_id FROM service_contracts WHERE tenant_id = $1 AND id = $7
), person AS (
  SELECT account_id FROM contacts WHERE tenant_id = $1 AND id = $3
), link AS (
  SELECT account_id, is_entitled FROM account_consumers
   WHERE tenant_id = $1 AND consumer_id = (SELECT $4::uuid)
     AND account_id = (SELECT coalesce($11::uuid, (SELECT account_id FROM product)))
     AND starts_on <= $14 AND (ends_on IS NULL OR ends_on >= $14)
), who AS (
  SELECT coalesce($2::uuid, (SELECT account_id FROM person), (SELECT account_id FROM product),
           (SELECT account_id FROM asset), (SELECT account_id FROM link WHERE is_entitled))
           AS account_id,
         coalesce($4::uuid, (SELECT consumer_id FROM product), (SELECT consumer_id FROM asset))
           AS consumer_id,
         coalesce((SELECT product_model_id FROM product), (SELECT product_model_id FROM asset),
           $8::uuid) AS product_model_id,
         coalesce($7::uuid, (SELECT contract_id FROM product)) AS contract_id
), candidates AS (
  SELECT {_CANDIDATE} FROM entitlements WHERE tenant_id = $1 AND scope = 'asset'
     AND asset_id = (SELECT id FROM asset)
  UNION ALL
  SELECT {_CANDIDATE} FROM entitlements WHERE tenant_id = $1 AND scope = 'sold_product'
     AND sold_product_id = (SELECT id FROM product)
  UNION ALL
  SELECT {_CANDIDATE} FROM entitlements WHERE tenant_id = $1 AND scope = 'product_model'
     AND product_model_id = (SELECT product_model_id FROM who)
  UNION ALL
  SELECT {_CANDIDATE} FROM entitlements WHERE tenant_id = $1 AND scope = 'contract'
     AND contract_id = (SELECT contract_id FROM who)
  UNION ALL
  SELECT {_CANDIDATE} FROM entitlements WHERE tenant_id = $1 AND scope = 'account'
     AND account_id = (SELECT account_id FROM who)
  UNION ALL
  SELECT {_CANDIDATE} FROM entitlements WHERE tenant_id = $1 AND scope = 'consumer'
     AND consumer_id = (SELECT consumer_id FROM who)
), definitions AS (
  SELECT id, name, priority, tier, channel, customer_kind, account_id, consumer_id,
         response_minutes, next_response_minutes, resolution_minutes, milestones,
         warning_percent, calendar_id, calendar_order
    FROM sla_definitions
   WHERE tenant_id = $1 AND kind = 'cases' AND active AND (priority IS NULL OR priority = $9)
     AND (account_id IS NULL OR account_id = (SELECT account_id FROM who))
     AND (consumer_id IS NULL OR consumer_id = (SELECT consumer_id FROM who))
), assigned AS (
  SELECT 'customer' AS whose, calendar_id FROM calendar_assignments
   WHERE tenant_id = $1 AND account_id = (SELECT account_id FROM who)
  UNION ALL
  SELECT 'customer', calendar_id FROM calendar_assignments
   WHERE tenant_id = $1 AND consumer_id = (SELECT consumer_id FROM who)
  UNION ALL
  SELECT 'team', calendar_id FROM calendar_assignments WHERE tenant_id = $1 AND group_id = $15
  UNION ALL
  SELECT 'tenant', id FROM calendars WHERE tenant_id = $1 AND is_default
), served AS (
  SELECT service_organization_id, business_location_id, is_primary FROM customers_served
   WHERE tenant_id = $1 AND account_id = (SELECT account_id FROM who)
     AND starts_on <= $14 AND (ends_on IS NULL OR ends_on >= $14)
  UNION ALL
  SELECT service_organization_id, business_location_id, is_primary FROM customers_served
   WHERE tenant_id = $1 AND consumer_id = (SELECT consumer_id FROM who)
     AND starts_on <= $14 AND (ends_on IS NULL OR ends_on >= $14)
), own AS (
  SELECT DISTINCT service_organization_id, business_location_id FROM staff_in_force
   WHERE tenant_id = $1 AND profile_id = $13
), used AS (
  SELECT calendar_id FROM candidates UNION SELECT calendar_id FROM definitions
  UNION SELECT calendar_id FROM assigned
)
SELECT jsonb_build_object(
  'contact_account_id', (SELECT account_id FROM person),
  'consumer', $4::uuid IS NOT NULL
    AND EXISTS (SELECT FROM consumers WHERE tenant_id = $1 AND id = $4),
  'item_sold_product_id', (SELECT sold_product_id FROM item),
  'product', (SELECT to_jsonb(product) FROM product),
  'contract', (SELECT to_jsonb(contract) FROM contract),
  'asset', (SELECT to_jsonb(asset) FROM asset),
  'household_id', (SELECT household_id FROM household_members
    WHERE tenant_id = $1 AND consumer_id = (SELECT consumer_id FROM who) AND is_primary),
  'link', (SELECT to_jsonb(link) FROM link),
  'place_of', (SELECT service_organization_id FROM business_locations
                WHERE tenant_id = $1 AND id = $12),
  'own', coalesce((SELECT jsonb_agg(to_jsonb(own)) FROM own), '[]'),
  'served', coalesce((SELECT jsonb_agg(to_jsonb(served)) FROM served), '[]'),
  'location_id', coalesce((SELECT location_id FROM asset), (SELECT location_id FROM item),
    (SELECT location_id FROM product)),
  'candidates', coalesce((SELECT jsonb_agg(to_jsonb(candidates)) FROM candidates), '[]'),
  'terms', coalesce((SELECT jsonb_object_agg(k.id, jsonb_build_object(
      'state', k.state, 'starts_on', k.starts_on, 'ends_on', k.ends_on))
    FROM service_contracts k WHERE k.tenant_id = $1
     AND k.id IN (SELECT contract_id FROM candidates)), '{{}}'),
  'definitions', coalesce((SELECT jsonb_agg(to_jsonb(definitions)) FROM definitions), '[]'),
  'assigned', coalesce((SELECT jsonb_object_agg(whose, calendar_id) FROM assigned), '{{}}'),
  'calendars', coalesce((SELECT jsonb_object_agg(c.id, jsonb_build_object(
      'zone', c.zone, 'hours', c.hours, 'holidays', c.holidays, 'country', c.country,
      'region', c.region, 'exceptions', c.exceptions))
    FROM calendars c JOIN used ON used.calendar_id = c.id WHERE c.tenant_id = $1), '{{}}')
)::text
"""


@dataclass(frozen=True)
class Facts:
    """What is stored about a case's parties and what could be owed to them."""

    known: Known
    candidates: tuple[Candidate, ...]
    definitions: tuple[Definition, ...]
    calendars: Mapping[UUID, WorkingHours]
    assigned: Mapping[str, UUID]
    """Whose calendar it is (customer, team, tenant) → the calendar."""
    location_id: UUID | None = None
    """Where the product, item or asset stands."""
    household_id: UUID | None = None
    """The primary household of the consumer."""
    place_of: UUID | None = None
    own: tuple[Place, ...] = ()
    served: tuple[Served, ...] = ()

    def hours(self, calendar_id: UUID | None) -> WorkingHours:
        """The calendar's hours; round the clock without one."""
        return self.calendars[calendar_id] if calendar_id else working_hours(None)


async def facts_about(
    ctx: Context,
    parties: Parties,
    priority: int,
    *,
    place_id: UUID | None = None,
    group_id: UUID | None = None,
) -> Facts:
    """What a case of these parties and this priority must know."""
    text = await ctx.fetchval(
        _FACTS,
        ctx.tenant_id,
        parties.account_id,
        parties.contact_id,
        parties.consumer_id,
        parties.sold_product_id,
        parties.install_base_item_id,
        parties.contract_id,
        parties.product_model_id,
        priority,
        parties.asset_id,
        parties.intermediary_account_id,
        place_id,
        ctx.caller.profile_id,
        ctx.now.date(),
        group_id,
    )
    found = orjson.loads(text)
    link = found["link"] or {}
    return Facts(
        known=Known(
            contact_account_id=_id(found["contact_account_id"]),
            consumer_exists=found["consumer"],
            product=_owned(found["product"]),
            item_sold_product_id=_id(found["item_sold_product_id"]),
            contract=_owned(found["contract"]),
            asset=_supported(found["asset"]),
            link_account_id=_id(link.get("account_id")),
            link_is_entitled=bool(link.get("is_entitled")),
        ),
        candidates=tuple(_candidate(row, found["terms"]) for row in found["candidates"]),
        location_id=_id(found["location_id"]),
        definitions=tuple(_definition(row) for row in found["definitions"]),
        calendars={UUID(key): working_hours(row) for key, row in found["calendars"].items()},
        assigned={whose: UUID(key) for whose, key in found["assigned"].items()},
        household_id=_id(found["household_id"]),
        place_of=_id(found["place_of"]),
        own=tuple(Place(*_place(row)) for row in found["own"]),
        served=tuple(Served(*_place(row), row["is_primary"]) for row in found["served"]),
    )


def _place(row: dict[str, Any]) -> tuple[UUID, UUID | None]:
    return UUID(row["service_organization_id"]), _id(row["business_location_id"])


async def owner_of(ctx: Context, parties: Parties) -> tuple[UUID | None, UUID | None]:
    """The account or the consumer whose product, item or asset is named."""
    row = await ctx.fetchrow(
        """WITH asset AS (
             SELECT account_id, consumer_id FROM assets WHERE tenant_id = $1 AND id = $4
           ), item AS (
             SELECT sold_product_id AS id FROM install_base_items WHERE tenant_id = $1 AND id = $3
           ), product AS (
             SELECT account_id, consumer_id FROM sold_products WHERE tenant_id = $1 AND id = $2
             UNION ALL
             SELECT account_id, consumer_id FROM sold_products
              WHERE tenant_id = $1 AND id = (SELECT id FROM item)
           )
           SELECT account_id, consumer_id FROM product UNION ALL
           SELECT account_id, consumer_id FROM asset LIMIT 1""",
        ctx.tenant_id,
        parties.sold_product_id,
        parties.install_base_item_id,
        parties.asset_id,
    )
    return (row["account_id"], row["consumer_id"]) if row else (None, None)


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _owned(row: dict[str, Any] | None) -> Owned | None:
    if row is None:
        return None
    return Owned(
        account_id=_id(row["account_id"]),
        consumer_id=_id(row["consumer_id"]),
        product_model_id=_id(row.get("product_model_id")),
        contract_id=_id(row.get("contract_id")),
    )


def _supported(row: dict[str, Any] | None) -> Supported | None:
    if row is None:
        return None
    return Supported(
        account_id=_id(row["account_id"]),
        consumer_id=_id(row["consumer_id"]),
        product_model_id=UUID(row["product_model_id"]),
        sold_product_id=_id(row["sold_product_id"]),
        install_base_item_id=_id(row["install_base_item_id"]),
    )


def _candidate(row: dict[str, Any], terms: dict[str, Any]) -> Candidate:
    term = terms.get(row["contract_id"] or "")
    priced = row["price_minor"] is not None
    first, last = _period(row)
    references = {name: _id(row[name]) for name in row if name.endswith("_id")}
    return Candidate(
        id=UUID(row["id"]),
        name=row["name"],
        scope=row["scope"],
        tier=row["tier"],
        starts_on=first,
        ends_on=last,
        state=row["state"],
        channels=tuple(row["channels"]),
        response_minutes=row["response_minutes"],
        resolution_minutes=row["resolution_minutes"],
        channel_policy=row["channel_policy"],
        hours_policy=row["hours_policy"],
        exhausted_policy=row["exhausted_policy"],
        units_per_case=Decimal(str(row["units_per_case"])).quantize(Decimal("0.01")),
        price=Money(row["price_minor"], row["price_currency"]) if priced else None,
        contract=ContractTerm(term["state"], *_period(term)) if term else None,
        **references,
    )


def _period(row: dict[str, Any]) -> tuple[date, date | None]:
    last = row["ends_on"]
    return date.fromisoformat(row["starts_on"]), date.fromisoformat(last) if last else None


def _definition(row: dict[str, Any]) -> Definition:
    references = ("id", "calendar_id", "account_id", "consumer_id")
    return Definition(**(row | {name: _id(row[name]) for name in references}))


async def scope_at(ctx: Context, case: Case) -> tuple[tuple[str, ...] | None, str | None]:
    """The contract types that the organisation of a case, or one above it, may call upon for the
    product, None where it has none; and the type of the contract that the case stands on."""
    row = await ctx.fetchrow(
        """SELECT (SELECT p.contract_types FROM service_organizations o
                     JOIN service_organizations a ON a.tenant_id = o.tenant_id
                      AND o.path >= a.path AND o.path < a.path_end
                     JOIN service_organization_products p ON p.tenant_id = a.tenant_id
                      AND p.service_organization_id = a.id
                    WHERE o.tenant_id = $1 AND o.id = $2 AND p.product_model_id = $3
                    ORDER BY length(a.path) DESC LIMIT 1) AS contract_types,
                  (SELECT c.contract_type FROM service_contracts c
                    WHERE c.tenant_id = $1 AND c.id = coalesce(
                      (SELECT e.contract_id FROM entitlements e
                        WHERE e.tenant_id = $1 AND e.id = $4), $5)) AS contract_type""",
        ctx.tenant_id,
        case.service_organization_id,
        case.product_model_id,
        case.entitlement_id,
        case.contract_id,
    )
    types = row["contract_types"] if row else None
    return (None if types is None else tuple(types)), (row["contract_type"] if row else None)
