"""Privacy: classes of data, people's rights over theirs, and the proof of what was erased."""

from backend.platform.privacy.actions.classify import (
    classify,
    create_class,
    reclassify,
    update_class,
)
from backend.platform.privacy.actions.holds import create_hold, create_rule, release
from backend.platform.privacy.actions.requests import create, reject, start
from backend.platform.privacy.jobs import answer
from backend.platform.privacy.resources import (
    data_classes,
    erasure_certificates,
    erasure_entries,
    field_classifications,
    legal_holds,
    retention_rules,
    subject_requests,
)
from backend.platform.privacy.standard import found
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_ANSWERING = ("read", "create", "update", "start", "reject")
_ALL = ("read", "create", "update", "delete")

domain = Domain(
    name="privacy",
    summary="Classes of data, people's rights over theirs, and proofs of erasure.",
    resources=(
        data_classes,
        field_classifications,
        legal_holds,
        retention_rules,
        subject_requests,
        erasure_certificates,
        erasure_entries,
    ),
    actions=(
        classify, reclassify, create_class, update_class, create_hold, release, create_rule,
        create, start, reject,
    ),
    jobs=(answer,),
    grants=(
        Grant("privacy_officer", "data_classes", _ALL),
        Grant("privacy_officer", "field_classifications", _ALL),
        Grant("privacy_officer", "legal_holds", ("read", "create", "update", "release")),
        Grant("privacy_officer", "retention_rules", _ALL),
        Grant("privacy_officer", "subject_requests", _ANSWERING),
        Grant("privacy_officer", "erasure_certificates", ("read",)),
        Grant("privacy_officer", "erasure_entries", ("read",)),
        Grant("data_steward", "data_classes", ("read",)),
        Grant("data_steward", "field_classifications", ("read",)),
        Grant("customer", "subject_requests", ("read", "create"), "own_contact"),
        Grant("consumer", "subject_requests", ("read", "create"), "own_consumer"),
    ),
    founding=(found,),
)  # fmt: skip
