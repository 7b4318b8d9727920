"""Records that became one, and their way back."""

from backend.platform.merging.actions.undo import undo
from backend.platform.merging.resources import merges
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

domain = Domain(
    name="merging",
    summary="Records merged into one, and undone.",
    resources=(merges,),
    actions=(undo,),
    grants=(
        Grant("service_manager", "merges", ("read", "undo")),
        Grant("data_steward", "merges", ("read", "undo")),
    ),
)
