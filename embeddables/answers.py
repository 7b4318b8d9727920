"""What the doors take and tell, for the contract and for the check of what comes in."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from annotated_types import Ge, MaxLen
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from infra.kernel.columns import Text, plain_text
from infra.kernel.errors import Invalid
from tenants.emails import require_address

CONTEXT_BYTES_MAX = 8 * 1024
_DEPTH_MAX = 4
_CLOSED = ConfigDict(extra="forbid", strict=True)


def flat(value: Any) -> Any:
    """A page's context with objects inside it spelled out: device.serial as device_serial."""
    if not isinstance(value, dict):
        return value
    if len(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)) > CONTEXT_BYTES_MAX:
        raise ValueError(f"must be at most {CONTEXT_BYTES_MAX} bytes")
    found: dict[str, Any] = {}
    _spell_out(value, "", found, 1)
    return found


def _spell_out(value: dict[str, Any], prefix: str, found: dict[str, Any], depth: int) -> None:
    for name, inner in value.items():
        path = f"{prefix}{name}"
        if isinstance(inner, dict) and depth < _DEPTH_MAX:
            _spell_out(inner, f"{path}_", found, depth + 1)
        elif isinstance(inner, dict | list):
            raise ValueError(f"{path[:60]} must be a plain value")
        else:
            found[path] = inner


def _address(value: str) -> str:
    try:
        return require_address(value)
    except Invalid:
        raise ValueError("must be one e-mail address") from None


ContextValue = Annotated[Text, MaxLen(2_000)] | int | float | bool | None
PageContext = Annotated[
    dict[Annotated[Text, MaxLen(100)], ContextValue], MaxLen(50), BeforeValidator(flat)
]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(plain_text),
]
Subject = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300, strip_whitespace=True),
    AfterValidator(plain_text),
]
Address = Annotated[Text, MaxLen(254), AfterValidator(_address)]
Description = Annotated[Text, MaxLen(20_000)]


class ModuleAnswer(BaseModel):
    """How a module looks and what it says; nothing that a page's reader may not know."""

    key: str
    locale: str
    theme: dict[str, Any]
    labels: dict[str, str]
    components: dict[str, dict[str, Any]]


class SessionBody(BaseModel):
    """`identity` is the token that the page's own server signed; null or none for nobody. `visitor`
    is what an earlier answer gave this page to be known again by."""

    model_config = _CLOSED
    module: Annotated[Text, MaxLen(100)]
    identity: Annotated[str, MaxLen(16_384)] | None = None
    visitor: Annotated[str, MaxLen(500)] | None = None


class SessionAnswer(BaseModel):
    """A session; `identified` says whether the identity was good. `visitor` replaces the one that
    was sent; none where that was not good, or is not needed."""

    token: str
    expires_in: int
    identified: bool
    name: str | None
    visitor: str | None = None


class AnswerFound(BaseModel):
    """An article that a search found."""

    id: UUID
    number: str | None
    title: str
    snippet: str
    url: str | None


class AnswersFound(BaseModel):
    """What a search found, best first."""

    data: list[AnswerFound]


class ArticleAnswer(BaseModel):
    """An article; `html` is sanitised."""

    id: UUID
    number: str
    title: str
    html: str
    language: str
    edition: int


class FeedbackBody(BaseModel):
    """Whether an article helped."""

    model_config = _CLOSED
    helpful: bool
    comment: Annotated[Text, MaxLen(5_000)] = ""
    edition: Annotated[int, Ge(1)] | None = None


class FeedbackAnswer(BaseModel):
    """What was noted."""

    article_id: UUID
    helpful: bool


class OwnedProduct(BaseModel):
    """Something that the identified person owns."""

    id: UUID
    name: str
    serial_number: str | None


class OwnedProducts(BaseModel):
    """What the identified person owns; nothing for a stranger."""

    data: list[OwnedProduct]


Answers = Annotated[
    dict[
        Annotated[Text, MaxLen(40)],
        Annotated[Text, MaxLen(10_000)]
        | Annotated[list[Annotated[Text, MaxLen(100)]], MaxLen(500)],
    ],
    MaxLen(100),
]
"""What was filled in of the fields that the tenant added, as text."""


class CaseField(BaseModel):
    """What the form asks beside its own questions; `name` is `custom.` and the field's key."""

    name: str
    label: str
    hint: str | None
    input: str
    required: bool
    value: str | list[str]
    choices: list[dict[str, str]]
    attributes: dict[str, Any]


class CaseFields(BaseModel):
    """The fields that the tenant asks of this reader, in their order."""

    data: list[CaseField]


class CaseBody(BaseModel):
    """A case of an identified person. Name and address are those of the identity, whatever is
    sent beside it."""

    model_config = _CLOSED
    subject: Subject
    description: Description = ""
    sold_product_id: UUID | None = None
    context: PageContext = {}
    custom: Answers = {}
    name: Text | None = None
    email: Text | None = None


class StrangerCaseBody(BaseModel):
    """A case of somebody whom nobody vouches for."""

    model_config = _CLOSED
    subject: Subject
    description: Description = ""
    name: Name
    email: Address
    context: PageContext = {}
    custom: Answers = {}
    sold_product_id: None = None


class CaseAnswer(BaseModel):
    """The case that was opened."""

    id: UUID
    number: str
    state: str


class SurveyQuestion(BaseModel):
    """A further question of a survey."""

    key: str
    text: str
    kind: str
    required: bool
    choices: list[str]
    labels: list[str]


class SurveyAsked(BaseModel):
    """What the person is asked about one case of theirs."""

    id: UUID
    title: str
    intro: str
    case_number: str
    case_subject: str
    questions: list[SurveyQuestion]


class SurveysAsked(BaseModel):
    """What the identified person is asked, the newest first; nothing for a stranger."""

    data: list[SurveyAsked]


class SurveyBody(BaseModel):
    """How it was, from 1 to 5, and what else was asked, by its key."""

    model_config = _CLOSED
    score: int
    comment: Annotated[Text, MaxLen(5_000)] = ""
    answers: Annotated[
        dict[Annotated[Text, MaxLen(60)], Annotated[Text, MaxLen(5_000)] | int | bool | None],
        MaxLen(40),
    ] = {}


class SurveyThanks(BaseModel):
    """That it was taken down."""

    score: int
