"""Telling people something: within Atrium, and by mail where they chose so."""

from collections.abc import Iterable
from uuid import UUID

from backend.platform.notifications import queries
from backend.platform.notifications.models import MailChoice, MailState, Notification
from infra.kernel.context import Context
from infra.kernel.jobs import periodic
from infra.kernel.mail import queue_mail

TITLE_CHARS_MAX = 300
BODY_CHARS_MAX = 4_000
DIGEST_MAX = 2_000
DAY_SECONDS = 86_400


async def notify(
    ctx: Context,
    profiles: Iterable[UUID],
    *,
    topic: str,
    title: str,
    body: str = "",
    about: tuple[str, UUID] | None = None,
) -> int:
    """Tell the person behind each profile once, as they want to hear of the topic; how many heard.

    Whoever wants to hear nothing of it gets nothing, and nobody who has left is told.
    """
    wanted = list(dict.fromkeys(profiles))
    told = 0
    for wish in await queries.wishes(ctx, wanted, topic) if wanted else ():
        choice = MailChoice(wish["mail"])
        if not wish["shown"] and choice is MailChoice.NONE:
            continue
        told += 1
        state = {MailChoice.NOW: MailState.SENT, MailChoice.DAILY: MailState.DUE}
        note = Notification(
            user_id=wish["id"],
            topic=topic,
            title=title[:TITLE_CHARS_MAX] or topic,
            body=body[:BODY_CHARS_MAX],
            kind=about[0] if about else None,
            record_id=about[1] if about else None,
            shown=wish["shown"],
            mail=state.get(choice, MailState.NONE),
        )
        await ctx.save(note)
        if choice is MailChoice.NOW:
            await queue_mail(
                ctx, wish["email"], note.title, note.body or note.title,
                kind="notifications", record_id=note.id,
            )  # fmt: skip
    return told


@periodic("notifications.digest", every_seconds=DAY_SECONDS)
async def digest(ctx: Context) -> None:
    """Send everybody who chose so one letter with what the day brought."""
    for reader in await queries.take_due(ctx, DIGEST_MAX):
        titles = reader["titles"]
        lines = "\n".join(f"- {title}" for title in titles)
        many = "1 notification" if len(titles) == 1 else f"{len(titles)} notifications"
        await queue_mail(ctx, reader["email"], f"Your day: {many}", f"{lines}\n")
