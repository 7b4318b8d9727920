"""What the outside knows of duplicates."""

from typing import Annotated, Literal

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.platform.calendars.resources import Name
from backend.platform.duplicates.models import DuplicateCandidate, DuplicateRule
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View

Kind = Literal["accounts", "contacts", "consumers"]
Sign = Literal["email", "phone", "name", "address"]


class Condition(BaseModel):
    """One sign of likeness: what is compared, from how alike it counts, and for how much."""

    model_config = ConfigDict(extra="forbid")

    match: Sign
    weight: Annotated[int, Field(ge=1, le=1000)] = 100
    at_least: Annotated[float, Field(ge=0.5, le=1.0)] = 0.9
    ignore_tags: bool = False


_RULE = ("name", "resource", "conditions", "threshold", "action", "country", "active")
_PAIR = ("id", "resource", "record_id", "other_id", "rule_id", "score", "reasons", "state")

duplicate_rules = Resource(
    name="duplicate_rules",
    singular="duplicate_rule",
    model=DuplicateRule,
    summary="What makes two accounts, contacts or consumers look like one, and what follows.",
    label="name",
    types={
        "name": Name,
        "resource": Kind,
        "conditions": Annotated[list[Condition], MinLen(1), MaxLen(12)],
        "threshold": Annotated[int, Field(ge=1, le=1000)],
        "country": Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")],
    },
    views={
        "staff": View(
            read=("id", *_RULE, "scanned_at", "created_at", "updated_at", "version"),
            create=_RULE,
            update=tuple(c for c in _RULE if c != "resource"),
        )
    },
    filters=("name", "resource", "action", "active"),
    sorts=("name",),
    default_sort="name",
    generic=("delete",),
    required=("name", "resource", "conditions"),
    configured=Configured(),
)

duplicate_candidates = Resource(
    name="duplicate_candidates",
    singular="duplicate_candidate",
    model=DuplicateCandidate,
    summary="Pairs of records that may be one, with the rule that says so and its reasons.",
    views={"staff": View(read=(*_PAIR, "created_at", "updated_at", "version"))},
    filters=("resource", "record_id", "other_id", "rule_id", "state", "score"),
    sorts=("score",),
    default_sort="-score",
    relations={"rule": Relation("rule_id", "duplicate_rules")},
    generic=(),
)
