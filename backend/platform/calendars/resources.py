"""What the outside knows of calendars."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from backend.platform.calendars.models import Calendar
from backend.platform.calendars.week import Opening
from infra.kernel.columns import plain_text
from infra.kernel.configured import Configured
from infra.kernel.resource import Resource, View

Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(plain_text),
]
"""What people call something: never empty."""

_WRITABLE = ("name", "zone", "hours", "holidays")

calendars = Resource(
    name="calendars",
    singular="calendar",
    model=Calendar,
    summary="Opening hours and holidays by which promises are counted.",
    label="name",
    views={
        "staff": View(
            read=("id", *_WRITABLE, "created_at", "updated_at", "version"),
            create=_WRITABLE,
            update=_WRITABLE,
        )
    },
    filters=("name",),
    sorts=("name",),
    default_sort="name",
    types={"name": Name, "hours": list[Opening], "holidays": list[date]},
    generic=("delete",),
    configured=Configured(),
)
