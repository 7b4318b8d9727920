"""The history of the configuration as admins see it."""

from infra.kernel.resource import Resource, View
from tenants.configuration.models import ConfigRevision

config_revisions = Resource(
    name="config_revisions",
    singular="config_revision",
    model=ConfigRevision,
    summary="States that the configuration was in: who made each, when and how.",
    label="comment",
    views={
        "staff": View(
            read=(
                "id", "number", "origin", "comment", "checksum", "counts", "changed_by",
                "created_at", "version",
            ),
        ),
    },
    filters=("number", "origin", "checksum"),
    sorts=("number", "created_at"),
    default_sort="-number",
    types={"counts": dict[str, int], "changed_by": list[str]},
    generic=(),
    emits=True,
)  # fmt: skip
