"""What an admin may decide about a module's look and about each of its components."""

from typing import Annotated, Any, Literal
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel, ConfigDict, StringConstraints

from embeddables.models import ComponentKind
from infra.kernel.columns import Text

_CLOSED = ConfigDict(extra="forbid", strict=True)

Line = Annotated[Text, StringConstraints(min_length=1, max_length=200)]
_COLOUR = r"^(#[0-9a-fA-F]{3,8}|[a-z]+\([0-9a-z.,%/ -]+\)|[a-z]+)$"
Colour = Annotated[Text, StringConstraints(pattern=_COLOUR, max_length=60)]
Length = Annotated[Text, StringConstraints(pattern=r"^\d{1,3}(\.\d{1,3})?(px|em|rem|%)?$")]
Word = Annotated[Text, StringConstraints(pattern=r"^[a-z_]{1,60}$")]
Labels = Annotated[dict[Word, Annotated[Text, MaxLen(300)]], MaxLen(100)]


class Theme(BaseModel):
    """Colours, corners, light or dark; what is left out is the host page's."""

    model_config = _CLOSED
    accent: Colour | None = None
    surface: Colour | None = None
    text: Colour | None = None
    radius: Length | None = None
    mode: Literal["auto", "light", "dark"] | None = None


class KnowledgeSearch(BaseModel):
    """`knowledge_base_ids` are the only ones searched; none means all that the reader may read."""

    model_config = _CLOSED
    title: Line | None = None
    knowledge_base_ids: Annotated[list[UUID], MaxLen(50)] | None = None
    results_max: Annotated[int, Ge(1), Le(20)] | None = None


class Prefilled(BaseModel):
    """Words that stand in the form already."""

    model_config = _CLOSED
    subject: Annotated[Text, MaxLen(300)] | None = None
    description: Annotated[Text, MaxLen(5_000)] | None = None


class CaseCreate(BaseModel):
    """`anonymous` lets somebody without an identity write, under a name and address they give."""

    model_config = _CLOSED
    title: Line | None = None
    anonymous: bool | None = None
    category: Annotated[Text, MaxLen(100)] | None = None
    subcategory: Annotated[Text, MaxLen(100)] | None = None
    urgency: Annotated[int, Ge(1), Le(3)] | None = None
    prefilled: Prefilled | None = None


class Chat(BaseModel):
    """`anonymous` lets somebody without an identity begin, under the name that they give."""

    model_config = _CLOSED
    title: Line | None = None
    anonymous: bool | None = None
    category: Annotated[Text, MaxLen(100)] | None = None


class Survey(BaseModel):
    """What a customer is asked after a case; whoever is not identified is asked nothing."""

    model_config = _CLOSED
    title: Line | None = None


class KnowledgeSearchHere(KnowledgeSearch):
    """The search on one site: a shared component, and what this site says anew."""

    component_id: UUID | None = None


class CaseCreateHere(CaseCreate):
    """The case form on one site: a shared component, and what this site says anew."""

    component_id: UUID | None = None


class ChatHere(Chat):
    """The chat on one site: a shared component, and what this site says anew."""

    component_id: UUID | None = None


class SurveyHere(Survey):
    """The survey on one site: a shared component, and what this site says anew."""

    component_id: UUID | None = None


class Components(BaseModel):
    """The components of one site."""

    model_config = _CLOSED
    knowledge_search: KnowledgeSearchHere | None = None
    case_create: CaseCreateHere | None = None
    chat: ChatHere | None = None
    survey: SurveyHere | None = None


MODEL_OF: dict[ComponentKind, type[BaseModel]] = {
    ComponentKind.KNOWLEDGE_SEARCH: KnowledgeSearch,
    ComponentKind.CASE_CREATE: CaseCreate,
    ComponentKind.CHAT: Chat,
    ComponentKind.SURVEY: Survey,
}


def effective(own: dict[str, Any] | None, shared: dict[str, Any] | None) -> dict[str, Any]:
    """What holds on a site: what it says itself before what the shared component says."""
    both = (shared or {}) | {k: v for k, v in (own or {}).items() if v is not None}
    return {k: v for k, v in both.items() if v is not None and k != "component_id"}
