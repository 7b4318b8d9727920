"""What the outside knows of privacy."""

from typing import Annotated, Literal

from annotated_types import MaxLen, MinLen
from pydantic import StringConstraints

from backend.platform.calendars.resources import Name
from backend.platform.privacy.models import (
    DataClass,
    ErasureCertificate,
    ErasureEntry,
    FieldClassification,
    LegalHold,
    RetentionRule,
    SubjectRequest,
)
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View, everything, match

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,62}$")]
Reason = Annotated[str, MinLen(1), MaxLen(2000)]
PersonKind = Literal["users", "contacts", "consumers"]
HoldKind = Literal["users", "contacts", "consumers", "accounts", "cases"]

_STAMPS = ("created_at", "updated_at", "version")
_CLASS = ("key", "name", "summary", "restricted", "cleared_roles", "on_erasure")
_FIELD = ("resource", "field", "data_class_id")
_REQUEST = ("id", "kind", "subject_kind", "subject_id", "note", "state", "due_at", "finished_at")

data_classes = Resource(
    name="data_classes",
    singular="data_class",
    model=DataClass,
    summary="Classes of data: who may see fields of a class, and what erasing a person does to it.",
    label="name",
    types={"key": Key, "name": Name},
    views={"staff": View(read=("id", *_CLASS, *_STAMPS), create=_CLASS, update=_CLASS[1:])},
    filters=("key", "restricted"),
    sorts=("key",),
    default_sort="key",
    generic=("delete",),
    required=("key", "name"),
    configured=Configured(key=("key",), after=("roles",), gives_access=True),
)

field_classifications = Resource(
    name="field_classifications",
    singular="field_classification",
    model=FieldClassification,
    summary="Which fields are of which class of data.",
    label="field",
    views={"staff": View(read=("id", *_FIELD, *_STAMPS), create=_FIELD, update=("data_class_id",))},
    filters=("resource", "field", "data_class_id"),
    sorts=("resource",),
    default_sort="resource",
    relations={"data_class": Relation("data_class_id", "data_classes")},
    generic=("delete",),
    required=_FIELD,
    configured=Configured(key=("resource", "field"), gives_access=True),
)

legal_holds = Resource(
    name="legal_holds",
    singular="legal_hold",
    model=LegalHold,
    summary="Persons, accounts and cases of which nothing may be erased for now.",
    types={"kind": HoldKind, "reason": Reason},
    views={
        "staff": View(
            read=("id", "kind", "record_id", "reason", "released_at", *_STAMPS),
            create=("reason",),
            update=("reason",),
        )
    },
    filters=("kind", "record_id", "released_at"),
    default_sort="-created_at",
    generic=("update",),
    required=("reason",),
)

retention_rules = Resource(
    name="retention_rules",
    singular="retention_rule",
    model=RetentionRule,
    summary="Records that have to be kept for a number of days before a person is erased in them.",
    types={"reason": Reason},
    views={
        "staff": View(
            read=("id", "resource", "keep_days", "reason", *_STAMPS),
            create=("resource", "keep_days", "reason"),
            update=("keep_days", "reason"),
        )
    },
    filters=("resource",),
    default_sort="-created_at",
    generic=("update", "delete"),
    required=("resource", "keep_days", "reason"),
    configured=Configured(key=("resource",)),
)

subject_requests = Resource(
    name="subject_requests",
    singular="subject_request",
    model=SubjectRequest,
    summary="What people ask about the data that is about them: a copy, its erasure, no more use.",
    types={"subject_kind": PersonKind, "note": Annotated[str, MaxLen(4000)]},
    views={
        "staff": View(
            read=(*_REQUEST, "progress", "attachment_id", *_STAMPS),
            create=("kind", "note"),
            update=("note",),
        ),
        "customer": View(read=(*_REQUEST, *_STAMPS), create=("kind", "note")),
    },
    filters=("kind", "state", "subject_id", "due_at"),
    sorts=("due_at",),
    default_sort="due_at",
    paths={
        "all": everything(),
        "own_contact": match("subject_id", "contact_id"),
        "own_consumer": match("subject_id", "consumer_id"),
    },
    generic=("update",),
    required=("kind",),
)

erasure_certificates = Resource(
    name="erasure_certificates",
    singular="erasure_certificate",
    model=ErasureCertificate,
    summary="Proofs of erasures: what was erased, kept and blocked, under one digest.",
    views={"staff": View(read=("id", "request_id", "outcome", "counts", "digest", *_STAMPS))},
    filters=("request_id", "outcome"),
    default_sort="-created_at",
    relations={"request": Relation("request_id", "subject_requests")},
    generic=(),
)

erasure_entries = Resource(
    name="erasure_entries",
    singular="erasure_entry",
    model=ErasureEntry,
    summary="Per record: what an erasure took out of it, or why it was kept.",
    views={
        "staff": View(
            read=(
                "id", "request_id", "collection", "record_id", "outcome", "columns", "reason",
                *_STAMPS,
            )
        )
    },
    filters=("request_id", "collection", "record_id", "outcome"),
    default_sort="created_at",
    relations={"request": Relation("request_id", "subject_requests")},
    generic=(),
    emits=False,
    audited=False,
)  # fmt: skip
