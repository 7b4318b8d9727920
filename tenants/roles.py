"""The built-in roles (F68-F91): what each is called, whom it is for, and who may hand it on.

A role is only a name here. What it may do is said by each domain's grants, beside the records
that it is about.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

STAFF, CUSTOMER, PARTNER, PUBLIC = "staff", "customer", "partner", "public"

AUDIENCE_OF_KIND = MappingProxyType(
    {"staff": STAFF, "contact": CUSTOMER, "consumer": CUSTOMER, "partner": PARTNER}
)
"""Kind of profile → the audience that its bearer belongs to."""


@dataclass(frozen=True)
class Role:
    """`kinds` are the profiles that may hold it; `delegates` the roles its holder may give."""

    name: str
    title: str
    audience: str
    kinds: tuple[str, ...]
    summary: str
    delegates: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """The business models that need the role; none for what every tenant has."""
        return _MODELS.get(self.name, ())


def _staff(name: str, title: str, summary: str, delegates: tuple[str, ...] = ()) -> Role:
    return Role(name, title, STAFF, ("staff",), summary, delegates)


_BUSINESS = ("b2b", "b2b2c", "b2b2e", "smf")
_PRIVATE = ("b2c", "b2b2c", "b2b2e")
_MODELS = MappingProxyType(
    {
        "agent_b2b": _BUSINESS,
        "agent_b2c": _PRIVATE,
        "account_contributor": ("contributors",),
        "consumer_contributor": ("contributors",),
        "relationship_contributor": ("contributors",),
        "self_contributor": ("contributors", "b2e"),
        "middle_office": ("contributors",),
        "service_organization_contributor": ("smf",),
        "location_agent": ("smf",),
        "business_location_contributor": ("smf",),
        "organization_supervisor": ("smf",),
        "dealer": ("smf",),
        "customer": _BUSINESS,
        "customer_admin": _BUSINESS,
        "customer_case_manager": _BUSINESS,
        "partner": _BUSINESS,
        "partner_admin": _BUSINESS,
        "consumer": _PRIVATE,
    }
)

BUILT_IN = MappingProxyType(
    {
        role.name: role
        for role in (
            _staff(
                "admin", "Administrator", "Runs the tenant: people, roles, settings, all records."
            ),
            _staff(
                "agent_b2b", "B2B service agent", "Cases of business customers, with agent tools."
            ),
            _staff("agent_b2c", "B2C consumer agent", "Cases of consumers and households."),
            _staff(
                "agent_tier_two",
                "Second-tier agent",
                "Reads articles that the first tier of support does not; beside another role.",
            ),
            _staff(
                "service_manager",
                "Service manager",
                "Queues, account teams, contact relationships, performance; sees wider.",
            ),
            _staff(
                "team_lead",
                "Team lead",
                "Reads the cases of the groups that one is a member of, and their figures.",
            ),
            _staff(
                "knowledge_manager", "Knowledge manager", "Writes, reviews and retires articles."
            ),
            _staff("account_contributor", "Account contributor", "Opens cases for any customer."),
            _staff("consumer_contributor", "Consumer contributor", "Opens cases for any consumer."),
            _staff(
                "relationship_contributor",
                "Relationship contributor",
                "Opens and follows cases of customers with an established relationship.",
            ),
            _staff("self_contributor", "Self contributor", "Opens cases of one's own."),
            _staff(
                "service_organization_contributor",
                "Service organization contributor",
                "Opens cases for customers of the own service organization.",
            ),
            _staff(
                "location_agent",
                "Location agent",
                "Works cases of customers who are served at the own branch.",
            ),
            Role(
                "business_location_contributor",
                "Business location contributor",
                CUSTOMER,
                ("staff", "contact", "partner"),
                "Opens and manages cases of the own business location, and no other.",
            ),
            Role(
                "organization_supervisor",
                "Organization supervisor",
                PARTNER,
                ("staff", "contact", "partner"),
                "Sees cases, promises and places of the own organisation and all below it.",
            ),
            Role(
                "dealer",
                "Dealer",
                PARTNER,
                ("contact", "partner"),
                "Opens cases for the own customers, within the own products and contracts.",
            ),
            _staff(
                "middle_office", "Middle-office contributor", "Works the tasks given on a case."
            ),
            *(
                _staff(name, title, summary)
                for name, title, summary in (
                    ("sales_agent", "Sales agent", "Sells: leads, opportunities, quotes."),
                    ("account_executive", "Account executive", "Looks after the accounts sold to."),
                    ("order_agent", "Order agent", "Takes orders and changes them."),
                    ("fulfillment_agent", "Fulfillment agent", "Works the tasks of an order."),
                    ("agent_manager", "Sales agent manager", "Leads sales and order agents."),
                    ("fulfillment_manager", "Fulfillment manager", "Leads fulfillment agents."),
                    ("catalog_admin", "Catalog administrator", "Sets the catalog up."),
                    ("catalog_manager", "Catalog manager", "Keeps offerings and bundles."),
                    ("pricing_admin", "Pricing administrator", "Sets prices and their rules up."),
                    ("pricing_manager", "Pricing manager", "Keeps price lists."),
                    ("sequence_admin", "Sequence administrator", "Sets sequences of tasks up."),
                    ("sequence_writer", "Sequence writer", "Writes sequences of tasks."),
                    ("sequence_task_owner", "Sequence task owner", "Does tasks of a sequence."),
                    ("sales_operations", "Sales operations", "Sets contracts and orders up."),
                    ("legal_counsel", "Legal counsel", "Negotiates and approves terms."),
                    ("contract_manager", "Contract manager", "Keeps contracts and renewals."),
                    ("revenue_operations", "Finance and revenue", "Follows what contracts bring."),
                )
            ),
            _staff("case_viewer", "Case viewer", "Reads cases."),
            _staff("case_task_viewer", "Case task viewer", "Reads case tasks."),
            _staff("customer_data_viewer", "Customer data viewer", "Reads accounts and people."),
            _staff(
                "data_steward",
                "Data steward",
                "Keeps customer data clean: duplicate rules, suspected pairs, merges.",
            ),
            _staff(
                "privacy_officer",
                "Privacy officer",
                "Classifies data, answers people's requests about it, sets legal holds.",
            ),
            Role("customer", "Customer", CUSTOMER, ("contact",), "Opens and follows own cases."),
            Role(
                "customer_admin",
                "Customer administrator",
                CUSTOMER,
                ("contact",),
                "Manages cases and contacts over the account or its hierarchy.",
                ("customer", "customer_case_manager"),
            ),
            Role(
                "customer_case_manager",
                "Customer case manager",
                CUSTOMER,
                ("contact",),
                "Manages the account's cases.",
            ),
            Role("partner", "Partner", PARTNER, ("partner",), "Cases of the customers supported."),
            Role(
                "partner_admin",
                "Partner administrator",
                PARTNER,
                ("partner",),
                "Contacts, cases and account information over the partner's customers.",
                ("partner",),
            ),
            Role("consumer", "Consumer", CUSTOMER, ("consumer",), "Own cases, products and data."),
            Role("visitor", "Visitor", PUBLIC, (), "Somebody who has not signed in."),
            Role("system", "System", "system", (), "The service itself, in jobs and reactions."),
        )
    }
)

DEFAULT_ROLE = MappingProxyType(
    {"staff": "case_viewer", "contact": "customer", "consumer": "consumer", "partner": "partner"}
)
"""What somebody of that kind holds when nothing else is said."""

_NEVER_GIVEN = frozenset({"visitor", "system"})


def grantable(held: Iterable[str], custom: Iterable[str] = ()) -> frozenset[str]:
    """The roles that the holder of these may give to others: an admin any, others what they have
    or what their role hands on. Nobody can give more than he has."""
    own = frozenset(held)
    if "admin" in own:
        return (frozenset(BUILT_IN) | frozenset(custom)) - _NEVER_GIVEN
    handed_on = {name for role in own if role in BUILT_IN for name in BUILT_IN[role].delegates}
    return (own | handed_on) - _NEVER_GIVEN


CONTRIBUTORS = (
    "account_contributor", "consumer_contributor", "relationship_contributor", "self_contributor",
    "service_organization_contributor",
)  # fmt: skip
"""Roles of staff who ask through the portal, for others or themselves, and need no desk."""

SELLERS = ("sales_agent", "account_executive", "order_agent", "agent_manager")
"""Roles that enter customers and what they have."""

BEHIND_SALES = (
    "fulfillment_agent", "fulfillment_manager", "sales_operations", "legal_counsel",
    "contract_manager", "revenue_operations",
)  # fmt: skip
"""Roles that read customers to deliver, agree and settle what was sold."""
