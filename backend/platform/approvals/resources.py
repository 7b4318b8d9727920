"""What the outside knows of approvals: who asks and who is asked see theirs; those who may read a
case see what was asked about it."""

from typing import Annotated

from annotated_types import Ge, Le, MaxLen
from pydantic import StringConstraints

from backend.platform.approvals.matrix import Fyi, Levels, Word
from backend.platform.approvals.models import (
    Approval,
    ApprovalDeputy,
    ApprovalEntry,
    ApprovalLink,
    ApprovalRequest,
    ApprovalRule,
    ApprovalStep,
)
from backend.platform.calendars.resources import Name
from infra.kernel.columns import Text
from infra.kernel.configured import Configured
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

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,62}$")]
Place = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}(\.[a-z][a-z0-9_]{0,62})?$")
]

_RULE = (
    "key", "name", "summary", "resource", "action", "condition", "pins", "levels", "fyi",
    "position", "allows_own", "by_mail", "calendar_id", "holds_work", "active",
)  # fmt: skip

approval_rules = Resource(
    name="approval_rules",
    singular="approval_rule",
    model=ApprovalRule,
    summary="The approval matrix: whose consent is asked for what, under which condition.",
    label="name",
    views={
        "staff": View(
            read=("id", *_RULE, "created_at", "updated_at", "version"),
            create=_RULE,
            update=_RULE[1:],
        )
    },
    types={
        "key": Key,
        "name": Name,
        "summary": Annotated[Text, MaxLen(2_000)],
        "resource": Word,
        "action": Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,62})?$")],
        "condition": Annotated[Text, MaxLen(2_000)],
        "pins": Annotated[list[Place], MaxLen(50)],
        "levels": Levels,
        "fyi": Fyi,
        "position": Annotated[int, Ge(0), Le(100_000)],
    },
    filters=("key", "name", "resource", "action", "active"),
    sorts=("position", "name"),
    default_sort="position",
    search=("key", "name"),
    relations={"calendar": Relation("calendar_id", "calendars")},
    generic=("delete",),
    required=("key", "name", "resource", "levels"),
    configured=Configured(key=("key",), after=("groups", "responsibilities", "roles", "calendars")),
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
        through(
            "approver_user_id",
            "approval_deputies",
            "principal_user_id",
            match("deputy_user_id", "user_id", {"active": True}),
        ),
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
            through(
                "approver_user_id",
                "approval_deputies",
                "principal_user_id",
                match("deputy_user_id", "user_id", {"active": True}),
            ),
        ),
    },
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
        "of_mine": through(
            "approver_user_id",
            "approval_deputies",
            "principal_user_id",
            match("deputy_user_id", "user_id", {"active": True}),
        ),
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

_DEPUTY = ("deputy_id", "starts_at", "ends_at", "reason")
_DEPUTY_READ = (
    "id", "principal_id", "principal_name", "deputy_name", *_DEPUTY, "active", "created_at",
    "updated_at", "version",
)  # fmt: skip

approval_deputies = Resource(
    name="approval_deputies",
    singular="approval_deputy",
    model=ApprovalDeputy,
    summary="Who decides for whom while they are away.",
    label="deputy_name",
    views={
        "staff": View(read=_DEPUTY_READ, update=("ends_at", "reason")),
        "customer": View(read=_DEPUTY_READ, update=("ends_at", "reason")),
        "partner": View(read=_DEPUTY_READ, update=("ends_at", "reason")),
    },
    types={"reason": Annotated[Text, MaxLen(500)]},
    filters=("principal_id", "deputy_id", "active", "starts_at", "ends_at"),
    sorts=("starts_at",),
    default_sort="-starts_at",
    # No relations: a company's people name each other here, who may not read profiles. `appoint`
    # says whom one may name.
    paths={
        "all": everything(),
        "mine": match("principal_user_id", "user_id"),
        "for_me": match("deputy_user_id", "user_id"),
    },
    generic=(),
)
