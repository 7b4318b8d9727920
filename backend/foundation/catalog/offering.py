"""Along which ways each role outside is offered catalogue items. The same ways let them ask."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.kernel.grants import Grant

AUDIENCES: Mapping[str, tuple[str, ...]] = {
    "visitor": ("public",),
    "customer": ("public", "customer"),
    "customer_case_manager": ("public", "customer"),
    "customer_admin": ("public", "customer"),
    "consumer": ("public", "customer"),
    "partner": ("public", "customer", "partner"),
    "partner_admin": ("public", "customer", "partner"),
    "dealer": ("public", "customer", "partner"),
}
CUSTOMERS = tuple(role for role in AUDIENCES if role != "visitor")
ASKING = (
    "agent_b2b", "agent_b2c", "account_contributor", "consumer_contributor",
    "relationship_contributor", "service_organization_contributor", "location_agent",
)  # fmt: skip
"""Staff who may request in a customer's name, as far as they may open cases for that customer."""


def offered(role: str, *verbs: str) -> Iterator[Grant]:
    """What is for everyone of the role's audiences, and what is for products they have."""
    where: dict[str, Any] = {"offered": True, "audience": list(AUDIENCES[role])}
    yield Grant(role, "catalog_items", verbs, where=where | {"for_owners": False})
    if role in CUSTOMERS:
        yield Grant(role, "catalog_items", verbs, "bought", where=where)
