"""Customers on the desk: companies, the people in them, consumers and households."""

from portals.words import noted
from portals.workspace.records.shapes import Kind, Panel, Tab

BASE = "/workspace/customers"
_END = ("end",)
_GLANCE = (
    ("promises", noted("Open promises")), ("cases", noted("Cases")),
    ("talks", noted("Latest conversations")), ("products", noted("What they own")),
    ("agreed", noted("Contracts")), ("owed", noted("What they are owed")),
)  # fmt: skip
_GLANCE_AT_ACCOUNT = (
    *_GLANCE, ("members", noted("Contacts")), ("branches", noted("Accounts below it")),
)  # fmt: skip
_TEAM = ("profile", "contact", "responsibility", "state", "ends_on")


def _things(key: str) -> Tab:
    """What a customer has, and what is billed for it."""
    return Tab(
        "things",
        noted("Products and assets"),
        (
            Panel("sold", noted("What they own"), "sold_products", key,
                  ("number", "name", "product_model", "serial_number", "warranty_status", "state"),
                  noted("Nothing is on record."), add="create",
                  asks=("name", "product_model_id", "serial_number", "purchased_on")),
            Panel("assets", noted("Assets"), "assets", key,
                  ("number", "name", "asset_tag", "serial_number", "location", "state"),
                  noted("No assets are on record."), add="create",
                  asks=("name", "product_model_id", "asset_tag", "serial_number")),
            Panel("entitlements", noted("What they are owed"), "entitlements", key,
                  ("number", "name", "tier", "starts_on", "ends_on", "state"),
                  noted("No entitlement is on record.")),
            Panel("locations", noted("Locations"), "locations", key,
                  ("name", "purpose", "line1", "postal_code", "city", "country", "is_primary"),
                  noted("No locations are on record."), add="create",
                  asks=("name", "purpose", "line1", "postal_code", "city", "country"),
                  verbs=("delete",)),
            Panel("billing", noted("Billing accounts"), "billing_accounts", key,
                  ("number", "name", "currency", "payment_days", "is_default", "state"),
                  noted("No billing accounts yet."), add="create",
                  asks=("name", "currency", "payment_days", "invoice_email")),
        ),
    )  # fmt: skip


ACCOUNTS = Kind(
    "accounts", BASE, "customers", noted("Account"), noted("Accounts"), "people",
    columns=("code", "email", "phone", "is_partner", "state"),
    facts=("number", "code", "path", "is_customer", "is_partner", "email", "phone", "website",
           "industry", "notes", "created_at"),
    asks=("name", "code", "parent_id", "is_customer", "is_partner", "state", "email", "phone",
          "website", "industry", "notes"),
    filters=("state", "is_customer", "is_partner"),
    parents=("parent",), sort="path", is_faced=True, has_overview=True, sections=_GLANCE_AT_ACCOUNT,
    tabs=(
        Tab("people", noted("People"), (
            Panel("contacts", noted("Contacts"), "contacts", "account_id",
                  ("name", "title", "email", "phone", "state"), noted("No contacts yet."),
                  add="create", asks=("name", "email", "phone", "title", "department")),
            Panel("acting", noted("Contacts of others who act for it"), "contact_relationships",
                  "account_id", ("contact", "responsibility", "state", "ends_on"),
                  noted("Nobody from outside acts for it."), add="create",
                  asks=("contact_id", "responsibility_id", "ends_on"), verbs=_END),
            Panel("team", noted("Team"), "account_team_members", "account_id", _TEAM,
                  noted("Nobody is on the team yet."), add="create",
                  asks=("profile_id", "contact_id", "responsibility_id", "ends_on"), verbs=_END),
            Panel("consumers", noted("Its consumers"), "account_consumers", "account_id",
                  ("consumer", "kind", "reference", "is_entitled", "ends_on"),
                  noted("No consumers belong to it."), add="create",
                  asks=("consumer_id", "kind", "reference", "is_entitled"), verbs=("delete",)),
        )),
        Tab("relations", noted("Relationships"), (
            Panel("relationships", noted("Relationships"), "account_relationships", "account_id",
                  ("kinship", "related_account", "state", "ends_on"),
                  noted("It stands to no other account."), add="create",
                  asks=("type_id", "related_account_id", "ends_on"), verbs=_END),
            Panel("below", noted("Accounts below it"), "accounts", "parent_id",
                  ("name", "code", "path", "state"), noted("No accounts are below it."),
                  sort="path"),
        )),
        _things("account_id"),
    ),
)  # fmt: skip

CONTACTS = Kind(
    "contacts", BASE, "customers", noted("Contact"), noted("Contacts"), "people",
    columns=("account", "title", "email", "phone", "state"),
    facts=("number", "account", "title", "department", "email", "phone", "mobile",
           "preferred_channel", "locale", "zone", "created_at"),
    asks=("name", "account_id", "email", "phone", "mobile", "title", "department",
          "preferred_channel", "locale", "zone", "state"),
    filters=("state",), parents=("account",), is_faced=True, has_overview=True, sections=_GLANCE,
    tabs=(
        Tab("people", noted("Relationships"), (
            Panel("acts", noted("Acts for"), "contact_relationships", "contact_id",
                  ("account", "responsibility", "state", "ends_on"),
                  noted("Acts for their own company alone."), add="create",
                  asks=("account_id", "responsibility_id", "ends_on"), verbs=_END),
            Panel("teams", noted("On the teams of"), "account_team_members", "contact_id",
                  ("account", "responsibility", "state", "ends_on"), noted("On no team.")),
            Panel("parties", noted("Related to"), "related_parties", "contact_id",
                  ("configuration", "case", "sold_product", "install_base_item", "state"),
                  noted("Named on no case and no product.")),
        )),
        Tab("rights", noted("Responsibilities"), (
            Panel("holds", noted("Responsibilities held"), "held_responsibilities", "holder_id",
                  ("responsibility", "anchor"), noted("Holds no responsibility.")),
            Panel("profiles", noted("Ways to sign in"), "profiles", "contact_id",
                  ("user", "kind", "roles", "state"), noted("Cannot sign in yet.")),
        )),
        Tab("things", noted("Assets"), (
            Panel("assets", noted("Looks after"), "asset_contacts", "contact_id", ("asset",),
                  noted("Looks after no asset."), add="create", asks=("asset_id",),
                  verbs=("delete",)),
        )),
    ),
)  # fmt: skip

CONSUMERS = Kind(
    "consumers", BASE, "customers", noted("Consumer"), noted("Consumers"), "people",
    columns=("number", "email", "phone", "state"),
    facts=("number", "email", "phone", "mobile", "preferred_channel", "locale", "zone",
           "created_at"),
    asks=("name", "email", "phone", "mobile", "preferred_channel", "locale", "zone", "state"),
    filters=("state",), is_faced=True, has_overview=True, sections=_GLANCE,
    tabs=(
        Tab("people", noted("People"), (
            Panel("households", noted("Households"), "household_members", "consumer_id",
                  ("household", "is_primary", "is_head"), noted("Lives in no household.")),
            Panel("representatives", noted("Represented by"), "consumer_relationships",
                  "consumer_id", ("representative", "responsibility", "state", "ends_on"),
                  noted("Nobody acts for them."), add="create",
                  asks=("representative_id", "responsibility_id", "ends_on"), verbs=_END),
            Panel("represents", noted("Acts for"), "consumer_relationships", "representative_id",
                  ("consumer", "responsibility", "state", "ends_on"),
                  noted("Acts for nobody else."), verbs=_END),
            Panel("team", noted("Team"), "consumer_team_members", "consumer_id",
                  ("profile", "responsibility", "state", "ends_on"),
                  noted("Nobody is on the team yet."), add="create",
                  asks=("profile_id", "responsibility_id", "ends_on"), verbs=_END),
            Panel("accounts", noted("Belongs to"), "account_consumers", "consumer_id",
                  ("account", "kind", "reference", "is_entitled"),
                  noted("Belongs to no account.")),
        )),
        Tab("rights", noted("Responsibilities"), (
            Panel("holds", noted("Responsibilities held"), "held_responsibilities", "holder_id",
                  ("responsibility", "anchor"), noted("Holds no responsibility.")),
            Panel("profiles", noted("Ways to sign in"), "profiles", "consumer_id",
                  ("user", "kind", "roles", "state"), noted("Cannot sign in yet.")),
        )),
        _things("consumer_id"),
    ),
)  # fmt: skip

HOUSEHOLDS = Kind(
    "households", BASE, "customers", noted("Household"), noted("Households"), "people",
    columns=("number", "location"), facts=("number", "location", "created_at"),
    asks=("name",), verbs=("delete",),
    tabs=(
        Tab("overview", noted("Members"), (
            Panel("members", noted("Members"), "household_members", "household_id",
                  ("consumer", "is_primary", "is_head"), noted("Nobody lives here yet."),
                  add="join", own=True, asks=("consumer_id", "primary"),
                  own_verbs=("appoint_head", "make_primary", "leave"), names="consumer_id"),
            Panel("team", noted("Team"), "household_team_members", "household_id",
                  ("profile", "responsibility", "created_at"),
                  noted("Nobody is on the team yet."), add="create",
                  asks=("profile_id", "responsibility_id"), verbs=("delete",)),
        )),
    ),
)  # fmt: skip

BILLING = Kind(
    "billing_accounts", BASE, "customers", noted("Billing account"), noted("Billing accounts"),
    "sheet", columns=("number", "account", "consumer", "currency", "state"),
    facts=("number", "account", "consumer", "currency", "payment_days", "invoice_delivery",
           "invoice_email", "location", "reference", "is_default", "bills_to_parent", "created_at"),
    asks=("name", "account_id", "consumer_id", "parent_id", "bills_to_parent", "currency",
          "payment_days", "invoice_delivery", "invoice_email", "reference", "is_default", "state"),
    filters=("state",), parents=("account", "consumer", "parent"),
    tabs=(
        Tab("overview", noted("Who pays"), (
            Panel("payers", noted("Who pays"), "billing_arrangements", "billing_account_id",
                  ("account", "consumer", "basis_points", "starts_on", "ends_on"),
                  noted("The owner pays all of it."), add="create",
                  asks=("account_id", "consumer_id", "basis_points", "starts_on", "ends_on"),
                  verbs=("delete",)),
            Panel("below", noted("Billing accounts below it"), "billing_accounts", "parent_id",
                  ("number", "name", "account", "state"), noted("None are below it.")),
        )),
    ),
)  # fmt: skip

KINDS = (ACCOUNTS, CONTACTS, CONSUMERS, HOUSEHOLDS, BILLING)
