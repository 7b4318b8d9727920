"""What the outside knows of approvals: who asks and who is asked see theirs; those who may read a
case see what was asked about it."""

from backend.platform.approvals.models import (
    Approval,
    ApprovalEntry,
    ApprovalLink,
    ApprovalRequest,
    ApprovalStep,
)
from infra.kernel.resource import (
    Path,
    Relation,
    Resource,
    View,
    everything,
    match,
    readable,
    through,
)

_OF_ME = match("approver_user_id", "user_id")
_OF_PRINCIPALS = through(
    "approver_user_id",
    "approval_deputies",
    "principal_user_id",
    match("deputy_user_id", "user_id", {"active": True}),
)
"""Of whom the caller is the deputy at this time."""

_OF_CASES = through("record_id", "cases", "id", readable())
"""Whoever may read a case may read what was asked about it."""

_OF_REQUEST: dict[str, Path] = {
    "all": everything(),
    "asked_by_me": through(
        "request_id", "approval_requests", "id", match("requested_by_id", "profile_id")
    ),
    "of_case": through("request_id", "approval_requests", "id", _OF_CASES),
    "asked_of_me": through("request_id", "approvals", "request_id", _OF_ME),
    "asked_of_mine": through(
        "request_id",
        "approvals",
        "request_id",
        _OF_PRINCIPALS,
    ),
}

_ASKED = (
    "id", "number", "kind", "record_id", "subject", "action", "note", "state", "level",
    "waits_for_answer", "holds_work", "requested_by_id", "requester_name", "reason", "requested_at",
    "decided_at", "performed_at", "created_at", "updated_at", "version",
)  # fmt: skip

approval_requests = Resource(
    name="approval_requests",
    singular="approval_request",
    model=ApprovalRequest,
    summary="What consent was asked for, and what waits for it.",
    label="subject",
    number="AP",
    views={
        "staff": View(read=(*_ASKED, "failure", "follows_id")),
        "customer": View(read=_ASKED),
        "partner": View(read=_ASKED),
        "public": View(read=("id",)),
    },
    filters=("number", "kind", "record_id", "action", "state", "requested_by_id", "requested_at"),
    sorts=("requested_at",),
    default_sort="-requested_at",
    search=("number", "subject"),
    relations={
        "requested_by": Relation("requested_by_id", "profiles"),
        "follows": Relation("follows_id", "approval_requests"),
    },
    paths={
        "all": everything(),
        "asked_by_me": match("requested_by_id", "profile_id"),
        "of_case": _OF_CASES,
        "asked_of_me": through("id", "approvals", "request_id", _OF_ME),
        "asked_of_mine": through(
            "id",
            "approvals",
            "request_id",
            _OF_PRINCIPALS,
        ),
    },
    is_promised=True,
    generic=(),
)

_STEP = (
    "id", "request_id", "level", "position", "name", "state", "opened_at", "due_at", "overdue_at",
    "held_at", "decided_at", "carried_from_id", "created_at", "version",
)  # fmt: skip

approval_steps = Resource(
    name="approval_steps",
    singular="approval_step",
    model=ApprovalStep,
    summary="What each rule asks for on each level, in their order.",
    label="name",
    views={
        "staff": View(read=(*_STEP, "rule_key", "why", "updated_at")),
        "customer": View(read=_STEP),
        "partner": View(read=_STEP),
    },
    filters=("request_id", "state", "rule_key", "level", "due_at"),
    sorts=("position",),
    default_sort="position",
    relations={"request": Relation("request_id", "approval_requests")},
    paths=_OF_REQUEST,
    generic=(),
    emits=False,
)

_SEAT = (
    "id", "request_id", "step_id", "approver_id", "approver_kind", "approver_name", "why",
    "kind", "record_id", "subject", "state", "due_at", "decided_at", "decided_by_id", "door",
    "slot", "need", "created_at", "updated_at", "version",
)  # fmt: skip

approvals = Resource(
    name="approvals",
    singular="approval",
    model=Approval,
    summary="Who is asked, who is only told, and what each has decided.",
    label="subject",
    views={
        "staff": View(read=(*_SEAT, "group_id", "first_decides")),
        "customer": View(read=_SEAT),
        "partner": View(read=_SEAT),
    },
    filters=(
        "request_id",
        "step_id",
        "approver_id",
        "kind",
        "record_id",
        "state",
        "due_at",
        "decided_by_id",
    ),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "request": Relation("request_id", "approval_requests"),
        "step": Relation("step_id", "approval_steps"),
        "approver": Relation("approver_id", "profiles"),
    },
    paths={
        "all": everything(),
        "mine": _OF_ME,
        "of_mine": _OF_PRINCIPALS,
        "asked_by_me": _OF_REQUEST["asked_by_me"],
        "asked_of_me": _OF_REQUEST["asked_of_me"],
        "of_case": _OF_REQUEST["of_case"],
    },
    generic=(),
    emits=False,
)

# Nobody reads these: what is kept of a link says nothing that its bearer does not know.
approval_links = Resource(
    name="approval_links",
    singular="approval_link",
    model=ApprovalLink,
    summary="Links of letters, each of one person for one decision.",
    views={},
    generic=(),
    emits=False,
    audited=False,
)

_ENTRY = (
    "id", "request_id", "record_id", "what", "by_id", "by_name", "for_name", "text", "created_at",
    "version",
)  # fmt: skip

approval_entries = Resource(
    name="approval_entries",
    singular="approval_entry",
    model=ApprovalEntry,
    summary="What happened to a question of consent, in its order.",
    label="what",
    views={
        "staff": View(read=(*_ENTRY, "updated_at")),
        "customer": View(read=_ENTRY),
        "partner": View(read=_ENTRY),
    },
    filters=("request_id", "record_id", "what", "by_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={"request": Relation("request_id", "approval_requests")},
    paths=_OF_REQUEST,
    generic=(),
    emits=False,
    audited=False,
)
