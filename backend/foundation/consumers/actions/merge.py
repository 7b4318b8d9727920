"""Merging consumers that are one person."""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen
from pydantic import Field

from backend.foundation.consumers.models import Consumer
from backend.foundation.consumers.resources import consumers
from backend.platform.merging.applying import merge as merge_records
from backend.platform.merging.planning import MergePlan
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(consumers, name="merge", audiences=("staff",))
async def merge(
    ctx: Context,
    consumer: Consumer,
    *,
    sources: Annotated[list[UUID], MinLen(1), MaxLen(20), Field(alias="from")],
    fields: Annotated[dict[str, UUID], MaxLen(50)] = {},  # noqa: B006
    versions: Annotated[dict[UUID, int], MaxLen(21)] = {},  # noqa: B006
    dry_run: bool = False,
) -> MergePlan:
    """Make other consumers part of this one: whatever names them names this one from now on."""
    return await merge_records(
        ctx, consumers, consumer, sources, fields=fields, versions=versions, dry_run=dry_run
    )
