"""Every request, job and tool call that changes something goes through `perform`.

May this role use this verb → parse → open the transaction → fetch the row through the access
predicate → run → write rows, audit and outbox → commit → answer. A refusal at any step leaves
nothing behind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python

from infra.kernel.access import Caller, Plan
from infra.kernel.actions import Accepted, ActionDefinition
from infra.kernel.columns import columns_of
from infra.kernel.context import Context
from infra.kernel.custom.bodies import Own, own_of, takes_own, unseen
from infra.kernel.database import Connection
from infra.kernel.errors import BadRequest, Fault, Forbidden, Invalid, NotFound, Stale
from infra.kernel.etags import names_version, tag_of
from infra.kernel.gates import Attempt, Told
from infra.kernel.idempotency import Keyed, Replay, keyed
from infra.kernel.model import Record, Row
from infra.kernel.reading import custom_keys, key_of, reached, require_in_use
from infra.kernel.representation import of_row, reader_of, to_json
from infra.kernel.resource import CUSTOM, Resource
from infra.kernel.schema import parse_body
from infra.kernel.services import Services
from infra.kernel.wording import with_words


@dataclass(frozen=True)
class Outcome:
    """What an action answers; `raw` holds the bytes of a replay."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    def content(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else to_json(self.body)


@dataclass(frozen=True)
class Request:
    """What is asked of an action."""

    record_id: UUID | str | None = None
    body: Any = None
    idempotency_key: str | None = None
    if_match: str | None = None
    request_id: str = ""
    origin: str = ""


async def perform(
    services: Services,
    caller: Caller,
    name: str,
    *,
    record_id: UUID | str | None = None,
    body: Any = None,
    idempotency_key: str | None = None,
    if_match: str | None = None,
    request_id: str = "",
    origin: str = "",
) -> Outcome:
    """Run the action `cases.resolve` for the caller; raises a Problem where it is refused."""
    request = Request(record_id, body, idempotency_key, if_match, request_id, origin)
    return await run(services, caller, _named(services, name), request)


async def perform_in(
    ctx: Context,
    name: str,
    *,
    record_id: UUID | str | None = None,
    body: Any = None,
    if_match: str | None = None,
) -> Outcome:
    """Run the action inside a transaction that is open already, with every check that a request
    meets; what it wrote stands or falls with the others there. Raises as `perform` does."""
    definition = _named(ctx.services, name)
    allow(ctx.services, ctx.caller, definition)
    asked = _asked(definition, ctx.caller, body)
    request = Request(record_id, body, None, if_match, ctx.request_id, ctx.origin)
    before, ctx.action = ctx.action, definition.permission
    try:
        return await _inside(ctx, definition, request, asked)
    finally:
        ctx.action = before


def _named(services: Services, name: str) -> ActionDefinition:
    definition = services.registry.actions.get(name)
    if definition is None:
        raise NotFound(f"there is no action {name!r}")
    return definition


async def run(
    services: Services, caller: Caller, definition: ActionDefinition, request: Request
) -> Outcome:
    """`perform` for a definition at hand. A question stands in the address: what is wrong with it
    is a BadRequest."""
    try:
        return await _run(services, caller, definition, request)
    except Invalid as refused:
        if definition.method == "GET":
            raise BadRequest(refused.faults) from None
        raise


async def _run(
    services: Services, caller: Caller, definition: ActionDefinition, request: Request
) -> Outcome:
    allow(services, caller, definition)
    asked = _asked(definition, caller, request.body)
    address = f"{definition.permission} {request.record_id or ''}"
    key = keyed(
        request.idempotency_key,
        caller,
        address,
        request.body or {},
        secret_key=services.settings.secret_key,
    )

    async def work(connection: Connection, caller: Caller) -> tuple[Outcome, Context | None]:
        # Asked again: the caller may have been reloaded with fewer roles than it came with.
        allow(services, caller, definition)
        if key and (before := await replayed(key, connection)):
            return before, None
        ctx = Context(
            services,
            connection,
            caller,
            action=definition.permission,
            request_id=request.request_id,
            origin=request.origin,
        )
        outcome = await _inside(ctx, definition, request, asked)
        if key:
            await remember(key, connection, outcome)
        return outcome, ctx

    outcome, ctx = await services.transact(caller, work, read_only=False)
    if ctx is not None:
        ctx.committed()
    return outcome


def parsed(definition: ActionDefinition, caller: Caller, body: Any) -> dict[str, Any]:
    """The body as the action takes it; raises Invalid with every fault. What it says in the
    tenant's own fields is read by `with_own`."""
    view = definition.resource.view(caller.audience)
    values = parse_body(
        definition.body(caller.audience),
        {} if body is None else body,
        read_only=frozenset(view.read if view else ()),
    )
    _check_columns(definition, caller, values)
    return values


@dataclass(frozen=True)
class _Asked:
    """A body's values, or what is wrong with them."""

    values: dict[str, Any]
    faults: tuple[Fault, ...] = ()


def _asked(definition: ActionDefinition, caller: Caller, body: Any) -> _Asked:
    """The body read; its faults wait for those of the tenant's own fields, to be told together."""
    try:
        return _Asked(parsed(definition, caller, body))
    except Invalid as refused:
        if not takes_own(definition, caller):
            raise
        return _Asked({}, refused.faults)


async def _inside(
    ctx: Context, definition: ActionDefinition, request: Request, asked: _Asked
) -> Outcome:
    """The action in its transaction, for the caller as he is proven there."""
    plan = ctx.plan(definition.resource)
    refuse_masked(definition, plan, asked.values)
    own = None
    if takes_own(definition, ctx.caller):
        own = await own_of(ctx, definition, request.body, asked.faults)
    run = _Run(ctx, ctx.connection, definition, plan, request, own)
    return await run.outcome(dict(asked.values))


async def with_own(
    ctx: Context, definition: ActionDefinition, body: Any, values: dict[str, Any], row: Row | None
) -> dict[str, Any]:
    """The values with what the body says in the tenant's own fields, checked as a request's is;
    raises Invalid."""
    if not takes_own(definition, ctx.caller):
        return values
    own = await own_of(ctx, definition, body, ())
    if own.references and (faults := await unseen(ctx, ctx.connection, own, row)):
        raise Invalid(faults)
    own.complete(values, row)
    return values


def _check_columns(definition: ActionDefinition, caller: Caller, values: dict[str, Any]) -> None:
    """JSON columns become plain values; a column that must not be empty is not given null."""
    columns = columns_of(definition.resource)
    faults = []
    for name in definition.settable(caller.audience):
        if name not in values:
            continue
        if columns[name].sql == "jsonb":
            values[name] = to_jsonable_python(values[name])
        if values[name] is None and not columns[name].nullable:
            faults.append(Fault(f"/{name}", "null", "must not be null"))
    if faults:
        raise Invalid(faults)


def refuse_masked(definition: ActionDefinition, plan: Plan, values: Mapping[str, Any]) -> None:
    """What somebody is not cleared to see they cannot write either."""
    if plan.view is None or not definition.takes_columns:
        return
    open_to = plan.view.create if definition.on == "collection" else plan.view.update
    hidden = set(definition.settable(plan.audience)) - set(open_to)
    if faults := [
        Fault(f"/{name}", "masked", "is classified above your clearance")
        for name in values
        if name in hidden
    ]:
        raise Invalid(faults)


def allow(services: Services, caller: Caller, definition: ActionDefinition) -> Plan:
    """The plan, if the caller may use this verb at all; raises Forbidden. No row is read."""
    plan = services.plans.of(caller, definition.resource)
    if not caller.is_system and caller.audience not in definition.audiences:
        raise Forbidden(f"{definition.permission} is not for you")
    require_in_use(plan)
    if not plan.may(definition.granted_by):
        raise Forbidden(
            f"you may not {definition.name.replace('_', ' ')} {definition.resource.title}s"
        )
    return plan


async def replayed(key: Keyed, connection: Connection) -> Outcome | None:
    """The answer that this request got before, marked as such; None for the first to come."""
    before = await key.begin(connection)
    return as_replay(before) if before else None


def as_replay(before: Replay) -> Outcome:
    """The answer given before, marked as such."""
    headers = before.headers | {"Idempotent-Replayed": "true"}
    return Outcome(before.status, headers=headers, raw=before.body)


async def remember(key: Keyed, connection: Connection, outcome: Outcome) -> None:
    """Keep the answer for whoever sends this request again."""
    await key.store(connection, outcome.status, outcome.headers, outcome.content())


@dataclass
class _Run:
    """One action inside its transaction."""

    ctx: Context
    connection: Connection
    definition: ActionDefinition
    plan: Plan
    request: Request
    own: Own | None

    @property
    def resource(self) -> Resource:
        return self.definition.resource

    async def outcome(self, values: dict[str, Any]) -> Outcome:
        definition = self.definition
        row = await self._row() if definition.on == "record" else None
        await self._references(values, row)
        if self.own is not None:
            self.own.complete(values, row)
        if row is not None and (waits := await self._gated(row, values)) is not None:
            return Outcome(202, waits)
        arguments = (self.ctx,) if row is None else (self.ctx, row)
        result = await definition.function(*arguments, **values)
        await self.ctx.flush()
        if definition.method == "DELETE":
            return Outcome(204)
        if isinstance(result, Accepted):
            return Outcome(202, result.model_dump(mode="json"))
        record = result if isinstance(result, Record) else row if result is None else None
        if record is None:
            created = definition.name == "create" and definition.on == "collection"
            return Outcome(201 if created else 200, result)
        return await self._answer(record)

    async def _row(self) -> Record:
        by, value = key_of(self.resource, self.request.record_id or "")
        locked = self.definition.method != "GET"
        key = value if by == "id" else str(value)
        row: Record = await self.ctx.get(
            self.resource, key, verb=self.definition.granted_by, lock=locked
        )
        expected = self.request.if_match
        if expected is not None and not names_version(expected, row.version):
            raise Stale
        return row

    async def _gated(self, row: Record, values: Mapping[str, Any]) -> Told | None:
        """What the caller is told where the verb waits for somebody's consent."""
        definition, ctx = self.definition, self.ctx
        if ctx.caller.is_system or definition.method == "GET":
            return None
        if definition.permission not in (await ctx.customization()).gated:
            return None
        attempt = Attempt(definition, row, self.request.body or {}, values)
        for gate in ctx.services.registry.gates:
            if (told := await gate(ctx, attempt)) is not None:
                return told
        return None

    async def _references(self, values: Mapping[str, Any], row: Record | None) -> None:
        """Ids in the body must be records that the caller can see. Where he sees every row of the
        target, the foreign key itself is the check."""
        faults = []
        for column, target_name in self.resource.reference_columns.items():
            value = values.get(column)
            if not isinstance(value, UUID) or (row and getattr(row, column) == value):
                continue
            target = self.ctx.services.registry.resources[target_name]
            plan = self.ctx.plan(target)
            if plan.is_total("read"):
                continue
            seen = plan.may("read") and await reached(
                self.ctx.services, self.connection, self.ctx.caller, target, [value]
            )
            if not seen:
                faults.append(Fault(f"/{column}", "not_found", "there is no such record"))
        if self.own is not None and self.own.references:
            faults += await unseen(self.ctx, self.connection, self.own, row)
        if faults:
            raise Invalid(faults)

    async def _answer(self, record: Record) -> Outcome:
        """The record as the caller sees it, once it is sure that it stayed within his reach.

        What was created or changed must lie where the grant reaches, as in a policy's WITH CHECK;
        that and the answer are one question to the database, or none where the caller sees all.
        """
        definition = self.definition
        resource = self.ctx.services.registry.resource_of(type(record)) or self.resource
        created = definition.name == "create" and definition.on == "collection"
        status = 201 if created else 200
        plan = self.ctx.plan(resource)
        headers = {"ETag": tag_of(record.version)}
        if created:
            headers["Location"] = f"/api/v1/{resource.name}/{record.id}"
        verb = definition.granted_by
        placed = resource is self.resource and definition.takes_columns
        must_stay = placed and not self.plan.is_total(verb)
        mine = self.ctx.caller.attributes
        stays = not must_stay or self.plan.surely(verb, record, mine)
        if stays and not plan.has_masks and plan.surely("read", record, mine):
            return Outcome(status, of_row(plan, record, await self._keys(record)), headers)
        shown = plan.view.read if plan.view else ()
        needed = with_words(resource, plan.audience, shown)
        statement = self.ctx.services.lists.answer(plan, verb if must_stay else "read", needed)
        slots = {"tenant_id": self.ctx.tenant_id, "key": record.id}
        found = await self.connection.fetchrow(
            statement.text, *statement.values(self.ctx.caller.attributes, slots)
        )
        if found is None or (must_stay and not found["stays"]):
            raise Forbidden(f"you may not place a {self.resource.title} there")
        if not found["readable"]:
            # He could do it and may not look at it afterwards: he learns its name, no more.
            short = {n: getattr(record, n) for n in ("id", "number") if n in shown}
            return Outcome(status, short, headers)
        keys = await custom_keys(
            self.ctx.services, self.connection, self.ctx.caller, resource, [found]
        )
        read = reader_of(plan, shown, raw=False, custom=keys, locale=self.ctx.caller.locale)
        return Outcome(status, read(found), headers)

    async def _keys(self, record: Record) -> tuple[str, ...]:
        """The tenant's own fields of a record in memory that the caller may see."""
        resource = self.ctx.services.registry.resource_of(type(record)) or self.resource
        if not resource.is_customizable or not getattr(record, CUSTOM):
            return ()
        known = await self.ctx.customization()
        return known.fields_of(resource.name).readable(self.ctx.caller.audience)
