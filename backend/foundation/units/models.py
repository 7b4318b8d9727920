"""Units of support: pools, what moved in them, what cases drew, and what is billed instead."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record


class Unit(StrEnum):
    """What is counted."""

    CASE = "case"
    HOUR = "hour"


class Renewal(StrEnum):
    """How often a pool is filled anew; what was left of it lapses then."""

    NONE = "none"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class MovementKind(StrEnum):
    """Why units moved."""

    GRANTED = "granted"
    RESERVED = "reserved"
    RELEASED = "released"
    USED = "used"
    ADJUSTED = "adjusted"
    EXPIRED = "expired"


class UseState(StrEnum):
    """What became of the units that a case drew."""

    RESERVED = "reserved"
    USED = "used"
    RELEASED = "released"


class BillReason(StrEnum):
    """Why something is to be paid."""

    EXHAUSTED = "exhausted"
    UNCOVERED_CHANNEL = "uncovered_channel"
    OUTSIDE_HOURS = "outside_hours"


class BillState(StrEnum):
    """Where a line is on its way to an invoice."""

    OPEN = "open"
    BILLED = "billed"
    WAIVED = "waived"


class EntitlementPool(Record):
    """Units that a customer has bought, for good or for each period."""

    name = fields.CharField(max_length=200)
    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    contract_id = fields.UUIDField(null=True)
    unit = fields.CharEnumField(Unit)
    quantity = fields.DecimalField(max_digits=12, decimal_places=2)
    renewal = fields.CharEnumField(Renewal, default=Renewal.NONE)
    starts_on = fields.DateField()
    period_starts_on = fields.DateField()
    period_ends_on = fields.DateField(null=True)
    remaining = fields.DecimalField(max_digits=12, decimal_places=2)
    reserved = fields.DecimalField(max_digits=12, decimal_places=2)
    last_position = fields.IntField()

    class Meta:
        table = "entitlement_pools"


class EntitlementMovement(Record):
    """One line of a pool's ledger; it begins where the one before it ended, and never changes."""

    pool_id = fields.UUIDField()
    position = fields.IntField()
    previous_position = fields.IntField(null=True)
    kind = fields.CharEnumField(MovementKind)
    amount = fields.DecimalField(max_digits=12, decimal_places=2)
    reserved_change = fields.DecimalField(max_digits=12, decimal_places=2)
    previous_remaining = fields.DecimalField(max_digits=12, decimal_places=2)
    previous_reserved = fields.DecimalField(max_digits=12, decimal_places=2)
    remaining = fields.DecimalField(max_digits=12, decimal_places=2)
    reserved = fields.DecimalField(max_digits=12, decimal_places=2)
    period_starts_on = fields.DateField()
    case_id = fields.UUIDField(null=True)
    reason = fields.TextField(default="")
    made_by_id = fields.UUIDField(null=True)

    class Meta:
        table = "entitlement_movements"


class EntitlementUse(Record):
    """What a case has drawn: reserved as it opens, used as it closes, released if withdrawn."""

    pool_id = fields.UUIDField()
    entitlement_id = fields.UUIDField()
    case_id = fields.UUIDField()
    amount = fields.DecimalField(max_digits=12, decimal_places=2)
    state = fields.CharEnumField(UseState, default=UseState.RESERVED)
    period_starts_on = fields.DateField()

    class Meta:
        table = "entitlement_uses"


class BillableLine(Record):
    """Something done for a case that no promise covers, to be paid."""

    number = fields.CharField(max_length=40, null=True)
    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    case_id = fields.UUIDField()
    entitlement_id = fields.UUIDField()
    reason = fields.CharEnumField(BillReason)
    unit = fields.CharEnumField(Unit)
    quantity = fields.DecimalField(max_digits=12, decimal_places=2)
    amount_minor = fields.BigIntField(null=True)
    currency = fields.CharField(max_length=3, null=True)
    state = fields.CharEnumField(BillState, default=BillState.OPEN)

    class Meta:
        table = "billable_lines"
