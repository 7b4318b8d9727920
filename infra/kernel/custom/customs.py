"""What a tenant has made its own of the house, remembered by the version of its configuration.

Callers with a credential bring that version, proven in BEGIN, so looking a tenant's fields up costs
them a dictionary; others ask the database once a transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from infra.kernel.access import Caller
from infra.kernel.custom.accepting import ChoiceList, Lists
from infra.kernel.custom.fields import (
    NO_FIELDS,
    Access,
    Choice,
    CustomField,
    Fields,
    FieldType,
)
from infra.kernel.database import Connection

_KEPT_MOST = 10_000
# A transaction that has itself changed the configuration sees a version that may never come to be.
_LOAD = """
SELECT s.config_version AS version,
  s.xmin = pg_current_xact_id_if_assigned()::xid AS own,
  CASE WHEN s.config_version IS DISTINCT FROM $2 THEN (
    SELECT jsonb_agg(to_jsonb(f) ORDER BY f.position, f.id) FROM custom_fields f
     WHERE f.tenant_id = $1 AND f.active) END AS fields,
  CASE WHEN s.config_version IS DISTINCT FROM $2 THEN (
    SELECT jsonb_agg(jsonb_build_object(
      'resource', l.resource, 'field', l.field, 'depends_on', l.depends_on, 'choices', (
        SELECT jsonb_agg(jsonb_build_object(
          'value', c.value, 'label', c.label, 'active', c.active AND coalesce(p.active, true),
          'parent', p.value) ORDER BY c.position, c.id)
        FROM choices c LEFT JOIN choices p ON p.tenant_id = $1 AND p.id = c.parent_id
        WHERE c.tenant_id = $1 AND c.list_id = l.id)))
    FROM choice_lists l WHERE l.tenant_id = $1 AND l.active) END AS lists,
  CASE WHEN s.config_version IS DISTINCT FROM $2 THEN (
    SELECT jsonb_agg(DISTINCT r.resource || '.' || r.action) FROM approval_rules r
     WHERE r.tenant_id = $1 AND r.active AND r.action <> '') END AS gated
FROM tenant_state s WHERE s.tenant_id = $1
"""
_AUDIENCES = {
    "staff": "staff",
    "customer": "customers",
    "partner": "partners",
    "public": "visitors",
}


@dataclass(frozen=True)
class Customization:
    """One tenant's fields, lists and gates, at one version of its configuration."""

    version: int = 0
    fields: Mapping[str, Fields] = field(default_factory=dict)
    lists: Mapping[str, Lists] = field(default_factory=dict)
    gated: frozenset[str] = frozenset()
    """Verbs that wait for somebody's consent, as `cases.resolve`; a domain's gate knows whose."""

    def fields_of(self, resource: str) -> Fields:
        return self.fields.get(resource, NO_FIELDS)

    def lists_of(self, resource: str) -> Lists:
        return self.lists.get(resource, {})


NOTHING = Customization()


class Customs:
    """The customizations that this process remembers."""

    def __init__(self) -> None:
        self._known: dict[UUID, Customization] = {}

    def at(self, caller: Caller) -> Customization | None:
        """What is remembered, if it is of the version that the caller will prove."""
        known = self._known.get(caller.tenant_id)
        if known is None or caller.proof is None or known.version != caller.proof.config_version:
            return None
        return known

    async def of(self, connection: Connection, caller: Caller) -> Customization:
        """The caller's tenant's fields and lists, inside a transaction of theirs."""
        return self.at(caller) or await self._load(connection, caller.tenant_id)

    async def _load(self, connection: Connection, tenant_id: UUID) -> Customization:
        known = self._known.get(tenant_id)
        row = await connection.fetchrow(_LOAD, tenant_id, known.version if known else None)
        if row is None:
            return NOTHING
        if known is not None and known.version == row["version"] and not row["own"]:
            return known
        if row["own"] and known is not None and known.version == row["version"]:
            row = await connection.fetchrow(_LOAD, tenant_id, None)
        loaded = _read(row)
        if not row["own"]:
            if len(self._known) >= _KEPT_MOST:
                self._known.clear()
            self._known[tenant_id] = loaded
        return loaded


def _read(row: Any) -> Customization:
    fields: dict[str, list[CustomField]] = {}
    for told in orjson.loads(row["fields"] or "[]"):
        fields.setdefault(told["resource"], []).append(field_of(told))
    lists: dict[str, dict[str, ChoiceList]] = {}
    for told in orjson.loads(row["lists"] or "[]"):
        choices = _choices(told["choices"])
        made = ChoiceList(told["field"], choices, told["depends_on"])
        lists.setdefault(told["resource"], {})[made.field] = made
    return Customization(
        row["version"],
        {name: Fields(tuple(each)) for name, each in fields.items()},
        lists,
        frozenset(orjson.loads(row["gated"] or "[]")),
    )


def field_of(told: Mapping[str, Any]) -> CustomField:
    """A definition's row as what interprets bodies and queries."""
    return CustomField(
        id=UUID(str(told["id"])),
        key=told["key"],
        type=FieldType(told["type"]),
        label=told["label"],
        help=told["help"],
        target=told["target"],
        required=told["required"],
        default=told["default_value"],
        constraints=told["constraints"],
        choices=_choices(told["choices"]),
        index_state=told["index_state"],
        searchable=told["searchable"],
        listed=told["listed"],
        access={audience: Access(told[name]) for audience, name in _AUDIENCES.items()},
    )


def _choices(told: Any) -> tuple[Choice, ...]:
    return tuple(
        Choice(c["value"], c["label"], c.get("active", True), c.get("parent")) for c in told or ()
    )
