"""What the outside knows of calendars."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from backend.platform.calendars.models import Calendar, CalendarAssignment
from backend.platform.calendars.week import Opening, SpecialDay
from infra.kernel.columns import plain_text
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View

Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(plain_text),
]
"""What people call something: never empty."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Region = Annotated[str, StringConstraints(min_length=1, max_length=40), AfterValidator(plain_text)]

_WRITABLE = (
    "name",
    "zone",
    "hours",
    "holidays",
    "country",
    "region",
    "exceptions",
    "is_default",
)
_HOLDERS = ("calendar_id", "account_id", "consumer_id", "group_id")

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
    filters=("name", "is_default"),
    sorts=("name",),
    default_sort="name",
    types={
        "name": Name,
        "hours": list[Opening],
        "holidays": list[date],
        "country": Country,
        "region": Region,
        "exceptions": list[SpecialDay],
    },
    generic=("delete",),
    configured=Configured(),
)

calendar_assignments = Resource(
    name="calendar_assignments",
    singular="calendar_assignment",
    model=CalendarAssignment,
    summary="Customers and teams that go by a calendar of their own.",
    views={
        "staff": View(
            read=("id", *_HOLDERS, "created_at", "updated_at", "version"),
            create=_HOLDERS,
            update=("calendar_id",),
        )
    },
    filters=_HOLDERS,
    relations={
        "calendar": Relation("calendar_id", "calendars"),
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
        "group": Relation("group_id", "groups"),
    },
    generic=("update", "delete"),
    required=("calendar_id",),
)
