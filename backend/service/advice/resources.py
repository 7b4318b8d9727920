"""Recommendation rules as admins see them."""

from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MaxLen
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from backend.platform.calendars.resources import Name
from backend.service.advice.models import RecommendationRule
from infra.kernel.columns import Text, plain_text
from infra.kernel.configured import Configured
from infra.kernel.resource import Resource, View

Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300, strip_whitespace=True),
    AfterValidator(plain_text),
]


class RuleAction(BaseModel):
    """The verb of the case that the recommendation offers, and what it is given."""

    model_config = ConfigDict(extra="forbid")

    name: Literal[
        "cases.attach_article", "cases.resolve", "cases.comment", "cases.note", "cases.assign",
        "cases.start", "cases.wait",
    ]  # fmt: skip
    arguments: Annotated[dict[Annotated[Text, MaxLen(60)], Any], MaxLen(20)] = Field(
        default_factory=dict
    )


_RULE = ("name", "condition", "title", "reason", "guidance", "action", "active", "rank")

recommendation_rules = Resource(
    name="recommendation_rules",
    singular="recommendation_rule",
    model=RecommendationRule,
    summary="What admins recommend for cases that meet a condition in CEL.",
    label="name",
    views={
        "staff": View(
            read=("id", *_RULE, "created_at", "updated_at", "version"), create=_RULE, update=_RULE
        )
    },
    filters=("name", "active", "rank"),
    sorts=("rank", "name", "created_at"),
    default_sort="rank",
    generic=("delete",),
    types={
        "name": Name,
        "condition": Annotated[Text, MaxLen(2_000)],
        "title": Line,
        "reason": Line,
        "guidance": Annotated[Text, MaxLen(20_000)],
        "action": RuleAction,
        "rank": Annotated[int, Ge(1), Le(1000)],
    },
    required=("name", "condition", "title", "reason"),
    configured=Configured(references={"action.arguments.assignment_group_id": "groups"}),
)
