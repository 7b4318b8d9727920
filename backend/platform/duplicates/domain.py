"""Records that may be one, found before they are entered and among those that are there."""

from backend.platform.duplicates.actions.keep import create, dismiss, update
from backend.platform.duplicates.jobs import scan
from backend.platform.duplicates.resources import duplicate_candidates, duplicate_rules
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

domain = Domain(
    name="duplicates",
    summary="Rules for duplicates, and the pairs they find.",
    resources=(duplicate_rules, duplicate_candidates),
    actions=(create, update, dismiss),
    jobs=(scan,),
    grants=(
        Grant("service_manager", "duplicate_rules", ("read", "create", "update", "delete")),
        Grant("service_manager", "duplicate_candidates", ("read", "dismiss")),
        Grant("data_steward", "duplicate_rules", ("read", "create", "update", "delete")),
        Grant("data_steward", "duplicate_candidates", ("read", "dismiss")),
    ),
)
