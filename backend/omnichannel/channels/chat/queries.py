"""What chat asks of the database by hand."""

from uuid import UUID

from infra.kernel.context import Context


async def hold_person(ctx: Context, person_id: UUID) -> None:
    """Let one page at a time begin a chat in this person's name."""
    await ctx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1::text || $2, 0))",
        str(ctx.tenant_id),
        f"chat {person_id}",
    )
