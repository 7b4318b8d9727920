"""Private customers."""

from backend.foundation.consumers.actions.duplicates import duplicates
from backend.foundation.consumers.actions.keep import create, update
from backend.foundation.consumers.actions.merge import merge
from backend.foundation.consumers.resources import consumers
from backend.platform.responsibilities.reach import SERVING
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.roles import BEHIND_SALES, SELLERS

_NAMED = ("id", "number", "name", "email", "state")

domain = Domain(
    name="consumers",
    summary="Individual customers, independent of any company.",
    resources=(consumers,),
    actions=(create, update, duplicates, merge),
    grants=(
        Grant("privacy_officer", "consumers", ("read",)),
        *(Grant(role, "consumers", ("read", "create", "update")) for role in SELLERS),
        *(Grant(role, "consumers", ("read",)) for role in BEHIND_SALES),
        Grant("data_steward", "consumers", ("read", "create", "update", "merge")),
        Grant("service_manager", "consumers", ("read", "create", "update", "merge")),
        Grant("agent_b2c", "consumers", ("read", "create", "update")),
        Grant("consumer_contributor", "consumers", ("read",)),
        Grant("customer_data_viewer", "consumers", ("read",)),
        Grant("case_viewer", "consumers", ("read",), columns=("id", "number", "name")),
        *(Grant(role, "consumers", ("read",), "at_hand") for role in SERVING),
        Grant("relationship_contributor", "consumers", ("read", "update"), "related"),
        Grant("customer_case_manager", "consumers", ("read",), "of_account", columns=_NAMED),
        *(Grant("customer_admin", "consumers", ("read",), path, columns=_NAMED)
          for path in ("of_account", "of_account_tree")),
        Grant("consumer", "consumers", ("read", "update"), "self"),
    ),
)  # fmt: skip
