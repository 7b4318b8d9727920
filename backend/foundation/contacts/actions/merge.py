"""Merging contacts that are one person."""

from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen, MinLen
from pydantic import Field

from backend.foundation.contacts.models import Contact
from backend.foundation.contacts.persons import profiles_of_record
from backend.foundation.contacts.resources import contacts
from backend.platform.merging.applying import Manner, Recorder
from backend.platform.merging.applying import merge as merge_records
from backend.platform.merging.planning import MergePlan
from infra.kernel.actions import action
from infra.kernel.context import Context
from tenants.people.resources import profiles


@action(contacts, name="merge", audiences=("staff",))
async def merge(
    ctx: Context,
    contact: Contact,
    *,
    sources: Annotated[list[UUID], MinLen(1), MaxLen(20), Field(alias="from")],
    fields: Annotated[dict[str, UUID], MaxLen(50)] = {},  # noqa: B006
    versions: Annotated[dict[UUID, int], MaxLen(21)] = {},  # noqa: B006
    dry_run: bool = False,
) -> MergePlan:
    """Make other contacts part of this one: whatever names them names this one from now on."""
    return await merge_records(
        ctx, contacts, contact, sources, fields=fields, versions=versions, dry_run=dry_run,
        manner=Manner(after=follow_account),
    )  # fmt: skip


async def follow_account(
    ctx: Context, recorder: Recorder, winner: Contact, _losers: list[Any]
) -> None:
    """Whoever signs in as the contact that stays does so for its company."""
    for profile in await profiles_of_record(ctx, contact_id=winner.id):
        if profile.account_id != winner.account_id:
            await recorder.watch(profiles.table, [profile.id])
            profile.account_id = winner.account_id
            await ctx.save(profile)
