"""What every tie between people and companies shares: it holds until it ends, as its access."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from tortoise import fields

from backend.foundation.relationships.errors import TieEnded
from backend.platform.responsibilities.holding import hold, release, require_kind
from backend.platform.responsibilities.models import ResponsibilityKind
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.model import Record

END_ON_DATE = "relationships.end_on_date"


class TieState(StrEnum):
    """Whether a tie still holds."""

    ACTIVE = "active"
    ENDED = "ended"


class Tie(Record):
    """Somebody's standing towards somebody else; `ends_on` is the last day on which it holds."""

    state = fields.CharEnumField(TieState, default=TieState.ACTIVE)
    ends_on = fields.DateField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        abstract = True


def end_faults(ends_on: date | None, today: date) -> list[Fault]:
    """A fault where the last day is over already: what has ended is ended by its verb."""
    if ends_on is None or ends_on >= today:
        return []
    return [Fault("/ends_on", "past", "must not be in the past")]


async def kind_faults(
    ctx: Context,
    responsibility_id: UUID,
    kind: ResponsibilityKind,
    pointer: str = "/responsibility_id",
) -> list[Fault]:
    """A fault where the responsibility is none, or not for such a holder (F49)."""
    try:
        await require_kind(ctx, responsibility_id, kind, pointer=pointer)
    except Invalid as refused:
        return list(refused.faults)
    return []


async def begin(
    ctx: Context,
    tie: Tie,
    *,
    responsibility_id: UUID,
    holder_id: UUID,
    anchor_kind: str,
    anchor_id: UUID,
) -> None:
    """Store the tie and let its holder have the responsibility for as long as it holds."""
    await ctx.save(tie)
    await hold(
        ctx,
        source=tie,
        responsibility_id=responsibility_id,
        holder_id=holder_id,
        anchor_kind=anchor_kind,
        anchor_id=anchor_id,
    )
    watch_end(ctx, tie)


def first_moment_after(day: date) -> datetime:
    """When a tie with this last day no longer holds."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def require_active(tie: Tie) -> None:
    """Raises TieEnded for one that is over."""
    if tie.state is TieState.ENDED:
        raise TieEnded("it has ended; make a new one")


def watch_end(ctx: Context, tie: Tie) -> None:
    """See to it that the tie ends after its last day, whoever is asleep by then."""
    if tie.ends_on is None:
        return
    registered = ctx.services.registry.resource_of(type(tie))
    if registered is None:
        raise ValueError(f"{type(tie).__name__} is no resource")
    ctx.enqueue(
        END_ON_DATE,
        {"collection": registered.name, "record_id": str(tie.id)},
        run_at=first_moment_after(tie.ends_on),
        key=f"{tie.id}:{tie.ends_on.isoformat()}",
    )


async def change_end(ctx: Context, tie: Tie, ends_on: date | None) -> None:
    """Give the tie another last day, or none; another person is another tie. Raises TieEnded,
    Invalid."""
    require_active(tie)
    if faults := end_faults(ends_on, ctx.now.date()):
        raise Invalid(faults)
    if tie.ends_on != ends_on:
        tie.ends_on = ends_on
        watch_end(ctx, tie)
    await ctx.save(tie)


async def finish(ctx: Context, tie: Tie) -> None:
    """End the tie and whatever access it gave."""
    require_active(tie)
    tie.state, tie.ended_at = TieState.ENDED, ctx.now
    await ctx.save(tie)
    await release(ctx, tie.id)


async def remove(ctx: Context, tie: Tie) -> None:
    """Remove the tie as if it had never been, and whatever access it gave."""
    await release(ctx, tie.id)
    await ctx.delete(tie)


def is_over(tie: Tie, today: date) -> bool:
    """Whether an active tie's last day has passed."""
    return tie.state is TieState.ACTIVE and tie.ends_on is not None and tie.ends_on < today


async def find_tie(ctx: Context, collection: str, record_id: UUID) -> Tie | None:
    """The tie behind a job's arguments."""
    resource = ctx.services.registry.resources.get(collection)
    found = await ctx.find(resource, record_id, lock=True) if resource else None
    return found if isinstance(found, Tie) else None
