"""Everything that opening a case must know, in one round trip.

What the caller named is looked up with what follows from it: the product's owner, model and
contract, the entitlements that could hold, the promises that could apply, and their calendars.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from backend.foundation.entitlements.rules import Candidate
from backend.platform.calendars.rules import WorkingHours
from backend.platform.calendars.week import working_hours
from backend.platform.slas.rules import Definition
from backend.service.cases.rules import Known, Owned, Parties, Supported
from infra.kernel.context import Context

_CANDIDATE = (
    "id, name, scope, tier, starts_on, ends_on, state, channels, sold_product_id, "
    "product_model_id, contract_id, account_id, consumer_id, calendar_id, response_minutes, "
    "resolution_minutes"
)

# One branch a scope, each with its own index; an OR over all of them would read the tenant's. The
# ids come from `who` because the policy keeps a comparison with coalesce() out of the index.
_FACTS = f"""
WITH asset AS (
  SELECT id, account_id, consumer_id, product_model_id, sold_product_id, install_base_item_id
    FROM assets WHERE tenant_id = $1 AND id = $10
), thing AS (
  SELECT coalesce($6::uuid, (SELECT install_base_item_id FROM asset)) AS id
), item AS (
  SELECT sold_product_id FROM install_base_items
   WHERE tenant_id = $1 AND id = (SELECT id FROM thing)
), wanted AS (
  SELECT coalesce($5::uuid, (SELECT sold_product_id FROM item),
           (SELECT sold_product_id FROM asset)) AS id
), product AS (
  SELECT id, account_id, consumer_id, product_model_id, contract_id FROM sold_products
   WHERE tenant_id = $1 AND id = (SELECT id FROM wanted)
), contract AS (
  SELECT id, account_id, consumer_id FROM service_contracts WHERE tenant_id = $1 AND id = $7
), person AS (
  SELECT account_id FROM contacts WHERE tenant_id = $1 AND id = $3
), who AS (
  SELECT coalesce($2::uuid, (SELECT account_id FROM person), (SELECT account_id FROM product),
           (SELECT account_id FROM asset)) AS account_id,
         coalesce($4::uuid, (SELECT consumer_id FROM product), (SELECT consumer_id FROM asset))
           AS consumer_id,
         coalesce((SELECT product_model_id FROM product), (SELECT product_model_id FROM asset),
           $8::uuid) AS product_model_id,
         coalesce($7::uuid, (SELECT contract_id FROM product)) AS contract_id
), candidates AS (
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
  SELECT id, name, priority, tier, response_minutes, resolution_minutes, warning_percent,
         calendar_id
    FROM sla_definitions
   WHERE tenant_id = $1 AND kind = 'cases' AND active AND (priority IS NULL OR priority = $9)
), used AS (
  SELECT calendar_id FROM candidates UNION SELECT calendar_id FROM definitions
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
  'candidates', coalesce((SELECT jsonb_agg(to_jsonb(candidates)) FROM candidates), '[]'),
  'definitions', coalesce((SELECT jsonb_agg(to_jsonb(definitions)) FROM definitions), '[]'),
  'calendars', coalesce((SELECT jsonb_object_agg(c.id, jsonb_build_object(
      'zone', c.zone, 'hours', c.hours, 'holidays', c.holidays))
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
    household_id: UUID | None = None
    """The primary household of the consumer."""

    def hours(self, calendar_id: UUID | None) -> WorkingHours:
        """The calendar's hours; round the clock without one."""
        return self.calendars[calendar_id] if calendar_id else working_hours(None)


async def facts_about(ctx: Context, parties: Parties, priority: int) -> Facts:
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
    )
    found = orjson.loads(text)
    return Facts(
        known=Known(
            contact_account_id=_id(found["contact_account_id"]),
            consumer_exists=found["consumer"],
            product=_owned(found["product"]),
            item_sold_product_id=_id(found["item_sold_product_id"]),
            contract=_owned(found["contract"]),
            asset=_supported(found["asset"]),
        ),
        candidates=tuple(_candidate(row) for row in found["candidates"]),
        definitions=tuple(_definition(row) for row in found["definitions"]),
        calendars={UUID(key): working_hours(row) for key, row in found["calendars"].items()},
        household_id=_id(found["household_id"]),
    )


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


def _candidate(row: dict[str, Any]) -> Candidate:
    references = {name: _id(row[name]) for name in row if name.endswith("_id")}
    return Candidate(
        id=UUID(row["id"]),
        name=row["name"],
        scope=row["scope"],
        tier=row["tier"],
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=date.fromisoformat(row["ends_on"]) if row["ends_on"] else None,
        state=row["state"],
        channels=tuple(row["channels"]),
        response_minutes=row["response_minutes"],
        resolution_minutes=row["resolution_minutes"],
        **references,
    )


def _definition(row: dict[str, Any]) -> Definition:
    return Definition(**(row | {"id": UUID(row["id"]), "calendar_id": _id(row["calendar_id"])}))
