"""Descriptions of hand-written routes, so that the OpenAPI document misses none of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_USUAL = ("400", "401", "403", "404", "409", "413", "415", "422", "429", "503")


@dataclass(frozen=True)
class Description:
    """`answers`: status → (media type, pydantic model or schema); `body` likewise."""

    name: str
    tag: str
    summary: str
    answers: Mapping[int, tuple[str, Any]]
    body: tuple[str, Any] | None = None
    body_required: bool = True
    query: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    problems: tuple[str, ...] = _USUAL
    security: tuple[str, ...] | None = None


def described(
    name: str, *, tag: str, summary: str = "", answers: Mapping[int, tuple[str, Any]], **more: Any
) -> Callable[[F], F]:
    """Attach a description to a route's endpoint."""

    def attach(endpoint: F) -> F:
        text = summary or (endpoint.__doc__ or name).strip().split("\n", 1)[0]
        endpoint.__atrium_description__ = Description(name, tag, text, answers, **more)  # type: ignore[attr-defined]
        return endpoint

    return attach


def description_of(endpoint: Any) -> Description | None:
    """What `@described` attached, if anything."""
    found = getattr(endpoint, "__atrium_description__", None)
    return found if isinstance(found, Description) else None
