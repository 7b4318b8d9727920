"""What the outside knows of watchers."""

from backend.service.cases.watching.models import CaseWatcher
from infra.kernel.resource import (
    Relation,
    Resource,
    View,
    everything,
    match,
    readable,
    through,
)

_OWN = View(read=("id", "case_id", "created_at", "version"))

case_watchers = Resource(
    name="case_watchers",
    singular="case_watcher",
    model=CaseWatcher,
    summary="Who is told of which case.",
    views={
        "staff": View(
            read=(
                "id", "case_id", "profile_id", "added_by_id", "created_at", "updated_at", "version",
            )
        ),
        "customer": _OWN,
        "partner": _OWN,
    },
    filters=("case_id", "profile_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "case": Relation("case_id", "cases"),
        "profile": Relation("profile_id", "profiles"),
    },
    paths={
        "all": everything(),
        "mine": match("profile_id", "profile_id"),
        "of_case": through("case_id", "cases", "id", readable()),
    },
    generic=("delete",),
)  # fmt: skip
