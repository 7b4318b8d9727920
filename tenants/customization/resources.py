"""A tenant's own fields and lists of choices, as the API shows them: the live schema of forms."""

from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from infra.kernel.columns import Text
from infra.kernel.configured import Configured
from infra.kernel.custom.kinds import CHOICES_MAX, LONG_TEXT_MAX, PLACES_MAX
from infra.kernel.custom.patterns import LENGTH_MAX
from infra.kernel.resource import Relation, Resource, View, everything
from tenants.customization.models import ChoiceList, CustomField, ListedChoice

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$")]
Label = Annotated[dict[Language, Annotated[Text, MinLen(1), MaxLen(200)]], MinLen(1), MaxLen(50)]
Help = Annotated[dict[Language, Annotated[Text, MaxLen(1_000)]], MaxLen(50)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Value = Annotated[Text, StringConstraints(min_length=1, max_length=100, pattern=r"^[^,]*$")]
Position = Annotated[int, Ge(0), Le(100_000)]


class Constraints(BaseModel):
    """What a value must keep to beside its type."""

    model_config = ConfigDict(extra="forbid")

    min: JsonValue = None
    max: JsonValue = None
    max_length: Annotated[int, Ge(1), Le(LONG_TEXT_MAX)] | None = None
    places: Annotated[int, Ge(0), Le(PLACES_MAX)] | None = None
    pattern: Annotated[Text, MaxLen(LENGTH_MAX)] | None = None


class FieldChoice(BaseModel):
    """A choice of a field; one that is not active stays where it is and is not offered."""

    model_config = ConfigDict(extra="forbid")

    value: Value
    label: Label
    active: bool = True


Choices = Annotated[list[FieldChoice], Field(max_length=CHOICES_MAX)]

_CHANGEABLE = (
    "label", "help", "type", "target", "required", "default_value", "constraints", "choices",
    "indexed", "searchable", "listed", "staff", "customers", "partners", "visitors", "position",
)  # fmt: skip
_SHOWN = (
    "id", "resource", "key", "label", "help", "type", "target", "required", "default_value",
    "constraints", "choices", "indexed", "index_state", "position",
)  # fmt: skip

custom_fields = Resource(
    name="custom_fields",
    singular="custom_field",
    model=CustomField,
    summary="Fields that the tenant added to its records: the live schema of each `custom`.",
    label="key",
    views={
        "staff": View(
            read=(
                *_SHOWN, "searchable", "listed", "staff", "customers", "partners", "visitors",
                "active", "created_at", "updated_at", "version",
            ),
            create=("resource", "key", *_CHANGEABLE),
            update=_CHANGEABLE,
        ),
        "customer": View(read=(*_SHOWN, "customers")),
        "partner": View(read=(*_SHOWN, "partners")),
        "public": View(read=(*_SHOWN, "visitors")),
    },
    filters=("resource", "key", "type", "active", "indexed"),
    sorts=("position", "created_at"),
    default_sort="position",
    paths={
        "all": everything(),
        "customers": everything({"customers": ["read", "write"], "active": True}),
        "partners": everything({"partners": ["read", "write"], "active": True}),
        "visitors": everything({"visitors": ["read", "write"], "active": True}),
    },
    generic=(),
    types={
        "key": Key, "label": Label, "help": Help, "constraints": Constraints, "choices": Choices,
        "default_value": JsonValue, "position": Position,
    },
    required=("resource", "key", "label", "type"),
    configured=Configured(
        key=("resource", "key"), where={"active": True}, ends="retire", returns="restore"
    ),
)  # fmt: skip

_LIST = ("id", "resource", "field", "depends_on", "active")

choice_lists = Resource(
    name="choice_lists",
    singular="choice_list",
    model=ChoiceList,
    summary="Columns of plain text for which the tenant keeps a list of choices.",
    label="field",
    views={
        "staff": View(
            read=(*_LIST, "created_at", "updated_at", "version"),
            create=("resource", "field", "depends_on", "active"),
            update=("depends_on", "active"),
        ),
        "customer": View(read=_LIST),
        "partner": View(read=_LIST),
    },
    filters=("resource", "field", "active"),
    sorts=("created_at",),
    default_sort="id",
    paths={"all": everything(), "active": everything({"active": True})},
    generic=("delete",),
    required=("resource", "field"),
    configured=Configured(key=("resource", "field")),
)

_CHOICE = ("id", "list_id", "parent_id", "value", "label", "position", "active")

choices = Resource(
    name="choices",
    model=ListedChoice,
    summary="The choices of a list, with a label in each language, in their order.",
    label="value",
    views={
        "staff": View(
            read=(*_CHOICE, "created_at", "updated_at", "version"),
            create=("list_id", "parent_id", "value", "label", "position", "active"),
            update=("parent_id", "label", "position", "active"),
        ),
        "customer": View(read=_CHOICE),
        "partner": View(read=_CHOICE),
    },
    filters=("list_id", "parent_id", "value", "active"),
    sorts=("position", "created_at"),
    default_sort="position",
    relations={
        "list": Relation("list_id", "choice_lists"),
        "parent": Relation("parent_id", "choices"),
    },
    paths={"all": everything(), "active": everything({"active": True})},
    generic=("delete",),
    types={"value": Value, "label": Label, "position": Position},
    required=("list_id", "value", "label"),
    configured=Configured(key=("list_id", "parent_id", "value")),
)


def stored(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a body as they are kept: constraints that are not set are left out."""
    if isinstance(values.get("constraints"), dict):
        given = values["constraints"].items()
        values["constraints"] = {name: value for name, value in given if value is not None}
    return values
