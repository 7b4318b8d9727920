"""Who decides for whom while they are away."""

from typing import Annotated

from annotated_types import MaxLen

from backend.platform.approvals.models import ApprovalDeputy
from infra.kernel.columns import Text
from infra.kernel.resource import Resource, View, everything, match

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
