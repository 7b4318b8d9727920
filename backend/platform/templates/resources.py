"""What staff see of texts."""

from typing import Annotated

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.platform.calendars.resources import Name
from backend.platform.templates.models import MessageTemplate
from infra.kernel.columns import Text
from infra.kernel.configured import Configured
from infra.kernel.resource import Resource, View
from infra.kernel.templates import TEXT_CHARS_MAX

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,62}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
Long = Annotated[Text, MaxLen(TEXT_CHARS_MAX)]


class MessageText(BaseModel):
    """The words in one language; without `html` a mail gets its plain text in the tenant's look."""

    model_config = ConfigDict(extra="forbid", strict=True)

    subject: Annotated[Text, MaxLen(400)] = ""
    body: Annotated[Long, MinLen(1)]
    html: Long = ""


class NameWording(BaseModel):
    """A name in another language; what is empty stays in the tenant's own."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Text, MaxLen(200)] = ""
    description: Annotated[Text, MaxLen(20_000)] = ""


NameTranslations = Annotated[dict[Locale, NameWording], MaxLen(20)]
Texts = Annotated[dict[Locale, MessageText], MinLen(1), MaxLen(40)]

_SET = ("key", "name", "kind", "resource", "default_locale", "texts", "active")

message_templates = Resource(
    name="message_templates",
    singular="message_template",
    model=MessageTemplate,
    summary="Letters and replies with places to fill in, in every language that customers read.",
    label="name",
    views={
        "staff": View(
            read=("id", *_SET, "created_at", "updated_at", "version"),
            create=_SET,
            update=("name", "default_locale", "texts", "active"),
        )
    },
    types={"key": Key, "name": Name, "resource": Word, "default_locale": Locale, "texts": Texts},
    filters=("key", "name", "kind", "resource", "active"),
    sorts=("name",),
    default_sort="name",
    generic=("delete",),
    required=("key", "name", "resource", "texts"),
    configured=Configured(key=("key",)),
)
