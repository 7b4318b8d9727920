"""What the outside knows of conversations."""

from typing import Annotated

from annotated_types import MaxLen, MinLen

from backend.omnichannel.interactions.models import Interaction, Message
from infra.kernel.columns import Text
from infra.kernel.resource import Path, Relation, Resource, View, everything, match, through

Subject = Annotated[Text, MaxLen(300)]
Words = Annotated[Text, MinLen(1), MaxLen(20_000)]

_OUTSIDE = (
    "id", "number", "channel", "state", "subject", "case_id", "started_at", "last_message_at",
    "ended_at", "created_at", "updated_at", "version",
)  # fmt: skip
_PUBLIC = tuple(name for name in _OUTSIDE if name != "case_id")

interactions = Resource(
    name="interactions",
    singular="interaction",
    model=Interaction,
    summary="Conversations with customers, on any channel, each with its case and customer.",
    label="number",
    number="INT",
    views={
        "staff": View(
            read=(
                *_OUTSIDE, "customer_kind", "account_id", "contact_id", "consumer_id",
                "customer_name", "assigned_to_id",
            ),
        ),
        "customer": View(read=_OUTSIDE),
        "public": View(read=_PUBLIC),
    },
    filters=(
        "number", "channel", "state", "case_id", "customer_kind", "account_id", "contact_id",
        "consumer_id", "assigned_to_id", "started_at",
    ),
    sorts=("started_at",),
    default_sort="-started_at",
    search=("number", "subject"),
    relations={
        "case": Relation("case_id", "cases"),
        "account": Relation("account_id", "accounts"),
        "contact": Relation("contact_id", "contacts"),
        "consumer": Relation("consumer_id", "consumers"),
        "assigned_to": Relation("assigned_to_id", "profiles"),
    },
    paths={
        "all": everything(),
        "own": match("contact_id", "contact_id"),
        "own_consumer": match("consumer_id", "consumer_id"),
        "own_visitor": match("visitor_id", "visitor_id"),
        "assigned": match("assigned_to_id", "profile_id"),
    },
    generic=(),
)  # fmt: skip

_SAID = (
    "id", "interaction_id", "case_id", "direction", "author_kind", "author_name", "subject", "body",
    "at", "created_at", "updated_at", "version",
)  # fmt: skip


def _in(path: Path) -> Path:
    return through("interaction_id", "interactions", "id", path)


messages = Resource(
    name="messages",
    singular="message",
    model=Message,
    summary="What is said in conversations, oldest first.",
    views={
        "staff": View(
            read=(
                *_SAID, "visibility", "customer_kind", "author_profile_id", "activity_entry_id",
                "quoted", "address", "mail_id", "in_reply_to", "mail_references",
            )
        ),
        "customer": View(read=_SAID),
        "public": View(read=tuple(name for name in _SAID if name != "case_id")),
    },
    filters=("interaction_id", "case_id", "direction", "author_kind", "at"),
    sorts=("at",),
    default_sort="at",
    relations={
        "interaction": Relation("interaction_id", "interactions"),
        "case": Relation("case_id", "cases"),
    },
    paths={
        "all": everything(),
        "own": _in(match("contact_id", "contact_id")),
        "own_consumer": _in(match("consumer_id", "consumer_id")),
        "own_visitor": _in(match("visitor_id", "visitor_id")),
        "assigned": _in(match("assigned_to_id", "profile_id")),
    },
    generic=(),
    emits=False,
    audited=False,
)  # fmt: skip
