"""What admins see of responsibilities; everybody who gives one may read their names."""

from typing import Annotated, Any

from annotated_types import MaxLen, MinLen
from pydantic import StringConstraints

from backend.platform.calendars.resources import Name
from backend.platform.responsibilities.models import (
    AccessConfiguration,
    HeldResponsibility,
    Responsibility,
)
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View, everything, match

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,62}$")]
LongKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,99}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Via = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*)?$")]
Verbs = Annotated[list[Word], MinLen(1), MaxLen(100)]
Words = Annotated[list[Word], MaxLen(200)]
Conditions = Annotated[dict[Word, Any], MaxLen(20)]

_SET = ("key", "name", "description", "kind", "active")
responsibilities = Resource(
    name="responsibilities",
    singular="responsibility",
    model=Responsibility,
    summary="Named levels of access that people get on single records.",
    label="name",
    views={
        "staff": View(
            read=("id", *_SET, "created_at", "updated_at", "version"), create=_SET, update=_SET[1:]
        ),
        "customer": View(read=("id", "key", "name", "description")),
        "partner": View(read=("id", "key", "name", "description")),
    },
    types={"key": Key, "name": Name},
    filters=("key", "name", "kind", "active"),
    sorts=("name", "key"),
    default_sort="name",
    search=("key", "name"),
    paths={"all": everything(), "of_contacts": everything({"kind": "contact", "active": True})},
    generic=("delete",),
    required=("key", "name", "kind"),
    configured=Configured(key=("key",), gives_access=True),
)

_GIVES = ("via", "beneath", "verbs", "columns", "conditions", "roles", "active")
access_configurations = Resource(
    name="access_configurations",
    singular="access_configuration",
    model=AccessConfiguration,
    summary="What a responsibility gives on a resource, and how access flows there.",
    label="key",
    views={
        "staff": View(
            read=(
                "id", "key", "responsibility_id", "resource", *_GIVES, "created_at", "updated_at",
                "version",
            ),
            create=("key", "responsibility_id", "resource", *_GIVES),
            update=_GIVES,
        )
    },
    types={
        "key": LongKey,
        "resource": Word,
        "via": Via,
        "verbs": Verbs,
        "columns": Words,
        "conditions": Conditions,
        "roles": Words,
    },
    filters=("key", "responsibility_id", "resource", "active"),
    sorts=("key",),
    default_sort="key",
    relations={"responsibility": Relation("responsibility_id", "responsibilities")},
    generic=("delete",),
    required=("key", "responsibility_id", "resource", "verbs"),
    configured=Configured(key=("key",), after=("roles",), gives_access=True),
)  # fmt: skip

held_responsibilities = Resource(
    name="held_responsibilities",
    singular="held_responsibility",
    model=HeldResponsibility,
    summary="Who has which responsibility on what, and the record that causes it.",
    views={
        "staff": View(
            read=(
                "id", "responsibility_id", "holder_id", "anchor_kind", "anchor_id", "source_kind",
                "source_id", "created_at", "updated_at", "version",
            )
        )
    },
    filters=(
        "responsibility_id", "holder_id", "anchor_kind", "anchor_id", "source_kind", "source_id",
    ),
    default_sort="-created_at",
    relations={"responsibility": Relation("responsibility_id", "responsibilities")},
    paths={"all": everything(), "own": match("holder_id", "holder_ids")},
    generic=(),
    emits=False,
)  # fmt: skip
