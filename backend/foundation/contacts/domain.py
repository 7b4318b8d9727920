"""People of companies."""

from backend.foundation.contacts.actions.duplicates import duplicates
from backend.foundation.contacts.actions.keep import create, update
from backend.foundation.contacts.actions.merge import merge
from backend.foundation.contacts.resources import contacts
from backend.platform.responsibilities.reach import SERVING
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.roles import BEHIND_SALES, SELLERS

domain = Domain(
    name="contacts",
    summary="People of companies, each of exactly one.",
    resources=(contacts,),
    actions=(create, update, duplicates, merge),
    grants=(
        Grant("privacy_officer", "contacts", ("read",)),
        *(Grant(role, "contacts", ("read", "create", "update")) for role in SELLERS),
        *(Grant(role, "contacts", ("read",)) for role in BEHIND_SALES),
        Grant("data_steward", "contacts", ("read", "create", "update", "merge")),
        Grant("service_manager", "contacts", ("read", "create", "update", "merge")),
        Grant("agent_b2b", "contacts", ("read", "create", "update")),
        Grant("account_contributor", "contacts", ("read",)),
        Grant("customer_data_viewer", "contacts", ("read",)),
        Grant("case_viewer", "contacts", ("read",), columns=("id", "number", "name", "account_id")),
        Grant("customer", "contacts", ("read",), "self"),
        Grant("customer_case_manager", "contacts", ("read",), "own_account"),
        Grant("customer_admin", "contacts", ("read", "create", "update"), "account_tree"),
        Grant("partner", "contacts", ("read",), "self"),
        *(Grant(role, "contacts", ("read",), "at_hand") for role in SERVING),
        Grant("relationship_contributor", "contacts", ("read", "create", "update"), "related"),
        Grant("partner_admin", "contacts", ("read", "create", "update"), "account_tree"),
    ),
)  # fmt: skip
