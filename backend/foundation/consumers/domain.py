"""Private customers."""

from backend.foundation.consumers.actions.duplicates import duplicates
from backend.foundation.consumers.actions.keep import create, update
from backend.foundation.consumers.actions.merge import merge
from backend.foundation.consumers.resources import consumers
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

domain = Domain(
    name="consumers",
    summary="Individual customers, independent of any company.",
    resources=(consumers,),
    actions=(create, update, duplicates, merge),
    grants=(
        Grant("data_steward", "consumers", ("read", "create", "update", "merge")),
        Grant("service_manager", "consumers", ("read", "create", "update", "merge")),
        Grant("agent_b2c", "consumers", ("read", "create", "update")),
        Grant("consumer_contributor", "consumers", ("read",)),
        Grant("customer_data_viewer", "consumers", ("read",)),
        Grant("case_viewer", "consumers", ("read",), columns=("id", "number", "name")),
        Grant("consumer", "consumers", ("read", "update"), "self"),
    ),
)
