"""The approval matrix as admins write it."""

from typing import Annotated

from annotated_types import Ge, Le, MaxLen
from pydantic import StringConstraints

from backend.platform.approvals.matrix import Fyi, Levels, Word
from backend.platform.approvals.models import ApprovalRule
from backend.platform.calendars.resources import Name
from infra.kernel.columns import Text
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,62}$")]
Place = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}(\.[a-z][a-z0-9_]{0,62})?$")
]

_RULE = (
    "key", "name", "summary", "resource", "action", "condition", "pins", "levels", "fyi",
    "position", "allows_own", "by_mail", "calendar_id", "holds_work", "occasion", "active",
)  # fmt: skip

approval_rules = Resource(
    name="approval_rules",
    singular="approval_rule",
    model=ApprovalRule,
    summary="The approval matrix: whose consent is asked for what, under which condition.",
    label="name",
    views={
        "staff": View(
            read=("id", *_RULE, "author_id", "created_at", "updated_at", "version"),
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
    filters=("key", "name", "resource", "action", "occasion", "active"),
    sorts=("position", "name"),
    default_sort="position",
    search=("key", "name"),
    relations={
        "calendar": Relation("calendar_id", "calendars"),
        "author": Relation("author_id", "profiles"),
    },
    generic=("delete",),
    required=("key", "name", "resource", "levels"),
    configured=Configured(key=("key",), after=("groups", "responsibilities", "roles", "calendars")),
)
