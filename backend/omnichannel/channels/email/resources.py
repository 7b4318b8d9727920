"""What the outside knows of mailboxes."""

from backend.omnichannel.channels.email.models import Mailbox
from infra.kernel.configured import Configured
from infra.kernel.resource import Resource, View

_SET = ("name", "address", "acknowledges", "active")

mailboxes = Resource(
    name="mailboxes",
    singular="mailbox",
    model=Mailbox,
    summary="Addresses that customers write to; what arrives there becomes cases and comments.",
    label="name",
    views={
        "staff": View(
            read=("id", *_SET, "created_at", "updated_at", "version"), create=_SET, update=_SET
        )
    },
    filters=("address", "active"),
    sorts=("created_at",),
    default_sort="created_at",
    generic=("delete",),
    required=("name", "address"),
    configured=Configured(key=("address",)),
)
