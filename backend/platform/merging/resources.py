"""What the outside knows of merges."""

from backend.platform.merging.models import Merge
from infra.kernel.resource import Resource, View

merges = Resource(
    name="merges",
    singular="merge",
    model=Merge,
    summary="Records that were merged into another, until that is undone.",
    views={
        "staff": View(
            read=(
                "id", "resource", "record_id", "merged_ids", "taken", "rows_changed", "state",
                "undone_at", "created_at", "updated_at", "version",
            )
        )
    },
    filters=("resource", "record_id", "state"),
    default_sort="-id",
    generic=(),
)  # fmt: skip
