"""Who sees with a sold product what hangs on it: where it is installed, its warranties."""

from collections.abc import Iterator

from backend.platform.responsibilities.reach import SERVING
from infra.kernel.grants import Grant

FOLLOWERS = (
    "customer", "customer_case_manager", "customer_admin", "consumer", "partner", "partner_admin",
    "business_location_contributor", "organization_supervisor", "relationship_contributor",
    *SERVING,
)  # fmt: skip
"""Roles that reach some sold products and not all of them."""


def with_product(resource: str, path: str = "of_product") -> Iterator[Grant]:
    """Reading what the path leads to from each sold product that the reader may see."""
    for role in FOLLOWERS:
        yield Grant(role, resource, ("read",), path)
