"""Having read what one was told, and saying how one wants to be told."""

from typing import Annotated

from pydantic import BaseModel

from backend.platform.notifications.models import MailChoice, Notification, NotificationPreference
from backend.platform.notifications.queries import read_all_of
from backend.platform.notifications.resources import (
    Topic,
    notification_preferences,
    notifications,
)
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Forbidden


class ReadCount(BaseModel):
    """How many were unread."""

    count: int


@action(notifications, name="mark_read", audiences=("staff",))
async def mark_read(ctx: Context, notification: Notification) -> None:
    """Say that a notification is read."""
    if notification.read_at is None:
        notification.read_at = ctx.now
        await ctx.save(notification)


@action(
    notifications, on="collection", name="mark_all_read", verb="mark_read", audiences=("staff",)
)
async def mark_all_read(ctx: Context) -> ReadCount:
    """Say that all of one's own notifications are read."""
    if ctx.caller.user_id is None:
        return ReadCount(count=0)
    return ReadCount(count=await read_all_of(ctx, ctx.caller.user_id))


@action(notification_preferences, on="collection", name="choose", audiences=("staff",))
async def choose(
    ctx: Context,
    *,
    topic: Annotated[Topic, "empty for all topics without a choice of their own"] = "",
    shown: bool = True,
    mail: MailChoice = MailChoice.NONE,
) -> NotificationPreference:
    """Choose how to hear of a topic; a choice made before is replaced."""
    if ctx.caller.user_id is None:
        raise Forbidden("only a person is told anything")
    mine = ctx.every(notification_preferences).filter(user_id=ctx.caller.user_id)
    found: NotificationPreference = await mine.filter(
        topic=topic
    ).first() or NotificationPreference(user_id=ctx.caller.user_id, topic=topic)
    found.shown, found.mail = shown, mail
    await ctx.save(found)
    return found
