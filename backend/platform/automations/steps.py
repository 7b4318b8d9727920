"""The steps that an automation may take, each in the form in which an admin writes it."""

from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from infra.kernel.columns import Text

STEPS_MAX = 20
WAIT_MINUTES_MAX = 60 * 24 * 90

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Words = Annotated[Text, MaxLen(4_000)]
Target = Annotated[Text, MinLen(1), MaxLen(300)]
Targets = Annotated[list[Target], MinLen(1), MaxLen(10)]


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: Word | None = None
    """Later steps read what this one made as `steps.<name>.id`."""
    when: Annotated[Text, MaxLen(2_000)] = ""
    """A condition of this step's own; empty for always."""


class Act(_Step):
    """Do what a person could do: any action of the API, as whom the automation acts."""

    do: Literal["act"]
    action: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    record: Annotated[Text, MaxLen(300)] = ""
    """Which record, as a text with places to fill in; the event's own where it is empty."""
    body: Annotated[dict[str, Any], MaxLen(60)] = Field(default_factory=dict)
    """Texts are filled in; `{"cel": "…"}` becomes the value of the expression."""


class Mail(_Step):
    """Send a letter to people whom the record names, or to an address."""

    do: Literal["mail"]
    template: Word
    to: Targets


class Notify(_Step):
    """Tell members of staff, each as they chose to hear of the topic: in these words, or by a text
    in the language of each."""

    do: Literal["notify"]
    to: Targets
    template: Word | None = None
    """The text whose subject is the title; instead of `title` and `body`."""
    title: Words = ""
    body: Words = ""
    topic: Word = "automation"


class Tell(_Step):
    """Tell webhooks that listen to `automation_runs.told`."""

    do: Literal["tell"]
    data: Annotated[dict[str, Any], MaxLen(60)] = Field(default_factory=dict)


class Wait(_Step):
    """Let time pass; what follows is a transaction of its own."""

    do: Literal["wait"]
    minutes: Annotated[int, Ge(1), Le(WAIT_MINUTES_MAX)]
    recheck: bool = True
    """Whether the automation's condition must still hold afterwards."""


Step = Annotated[Act | Mail | Notify | Tell | Wait, Field(discriminator="do")]
Steps = Annotated[list[Step], MinLen(1), MaxLen(STEPS_MAX)]

_STEPS: TypeAdapter[list[Step]] = TypeAdapter(Steps)


def read_steps(stored: list[dict[str, Any]]) -> list[Step]:
    """The steps as stored, typed; raises pydantic's ValidationError."""
    return _STEPS.validate_python(stored)


def written(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps in the one form in which they are stored: nothing left out."""
    told: list[dict[str, Any]] = _STEPS.dump_python(read_steps(steps), mode="json")
    return told
