"""What a recommendation rule may ask about a case."""

from datetime import datetime
from typing import Any

from backend.service.cases.models import Case
from infra.kernel.rules import Rule, compile_rule

_MEMBERS = (
    "subject", "description", "category", "subcategory", "priority", "channel", "state",
    "customer_kind", "entitlement_status", "entitlement_tier", "product_code", "product_name",
    "age_minutes", "reopened_count", "assigned",
)  # fmt: skip
NAMES = frozenset({"case", *(f"case.{member}" for member in _MEMBERS)})


def compiled(condition: str) -> Rule:
    """The condition, ready to be asked; raises RuleError with all that is wrong with it."""
    return compile_rule(condition, NAMES)


def values_of(
    case: Case, *, product_code: str, product_name: str, tier: str, now: datetime
) -> dict[str, Any]:
    """The case as conditions see it; what is not set is an empty text, so that rules stay short."""
    return {
        "case": {
            "subject": case.subject,
            "description": case.description,
            "category": case.category or "",
            "subcategory": case.subcategory or "",
            "priority": case.priority,
            "channel": case.channel.value,
            "state": case.state.value,
            "customer_kind": case.customer_kind.value,
            "entitlement_status": case.entitlement_status.value,
            "entitlement_tier": tier,
            "product_code": product_code,
            "product_name": product_name,
            "age_minutes": int((now - case.opened_at).total_seconds() // 60),
            "reopened_count": case.reopened_count,
            "assigned": case.assigned_to_id is not None,
        }
    }
