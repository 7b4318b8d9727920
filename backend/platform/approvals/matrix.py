"""The levels of a rule in the form in which an admin writes them."""

from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter

from infra.kernel.columns import Text

LEVELS_MAX, SLOTS_MAX = 10, 10

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Hours = Annotated[int, Ge(1), Le(8_760)]
Who = Literal["people", "group", "manager", "role", "record", "holders", "company"]
Need = Literal["any", "all"] | Annotated[int, Ge(1), Le(100)]


class Approvers(BaseModel):
    """Some people who count together.

    `people`: by their addresses; `group`, `role`: by its name; `manager`: of the groups that the
    requester belongs to, or above; `record`: whom the relation `via` of the record names;
    `holders`: who has the responsibility `name` on the record, or on what its relation `via` leads
    to; `company`: people of the account to which `via` leads, who have the role `name`. `need` says
    how many of them must agree. With `any` the first to answer decides.
    """

    model_config = ConfigDict(extra="forbid")

    who: Who
    name: Annotated[Text, MaxLen(200)] = ""
    emails: Annotated[list[Annotated[Text, MinLen(3), MaxLen(320)]], MaxLen(50)] = []
    via: Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,62})?$")] = ""
    need: Need = "any"

    def told(self) -> str:
        """Who that is, in words for an explanation."""
        match self.who:
            case "people":
                return "named by the rule"
            case "manager":
                return "manager of the requester"
            case "record":
                return f"{self.via.replace('_', ' ')} of the record"
            case "company":
                return f"{self.name.replace('_', ' ')} of the {self.via.replace('_', ' ')}"
            case "holders":
                of = f" of its {self.via.replace('_', ' ')}" if self.via else ""
                return f"{self.name.replace('_', ' ')}{of}"
        return f"{self.who} {self.name}"


class Level(BaseModel):
    """Who is asked at the same time. Levels of equal number, of whatever rule, run together."""

    model_config = ConfigDict(extra="forbid")

    level: Annotated[int, Ge(1), Le(20)] = 1
    name: Annotated[Text, MaxLen(200)] = ""
    approvers: Annotated[list[Approvers], MinLen(1), MaxLen(SLOTS_MAX)]
    due_hours: Hours | None = None
    remind_hours: Hours | None = None
    calendar: Annotated[Text, MaxLen(200)] = ""
    """In whose working time both are counted, where not in that of the rule."""
    escalate_to: Annotated[list[Approvers], MaxLen(SLOTS_MAX)] = []
    """Whose word stands for the whole level once it is overdue."""


Levels = Annotated[list[Level], MinLen(1), MaxLen(LEVELS_MAX)]
Fyi = Annotated[list[Approvers], MaxLen(SLOTS_MAX)]

_LEVELS: TypeAdapter[list[Level]] = TypeAdapter(Levels)
_FYI: TypeAdapter[list[Approvers]] = TypeAdapter(Fyi)


def read_levels(stored: list[dict[str, Any]]) -> list[Level]:
    """The levels as stored, typed."""
    return _LEVELS.validate_python(stored)


def read_fyi(stored: list[dict[str, Any]]) -> list[Approvers]:
    """Who is told, typed."""
    return _FYI.validate_python(stored)
