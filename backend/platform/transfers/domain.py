"""Files that become records, and records that become files."""

from backend.platform.transfers.actions import exports as leaving
from backend.platform.transfers.actions import imports as coming
from backend.platform.transfers.actions.names import create_external_id, create_mapping
from backend.platform.transfers.exporting import expire, run_export
from backend.platform.transfers.importing import run_import
from backend.platform.transfers.resources import (
    GRANTS,
    exports,
    external_ids,
    import_faults,
    import_mappings,
    imports,
)
from infra.kernel.registry import Domain

domain = Domain(
    name="transfers",
    summary="Import and export of every kind of record, as jobs.",
    resources=(imports, import_faults, exports, import_mappings, external_ids),
    actions=(
        coming.create,
        coming.cancel,
        leaving.create,
        leaving.cancel,
        create_mapping,
        create_external_id,
    ),
    grants=GRANTS,
    jobs=(run_import, run_export),
    periodic=(expire,),
)
