"""The responsibilities that every tenant starts with: data, which an admin changes freely."""

from dataclasses import dataclass
from typing import Any

from backend.platform.responsibilities.models import AccessConfiguration, Responsibility
from infra.kernel.context import Context
from infra.kernel.registry import Lay


@dataclass(frozen=True)
class Gives:
    """One access configuration; see `access_configurations` for what each part says."""

    resource: str
    verbs: tuple[str, ...]
    via: str = ""
    beneath: bool = False
    columns: tuple[str, ...] | None = None
    conditions: tuple[tuple[str, Any], ...] = ()
    roles: tuple[str, ...] = ()
    purpose: str = ""
    """What sets it apart from another one that gives the same resource along the same way."""

    def key(self, responsibility: str) -> str:
        """Its key: what is given to whom, and along which way."""
        way = f"_via_{self.via.replace('.', '_')}" if self.via else ""
        rest = f"{'_beneath' if self.beneath else ''}{f'_{self.purpose}' if self.purpose else ''}"
        return f"{responsibility}_{self.resource}{way}{rest}"[:100]


@dataclass(frozen=True)
class Standard:
    """A responsibility of the standard set."""

    key: str
    name: str
    kind: str
    description: str
    gives: tuple[Gives, ...] = ()


_READ = ("read",)
_WORK = (
    "read", "create", "update", "submit", "assign", "start", "comment", "note", "wait", "resolve",
    "close", "reopen", "cancel", "attach_article",
)  # fmt: skip
_ASK = ("read", "create", "update", "submit", "comment", "close", "reopen", "cancel", "rate")
_FOLLOW = ("read", "comment")
_CHANGE = ("update",)
_KEEP = ("create", "update")
_CUSTOMER = ("customer", "customer_admin", "customer_case_manager", "partner", "partner_admin")


def _stream(via: str, *, roles: tuple[str, ...] = (), beneath: bool = False) -> Gives:
    """The public words on the cases that are reached; notes are for staff by their own roles."""
    public = (("kind", "cases"), ("visibility", "public"))
    return Gives("activity_entries", _READ, via, beneath, conditions=public, roles=roles)


def _of_account(cases: tuple[str, ...], *, roles: tuple[str, ...] = ()) -> tuple[Gives, ...]:
    """An account, its cases, and what it has."""
    return (
        Gives("accounts", _READ, roles=roles),
        Gives("cases", cases, "account", roles=roles),
        _stream("case.account", roles=roles),
        Gives("contacts", _READ, "account", roles=roles),
        Gives("sold_products", _READ, "account", roles=roles),
        Gives("install_base_items", _READ, "sold_product.account", roles=roles),
        Gives("service_contracts", _READ, "account", roles=roles),
        Gives("entitlements", _READ, "account", roles=roles),
        Gives("locations", _READ, "account", roles=roles),
        Gives("assets", _READ, "account", roles=roles),
    )


def _of_consumer(cases: tuple[str, ...]) -> tuple[Gives, ...]:
    """A consumer, their cases, and what they have."""
    return (
        Gives("consumers", _READ),
        Gives("cases", cases, "consumer"),
        _stream("case.consumer"),
        Gives("sold_products", _READ, "consumer"),
        Gives("install_base_items", _READ, "sold_product.consumer"),
        Gives("service_contracts", _READ, "consumer"),
        Gives("entitlements", _READ, "consumer"),
        Gives("locations", _READ, "consumer"),
        Gives("assets", _READ, "consumer"),
    )


_ADMINISTERED = (
    Gives("accounts", _CHANGE, roles=("partner_admin",), purpose="kept"),
    Gives("contacts", _KEEP, "account", roles=("partner_admin",), purpose="kept"),
)
"""What the administrators of a partner have beside that on the partner's customers (F78)."""

_HOME = "household_membership.household"


def _of_household(cases: tuple[str, ...]) -> tuple[Gives, ...]:
    """A household, its members, their cases, and what they have."""
    return (
        Gives("households", _READ),
        Gives("household_members", _READ, "household"),
        Gives("consumers", _READ, _HOME),
        Gives("cases", cases, _HOME),
        _stream(f"case.{_HOME}"),
        Gives("sold_products", _READ, _HOME),
        Gives("install_base_items", _READ, f"sold_product.{_HOME}"),
        Gives("service_contracts", _READ, _HOME),
        Gives("entitlements", _READ, _HOME),
        Gives("locations", _READ, _HOME),
        Gives("assets", _READ, _HOME),
    )


def _of_product(cases: tuple[str, ...]) -> tuple[Gives, ...]:
    """A sold product, what of it is installed, and the cases about it (F97)."""
    return (
        Gives("sold_products", _READ),
        Gives("install_base_items", _READ, "sold_product"),
        Gives("cases", cases, "sold_product"),
        _stream("case.sold_product"),
    )


def _of_approval() -> tuple[Gives, ...]:
    """What somebody has to see who decides about it, for as long as they are asked."""
    return (
        Gives("accounts", _READ),
        Gives("contacts", _READ),
        Gives("cases", _READ),
        _stream("case"),
        Gives("catalog_requests", _READ),
        Gives("sold_products", _READ),
        Gives("service_contracts", _READ),
        Gives("entitlements", _READ),
    )


STANDARD: tuple[Standard, ...] = (
    Standard(
        "account_manager", "Account manager", "employee",
        "Looks after an account: reads all of it and works its cases.",
        _of_account(_WORK),
    ),
    Standard(
        "relationship_manager", "Relationship manager", "employee",
        "Looks after a consumer or a household and manages all of their cases.",
        (*_of_consumer(_WORK), *_of_household(_WORK)),
    ),
    Standard(
        "account_representative", "Account representative", "contact",
        "Acts for an account that is not the own: sees it and works its cases in the portal.",
        (*_of_account(_ASK, roles=_CUSTOMER), *_ADMINISTERED),
    ),
    Standard(
        "account_administrator", "Account administrator", "contact",
        "Acts for an account and everything beneath it.",
        (
            Gives("accounts", _READ, beneath=True, roles=_CUSTOMER),
            Gives("cases", _ASK, "account", beneath=True, roles=_CUSTOMER),
            _stream("case.account", beneath=True, roles=_CUSTOMER),
            Gives("contacts", _READ, "account", beneath=True, roles=_CUSTOMER),
            Gives("sold_products", _READ, "account", beneath=True, roles=_CUSTOMER),
            Gives("install_base_items", _READ, "sold_product.account", True, roles=_CUSTOMER),
            Gives("service_contracts", _READ, "account", beneath=True, roles=_CUSTOMER),
            Gives("entitlements", _READ, "account", beneath=True, roles=_CUSTOMER),
            Gives("locations", _READ, "account", beneath=True, roles=_CUSTOMER),
            Gives("assets", _READ, "account", beneath=True, roles=_CUSTOMER),
        ),
    ),
    Standard(
        "authorized_representative", "Authorized representative", "contact",
        "Acts for another consumer or on a record in the holder's stead.",
        (*_of_consumer(_ASK), Gives("cases", _ASK), _stream("case")),
    ),
    Standard(
        "head_of_household", "Head of household", "contact",
        "Sees what the members of a household have, and their cases.",
        _of_household(_READ),
    ),
    Standard(
        "asset_contact", "Asset contact", "contact",
        "Is responsible for an asset and sees it.",
        (Gives("assets", _READ),),
    ),
    Standard(
        "product_owner", "Product owner", "contact",
        "Follows a sold product and works the cases about it.",
        _of_product(_ASK),
    ),
    Standard(
        "product_follower", "Product follower", "contact",
        "Sees a sold product and the cases about it, and comments.",
        _of_product(_FOLLOW),
    ),
    Standard(
        "case_participant", "Case participant", "contact",
        "Takes part in one case: reads it and comments.",
        (Gives("cases", _FOLLOW), _stream("case")),
    ),
    Standard(
        "regional_manager", "Regional manager", "employee",
        "Oversees the dealers and places of a region and works their cases.",
        (
            Gives("service_organizations", _READ, beneath=True),
            Gives("business_locations", _READ, "service_organization", beneath=True),
            Gives("customers_served", _READ, "service_organization", beneath=True),
            Gives("cases", _WORK, "service_organization", beneath=True),
        ),
    ),
    Standard(
        "location_manager", "Location manager", "contact",
        "Runs a business location: sees it and works its cases.",
        (
            Gives("business_locations", _READ),
            Gives("cases", _ASK, "business_location"),
        ),
    ),
    Standard(
        "case_observer", "Case observer", "contact",
        "Reads one case.",
        (Gives("cases", _READ), _stream("case")),
    ),
    Standard(
        "account_manager_contact", "Account manager on the customer's side", "contact",
        "Manages an account from the outside: sees it and works its cases in the portal.",
        _of_account(_ASK),
    ),
    Standard(
        "product_renewals", "Renewals of a product", "contact",
        "Follows what a sold product is entitled to, and none of the cases about it.",
        (Gives("sold_products", _READ), Gives("entitlements", _READ, "sold_product")),
    ),
    Standard(
        "product_maintenance", "Maintenance of a product", "contact",
        "Follows where a sold product stands and works the cases about it.",
        _of_product(_ASK),
    ),
    Standard(
        "contract_contact", "Contact of a service contract", "contact",
        "Follows a service contract, what it covers and what it entitles to.",
        (
            Gives("service_contracts", _READ),
            Gives("sold_products", _READ, "contract"),
            Gives("entitlements", _READ, "contract"),
        ),
    ),
    Standard(
        "item_maintenance", "Maintenance of an installed item", "contact",
        "Follows one installed item and works the cases about it.",
        (
            Gives("install_base_items", _READ),
            Gives("cases", _ASK, "install_base_item"),
            _stream("case.install_base_item"),
        ),
    ),
    Standard(
        "approver", "Approver", "employee",
        "Reads what the own consent is asked for, until it is decided.",
        _of_approval(),
    ),
    Standard(
        "approving_contact", "Approver on the customer's side", "contact",
        "Reads what the own consent is asked for, until it is decided.",
        _of_approval(),
    ),
    Standard(
        "purchase_approver", "Approver of a company's requests", "contact",
        "Is asked before what the company's people requested is begun; sees the company.",
        (Gives("accounts", _READ),),
    ),
)  # fmt: skip


async def found(_ctx: Context, lay: Lay) -> None:
    """Lay each responsibility before what it gives."""
    for standard in STANDARD:
        responsibility = await lay(
            Responsibility(
                key=standard.key,
                name=standard.name,
                kind=standard.kind,
                description=standard.description,
            )
        )
        for gives in standard.gives if responsibility is not None else ():
            await lay(
                AccessConfiguration(
                    key=gives.key(standard.key),
                    responsibility_id=responsibility.id,
                    resource=gives.resource,
                    via=gives.via,
                    beneath=gives.beneath,
                    verbs=list(gives.verbs),
                    columns=None if gives.columns is None else list(gives.columns),
                    conditions=dict(gives.conditions),
                    roles=list(gives.roles),
                )
            )
