"""What everybody sees of one's own notifications."""

from typing import Annotated

from pydantic import StringConstraints

from backend.platform.notifications.models import Notification, NotificationPreference
from infra.kernel.resource import Relation, Resource, View, everything, match

Topic = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_.]{0,62})?$")]

notifications = Resource(
    name="notifications",
    singular="notification",
    model=Notification,
    summary="What somebody was told, with the record that it is about.",
    label="title",
    views={
        "staff": View(
            read=(
                "id", "user_id", "topic", "title", "body", "kind", "record_id", "shown", "mail",
                "read_at", "created_at", "updated_at", "version",
            )
        )
    },
    filters=("user_id", "topic", "kind", "record_id", "shown", "read_at"),
    default_sort="-created_at",
    sorts=("created_at",),
    relations={"user": Relation("user_id", "users")},
    paths={"all": everything(), "own": match("user_id", "user_id")},
    generic=("delete",),
    audited=False,
)  # fmt: skip

notification_preferences = Resource(
    name="notification_preferences",
    singular="notification_preference",
    model=NotificationPreference,
    summary="How somebody wants to hear of what: within Atrium, by mail, or once a day.",
    label="topic",
    views={
        "staff": View(
            read=(
                "id", "user_id", "topic", "shown", "mail", "created_at", "updated_at", "version"
            )
        )
    },
    types={"topic": Topic},
    filters=("user_id", "topic"),
    default_sort="created_at",
    relations={"user": Relation("user_id", "users")},
    paths={"all": everything(), "own": match("user_id", "user_id")},
    generic=("delete",),
)  # fmt: skip
