"""How somebody's place of work reaches records: paths that other domains declare on theirs.

They go over two views of the database, so a membership or a customer's assignment that begins or
ends today counts from its day on, and nothing has to be recomputed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from infra.kernel.grants import Grant
from infra.kernel.resource import Path, Where, match, subtree, through

ME = match("profile_id", "profile_id")


def at_place(column: str = "business_location_id", where: Where | None = None) -> Path:
    """Rows at a place where the caller works."""
    return through(column, "staff_places", "business_location_id", ME, where)


def in_organization(column: str = "service_organization_id", where: Where | None = None) -> Path:
    """Rows of an organisation whose staff the caller is, of one below it or overseen by it."""
    return through(column, "staff_places", "service_organization_id", ME, where)


def account_at_hand(column: str = "account_id") -> Path:
    """Rows of companies that are served where the caller works."""
    return through(column, "customers_at_hand", "account_id", ME)


def consumer_at_hand(column: str = "consumer_id") -> Path:
    """Rows of private customers who are served where the caller works."""
    return through(column, "customers_at_hand", "consumer_id", ME)


def at_site(column: str = "location_id") -> Path:
    """Rows that stand at the address of a place where the caller works."""
    return through(column, "business_locations", "location_id", at_place("id"))


def at_site_of_organization(column: str = "location_id") -> Path:
    """Rows that stand at the address of any place of the caller's organisations."""
    return through(column, "business_locations", "location_id", in_organization())


AT_HAND: Mapping[str, Path] = MappingProxyType(
    {"at_hand": account_at_hand(), "consumer_at_hand": consumer_at_hand()}
)
"""The two paths of everything that belongs to a company or to a private customer."""

SERVING = ("location_agent", "service_organization_contributor", "dealer")
"""Roles that know the customers who are served where their holders work."""


def whoever_serves(resource: str, verbs: tuple[str, ...] = ("read",)) -> tuple[Grant, ...]:
    """What the serving roles may do with what their customers have."""
    return tuple(Grant(role, resource, verbs, path) for role in SERVING for path in AT_HAND)


RELATED: Mapping[str, Path] = MappingProxyType(
    {
        "related": through(
            "account_id", "held_responsibilities", "anchor_id",
            match("holder_id", "holder_ids", {"anchor_kind": "accounts"}),
        ),
        "related_consumer": through(
            "consumer_id", "held_responsibilities", "anchor_id",
            match("holder_id", "holder_ids", {"anchor_kind": "consumers"}),
        ),
    }
)  # fmt: skip
"""Rows of customers with whom the caller has an established relationship: any responsibility."""


def whoever_is_related(resource: str, verbs: tuple[str, ...] = ("read",)) -> tuple[Grant, ...]:
    """What a relationship contributor may do with what the related customers have."""
    return tuple(Grant("relationship_contributor", resource, verbs, path) for path in RELATED)


OF_COMPANIES: Where = MappingProxyType({"consumer_id": None})
OF_CONSUMERS: Where = MappingProxyType({"account_id": None})
"""What belongs to nobody of the other sort: such a row has one owner, or none where it is for all
of a model."""

SIDES: Mapping[str, Where] = MappingProxyType(
    {
        "agent_b2b": OF_COMPANIES,
        "account_contributor": OF_COMPANIES,
        "agent_b2c": OF_CONSUMERS,
        "consumer_contributor": OF_CONSUMERS,
    }
)
"""Roles for the customers of one sort, and which rows are those customers'."""
AGENTS = ("agent_b2b", "agent_b2c")


def each_side(
    resource: str, verbs: tuple[str, ...] = ("read",), roles: tuple[str, ...] = tuple(SIDES)
) -> tuple[Grant, ...]:
    """What roles for one sort of customers may do with what belongs to an account or a consumer."""
    return tuple(Grant(role, resource, verbs, where=SIDES[role]) for role in roles)


CASE_PLACES: Mapping[str, Path] = MappingProxyType(
    {
        "place": at_place(),
        "organization": in_organization(),
        **AT_HAND,
        **RELATED,
        "employee": match("employee_id", "profile_id"),
        "group": match("assignment_group_id", "group_ids"),
        "through_account": match("intermediary_account_id", "account_id"),
        "through_account_tree": through(
            "intermediary_account_id", "accounts", "id", subtree("path", "account_path")
        ),
    }
)
"""How cases are reached from where somebody works, whom they serve, and who is served by them."""


def on_cases(column: str) -> dict[str, Path]:
    """The same ways for rows that hang on cases: `case_place`, `case_at_hand`, …"""
    return {
        f"case_{name}": through(column, "cases", "id", path) for name, path in CASE_PLACES.items()
    }
