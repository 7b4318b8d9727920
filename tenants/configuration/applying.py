"""Making changes through the resources' own actions, all of them or none.

Each change is an attempt of its own, so that one that is refused does not hide the faults of the
next; what waits for another change succeeds in a later round. Whoever calls undoes the whole where
a fault is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from infra.kernel.actions import Accepted
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid, Problem
from infra.kernel.performing import perform_in
from infra.kernel.refusals import is_transient, refusal
from tenants.configuration.catalog import Part, walk
from tenants.configuration.differences import Change, differences, same
from tenants.configuration.objects import Configuration, Identity, Object, key_text
from tenants.configuration.parsing import TextFault
from tenants.configuration.snapshot import snapshot
from tenants.settings.store import choose, require

ROUNDS_MAX = 12


@dataclass
class Applied:
    """What was made of it."""

    changes: list[Change]
    result: Configuration
    faults: list[TextFault] = field(default_factory=list)
    kept: list[Change] = field(default_factory=list)
    """What an action stored otherwise than it was written."""


async def apply(ctx: Context, present: Configuration, changes: list[Change]) -> Applied:
    """Make the changes; what was refused stands in the faults."""
    ids = {each.identity: each.row_id for each in present.objects.values() if each.row_id}
    work = _Work(ctx, ids)
    faults = await work.rounds(changes)
    wanted = Configuration(present.kinds)
    for change in changes:
        if change.verb != "delete":
            wanted.add(change.object)
    result = await snapshot(ctx, present.kinds)
    kept: list[Change] = []
    if not faults and (rest := differences(result, wanted)):
        # What can only be set once the object is there, and keys that a merge left behind.
        faults = await work.rounds([c for c in rest if _can_follow(c)], again=True)
        result = await snapshot(ctx, present.kinds)
        kept = differences(result, wanted)
    return Applied(changes, result, faults, kept)


def _can_follow(change: Change) -> bool:
    parts = change.object.kind.by_name
    return change.verb == "update" and any(
        parts[name].column not in change.object.kind.creatable
        or (isinstance(before, Mapping) and isinstance(after, Mapping))
        for name, (before, after) in change.fields.items()
    )


class _Work:
    def __init__(self, ctx: Context, ids: dict[Identity, UUID]) -> None:
        self._ctx = ctx
        self._ids = ids

    async def rounds(self, changes: list[Change], *, again: bool = False) -> list[TextFault]:
        """Try what is left for as long as something succeeds; the faults of the last round."""
        left = changes
        faults: list[TextFault] = []
        for _ in range(ROUNDS_MAX):
            faults, refused = [], []
            for change in left:
                problem = await self._refusal(change, again=again)
                if problem is not None:
                    refused.append(change)
                    faults += faults_of(change, problem)
            if not refused or len(refused) == len(left):
                break
            left = refused
        return faults

    async def _refusal(self, change: Change, *, again: bool) -> Problem | None:
        """Make the change; where it is refused, by whomever, nothing of it is left."""
        try:
            async with self._ctx.savepoint():
                await self._make(change, again=again)
        except Problem as problem:
            return problem
        except asyncpg.PostgresError as error:
            found = None if is_transient(error) else refusal(error)
            if found is None:
                raise
            return found
        return None

    async def _make(self, change: Change, *, again: bool) -> None:
        kind, each = change.object.kind, change.object
        if change.verb == "delete":
            if not kind.deletable:
                raise Problem("cannot be deleted")
            verb = f"{kind.name}.{kind.configured.ends}"
            await perform_in(self._ctx, verb, record_id=change.row_id)
            return
        if change.verb == "update":
            body = self._update_body(change, again=again)
            if kind.is_single:
                require(self._ctx.caller, "update")
                await choose(self._ctx, body)
                return
            await perform_in(self._ctx, f"{kind.name}.update", record_id=change.row_id, body=body)
            return
        ended = await self._ended(each) if kind.configured.returns else None
        settable = kind.creatable if ended is None else kind.updatable
        body = {
            part.column: self._stored(each, part)
            for part in kind.parts
            if part.name in each.values and part.column in settable
        }
        if ended is not None:
            verb = f"{kind.name}.{kind.configured.returns}"
            await perform_in(self._ctx, verb, record_id=ended)
            await perform_in(self._ctx, f"{kind.name}.update", record_id=ended, body=body)
            self._ids[each.identity] = ended
            return
        outcome = await perform_in(self._ctx, f"{kind.name}.create", body=body)
        if not isinstance(outcome.body, Accepted):
            self._ids[each.identity] = _id_of(outcome.body)

    async def _ended(self, each: Object) -> UUID | None:
        """The row with this key that does not count any more; nothing else may have its key."""
        key = {part.column: each.values.get(part.name) for part in each.kind.key}
        row = await self._ctx.every(each.kind.rows).filter(**key).first()
        return row.id if row is not None else None

    def _update_body(self, change: Change, *, again: bool) -> dict[str, Any]:
        kind, each = change.object.kind, change.object
        body, fixed = {}, []
        for name, (before, after) in change.fields.items():
            part = kind.by_name[name]
            if part.column not in kind.updatable:
                text = "is set once and for all; give the object another name, or delete it first"
                fixed.append(Fault(f"/{part.column}", "fixed", text))
                continue
            value = self._stored(each, part)
            if again and isinstance(before, Mapping) and isinstance(after, Mapping):
                value = _emptied(before, value)
            body[part.column] = value
        if fixed:
            raise Invalid(fixed)
        return body

    def _stored(self, each: Object, part: Part) -> Any:
        """The value with ids where the text has keys; raises Invalid for a key of nothing."""
        value = each.values[part.name]
        if part.target:
            return value if value is None else str(self._id(part.target, value, part.column))
        for place, target in each.kind.configured.references.items():
            column, *inside = place.split(".")
            if column == part.column:
                value = walk(tuple(inside), value, self._resolving(target, part.column))
        return value

    def _resolving(self, target: str, column: str) -> Any:
        return lambda key: str(self._id(target, key, column))

    def _id(self, target: str, key: Any, column: str) -> UUID | str:
        found = self._ids.get((target, key_text(key), 0))
        if found is not None:
            return found
        if isinstance(key, str) and _is_id(key):
            return key  # a record of this tenant; its action says whether there is one
        title = target.replace("_", " ")
        raise Invalid([Fault(f"/{column}", "not_found", f"{title} has no {_shown(key)}")])


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _shown(key: Any) -> str:
    return key_text(key) if isinstance(key, Mapping) else repr(key)


def _id_of(body: Any) -> UUID:
    found = body["id"] if isinstance(body, Mapping) else body.id
    return found if isinstance(found, UUID) else UUID(str(found))


def _emptied(before: Mapping[str, Any], after: Any) -> Any:
    """A merge patch that leaves what is wanted and nothing else (RFC 7396)."""
    if not isinstance(after, Mapping):
        return after
    patch = dict.fromkeys(before.keys() - after.keys()) | dict(after)
    for key, inner in after.items():
        held = before.get(key)
        if isinstance(held, Mapping) and not same(held, inner):
            patch[key] = _emptied(held, inner)
    return patch


def faults_of(change: Change, problem: Problem) -> list[TextFault]:
    """A refusal as faults of the text: which object, which part, which line."""
    each = change.object
    path = each.kind.path
    names = {part.column: part.name for part in each.kind.parts}
    if not problem.faults:
        said = f"{each.title}: {problem.detail}"
        return [TextFault(path, each.line_of(""), said, problem.type)]
    found = []
    for fault in problem.faults:
        column, _, inside = fault.pointer.lstrip("/").partition("/")
        place = "/".join(filter(None, (names.get(column, column), inside)))
        line = each.line_of(f"/{place}" if place else "")
        said = f"{each.title}{', ' if place else ''}{place}: {fault.message}"
        found.append(TextFault(path, line, said, fault.code))
    return found
