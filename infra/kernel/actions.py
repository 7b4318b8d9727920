"""Verbs. An action is an ordinary async function; the decorator attaches a description and hands
it back, so tests, jobs and other domains call it directly. `performing` runs it for a request.

    @action(cases, audiences=("staff",), emits=(CaseResolved,))
    async def resolve(ctx: Context, case: Case, *, resolution: str) -> None:
        \"\"\"Resolve a case with words the customer may read.\"\"\"

Keyword-only parameters are the body. `**values` stands for the columns that the caller's View lets
him set: those of `create` for an action on the collection, of `update` for one on a record.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar, cast, get_type_hints
from uuid import UUID

from pydantic import BaseModel

from infra.kernel.columns import columns_of
from infra.kernel.context import Context
from infra.kernel.events import Event
from infra.kernel.model import Record, Row
from infra.kernel.resource import AUDIENCES, CUSTOM, Audience, Resource
from infra.kernel.schema import body_model, column_fields, merge_patch

F = TypeVar("F", bound=Callable[..., Any])


class Accepted(BaseModel):
    """The work goes on in a job (202)."""

    job: UUID


@dataclass(frozen=True)
class ActionDefinition:
    """What `@action` attached to a function."""

    resource: Resource
    name: str
    function: Callable[..., Any]
    on: Literal["record", "collection"] = "record"
    method: Literal["GET", "POST", "PATCH", "DELETE"] = "POST"
    verb: str = ""
    at: str = ""
    audiences: tuple[Audience, ...] = AUDIENCES
    emits: tuple[type[Event], ...] = ()
    summary: str = ""
    description: str = ""
    prepare: Callable[..., Any] | None = None
    """Reads at once what many calls in one transaction would each ask for; given their bodies."""
    _models: dict[Audience, type[BaseModel]] = field(default_factory=dict, compare=False)

    def __hash__(self) -> int:
        return hash(self.permission)

    @property
    def permission(self) -> str:
        """`cases.resolve`: the name of the permission, of the tool and of the audit action."""
        return f"{self.resource.name}.{self.name}"

    @property
    def segment(self) -> str:
        """The last part of its address; two actions share one where their methods differ."""
        return self.at or self.name

    @property
    def granted_by(self) -> str:
        """The verb that a role must grant."""
        return self.verb or self.name

    @cached_property
    def _parameters(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self.function).parameters

    @cached_property
    def hints(self) -> Mapping[str, Any]:
        return get_type_hints(self.function, include_extras=True)

    @cached_property
    def takes_columns(self) -> bool:
        return any(p.kind is p.VAR_KEYWORD for p in self._parameters.values())

    @cached_property
    def returns(self) -> Any:
        """The annotated result: None, a Record, or a model of its own."""
        return self.hints.get("return")

    @property
    def answers_record(self) -> bool:
        """Whether the answer is the record itself."""
        kind = self.returns
        if self.name == "delete" and self.method == "DELETE":
            return False
        return kind in (None, type(None)) or (isinstance(kind, type) and issubclass(kind, Row))

    def settable(self, audience: Audience) -> tuple[str, ...]:
        """The columns behind `**values` for this audience."""
        view = self.resource.view(audience)
        if not self.takes_columns or view is None:
            return ()
        return view.create if self.on == "collection" else view.update

    def body(self, audience: Audience) -> type[BaseModel]:
        """The body's model for this audience."""
        if audience not in self._models:
            named = column_fields(
                self.resource, self.settable(audience), partial=self.on == "record"
            )
            for name, parameter in self._parameters.items():
                if parameter.kind is parameter.KEYWORD_ONLY:
                    default = ... if parameter.default is parameter.empty else parameter.default
                    named[name] = (self.hints.get(name, Any), default)
            title = f"{self.resource.title} {self.name}".title().replace(" ", "").replace("_", "")
            suffix = "" if audience in {"staff", "system"} else audience.title()
            fields = tuple((n, t, d) for n, (t, d) in named.items())
            self._models[audience] = _model(f"{title}{suffix}", fields)
        return self._models[audience]


def _model(name: str, fields: tuple[tuple[str, Any, Any], ...]) -> type[BaseModel]:
    try:
        return body_model(name, fields)
    except TypeError:  # a default or a constraint that cannot be hashed: no sharing
        return body_model.__wrapped__(name, fields)


def action(
    resource: Resource,
    *,
    name: str = "",
    on: Literal["record", "collection"] = "record",
    method: Literal["GET", "POST", "PATCH", "DELETE"] | None = None,
    verb: str = "",
    at: str = "",
    audiences: tuple[Audience, ...] = AUDIENCES,
    emits: tuple[type[Event], ...] = (),
    prepare: Callable[..., Any] | None = None,
) -> Callable[[F], F]:
    """Declare a verb of a resource; `verb` names the permission where the name does not.

    `async def prepare(ctx, bodies)` puts what the function would read for each into `ctx.memory`.
    """

    def attach(function: F) -> F:
        called = name or function.__name__
        text = inspect.getdoc(function) or ""
        usual: dict[str, Any] = {"update": "PATCH", "delete": "DELETE"}
        definition = ActionDefinition(
            resource=resource,
            name=called,
            function=function,
            on=on,
            method=method or usual.get(called, "POST"),
            verb=verb,
            at=at,
            audiences=audiences,
            emits=emits,
            summary=text.split("\n", 1)[0],
            description=text.partition("\n")[2].strip(),
            prepare=prepare,
        )
        function.__atrium_action__ = definition  # type: ignore[attr-defined]
        return function

    return attach


def definition_of(function: Callable[..., Any]) -> ActionDefinition:
    """What `@action` attached; raises ValueError for a function without it."""
    found = getattr(function, "__atrium_action__", None)
    if not isinstance(found, ActionDefinition):
        raise ValueError(f"{function.__module__}.{function.__qualname__} is no @action")
    return found


# ── What the kernel supplies where a resource asks for it ────────────────────────────────────


def generic_actions(resource: Resource) -> list[ActionDefinition]:
    """The regular create, update and delete of a resource."""
    supplied = []
    if "create" in resource.generic:
        supplied.append(
            _generic(resource, "create", _creating(resource), f"Create a {resource.title}.")
        )
    if "update" in resource.generic:
        supplied.append(
            _generic(resource, "update", _updating(resource), f"Change a {resource.title}.")
        )
    if "delete" in resource.generic:
        supplied.append(_generic(resource, "delete", _delete, f"Remove a {resource.title}."))
    return supplied


def _generic(
    resource: Resource, name: str, function: Callable[..., Any], summary: str
) -> ActionDefinition:
    method: dict[str, Any] = {"create": "POST", "update": "PATCH", "delete": "DELETE"}
    return ActionDefinition(
        resource=resource,
        name=name,
        function=function,
        on="collection" if name == "create" else "record",
        method=method[name],
        summary=summary,
    )


def _creating(resource: Resource) -> Callable[..., Any]:
    async def create(ctx: Context, **values: Any) -> Record:
        row = cast("type[Record]", resource.model)(
            **{k: v for k, v in values.items() if v is not None}
        )
        await ctx.save(row)
        return row

    return create


def _updating(resource: Resource) -> Callable[..., Any]:
    async def update(ctx: Context, row: Record, **values: Any) -> None:
        apply(resource, row, values)
        await ctx.save(row)

    return update


async def _delete(ctx: Context, row: Record) -> None:
    await ctx.delete(row)


def apply(resource: Resource, row: Row, values: Mapping[str, Any]) -> None:
    """Set columns from a merge patch; JSON columns are merged (RFC 7396). The tenant's own fields
    come merged: `performing` has checked them against the record."""
    columns = columns_of(resource)
    for name, value in values.items():
        if name != CUSTOM and columns[name].sql == "jsonb" and isinstance(value, Mapping):
            value = merge_patch(getattr(row, name), value)  # noqa: PLW2901
        setattr(row, name, value)
