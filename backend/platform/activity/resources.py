"""What the outside knows of activity streams: staff read all of one, customers what is public."""

from backend.platform.activity.models import ActivityEntry
from backend.platform.responsibilities.reach import on_cases
from infra.kernel.resource import (
    Link,
    Resource,
    View,
    everything,
    match,
    readable,
    subtree,
    through,
)

_PUBLIC = (
    "id",
    "kind",
    "record_id",
    "entry_type",
    "body",
    "details",
    "author_name",
    "author_kind",
    "at",
    "created_at",
    "updated_at",
    "version",
)

activity_entries = Resource(
    name="activity_entries",
    singular="activity_entry",
    model=ActivityEntry,
    summary="Comments, notes and changes on records, in their order.",
    views={
        "staff": View(read=(*_PUBLIC, "visibility", "author_profile_id")),
        "customer": View(read=_PUBLIC),
        "partner": View(read=_PUBLIC),
    },
    filters=("kind", "record_id", "entry_type", "visibility", "author_kind", "at"),
    sorts=("at",),
    default_sort="at",
    outside={"visibility": "public"},
    links={"case": Link("record_id", "cases", "id")},
    paths={
        "all": everything(),
        "of_case": through("record_id", "cases", "id", readable()),
        "case_own": through("record_id", "cases", "id", match("contact_id", "contact_id")),
        "case_consumer": through("record_id", "cases", "id", match("consumer_id", "consumer_id")),
        "case_account": through("record_id", "cases", "id", match("account_id", "account_id")),
        "case_account_tree": through(
            "record_id",
            "cases",
            "id",
            through("account_id", "accounts", "id", subtree("path", "account_path")),
        ),
        **on_cases("record_id"),
    },
    generic=(),
    emits=False,
)
