"""Companies and their hierarchies."""

from backend.foundation.accounts.actions.duplicates import duplicates
from backend.foundation.accounts.actions.keep import create, update
from backend.foundation.accounts.actions.merge import merge
from backend.foundation.accounts.resources import accounts
from backend.platform.responsibilities.reach import SERVING
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.roles import BEHIND_SALES, SELLERS

_NAMED = ("id", "number", "name", "code")

domain = Domain(
    name="accounts",
    summary="Companies: customers, partners or both.",
    resources=(accounts,),
    actions=(create, update, duplicates, merge),
    grants=(
        Grant("privacy_officer", "accounts", ("read",)),
        *(Grant(role, "accounts", ("read", "create", "update")) for role in SELLERS),
        *(Grant(role, "accounts", ("read",)) for role in BEHIND_SALES),
        Grant("data_steward", "accounts", ("read", "create", "update", "merge")),
        Grant("service_manager", "accounts", ("read", "create", "update", "merge", "delete")),
        Grant("agent_b2b", "accounts", ("read", "create", "update")),
        # Whom a consumer is served through has a name for the consumer's agent, and no more.
        Grant("agent_b2c", "accounts", ("read",), columns=_NAMED),
        Grant("account_contributor", "accounts", ("read",)),
        Grant("customer_data_viewer", "accounts", ("read",)),
        Grant("case_viewer", "accounts", ("read",), columns=_NAMED),
        Grant("customer", "accounts", ("read",), "own"),
        Grant("customer_case_manager", "accounts", ("read",), "own"),
        Grant("customer_admin", "accounts", ("read", "update"), "tree"),
        Grant("partner", "accounts", ("read",), "own"),
        *(Grant(role, "accounts", ("read",), "at_hand") for role in SERVING),
        Grant("relationship_contributor", "accounts", ("read", "update"), "related"),
        Grant("consumer", "accounts", ("read",), "of_consumer", columns=("id", "name")),
        Grant("partner_admin", "accounts", ("read", "update"), "tree"),
    ),
)  # fmt: skip
