"""A batch of rows in one transaction: each by the action that a request would call, all written
together, and a row that is refused takes none of its neighbours with it."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from backend.platform.transfers.cells import value_of
from backend.platform.transfers.columns import EXTERNAL, Column, Form, Layout, custom_in, values_in
from backend.platform.transfers.formats.source import SourceRow
from backend.platform.transfers.models import ExternalId, Mode
from backend.platform.transfers.naming import Key, named, reaching
from backend.platform.transfers.options import Options
from backend.platform.transfers.queries import forget_stale, forms_of, names_taken
from infra.kernel.actions import ActionDefinition
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid, NotFound, Problem
from infra.kernel.model import Record
from infra.kernel.performing import parsed, refuse_masked, with_own
from infra.kernel.problems import problem_of
from infra.kernel.refusals import is_transient, refusal

BREATH_ROWS = 25
"""How many rows are done between two moments at which others of the process have their turn."""
_SHOWN_CHARS = 200


@dataclass(frozen=True)
class Task:
    """What an import does with every row."""

    form: Form
    layout: Layout
    options: Options
    mode: Mode
    match_on: str
    source: str
    unique: frozenset[str] = frozenset()
    """Columns of the resource that must not come twice."""


@dataclass
class Line:
    """A row on its way."""

    source: SourceRow
    values: dict[str, Any] = field(default_factory=dict)
    references: dict[str, Key] = field(default_factory=dict)
    key: Key | None = None
    external: str = ""
    faults: list[Fault] = field(default_factory=list)
    outcome: str = ""
    record_id: UUID | None = None
    assumed: bool = False
    """Of a dry run: it hangs on a row that would be there, so only its form is checked."""

    def refuse(self, faults: Sequence[Fault]) -> None:
        self.faults += faults
        self.outcome = "failed"


class _Refused(Exception):
    """Undoes a batch that was to be done as a whole."""


class _Apart(Exception):
    """One row of several is to blame for what has gone out already."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line


def read_line(task: Task, row: SourceRow) -> Line:
    """The row's values by field; every cell that is none of its column's is a fault."""
    line = Line(row)
    if row.fault:
        line.refuse([Fault("", "unreadable", row.fault)])
        return line
    for heading in row.cells:
        if heading not in task.layout.columns and heading not in task.layout.ignored:
            line.refuse([Fault(f"/{heading}"[:300], "unknown_field", "is no field")])
    for column, cell in values_in(row.cells, task.layout):
        if cell is None or cell == "":
            if (cell is None and task.layout.exact) or task.options.empty == "null":
                line.values[column.target] = None
            continue
        _fill(task, line, column, cell)
    return line


def _fill(task: Task, line: Line, column: Column, cell: Any) -> None:
    name = str(cell)
    if column.by:
        line.references[column.target] = (column.resource, column.by, name)
    elif column.target == EXTERNAL:
        line.external = name
    else:
        try:
            line.values[column.target] = value_of(cell, column.shape, task.options)
        except ValueError as error:
            line.refuse([Fault(f"/{column.target}", "invalid_value", str(error))])
    if column.target == task.match_on:
        line.key = (task.form.resource.name, task.match_on, name)


def parts_of(lines: Sequence[Line], task: Task) -> list[list[Line]]:
    """The batch cut before each row that names what an earlier row of it makes."""
    kind = task.form.resource.name
    parts: list[list[Line]] = [[]]
    made: set[Key] = set()
    for line in lines:
        own = _own_keys(line, kind, task)
        if made & (own | {r for r in line.references.values() if r[0] == kind}):
            parts.append([])
            made.clear()
        parts[-1].append(line)
        made |= own
    return parts


def _own_keys(line: Line, kind: str, task: Task) -> set[Key]:
    own = {line.key} if line.key else set()
    if line.external:
        own.add((kind, EXTERNAL, line.external))
    return own | _unique_keys(line, kind, task)


def _unique_keys(line: Line, kind: str, task: Task) -> set[Key]:
    values = {column: line.values.get(column) for column in task.unique}
    return {
        (kind, column, form)
        for column, value in values.items()
        if isinstance(value, str)
        for form in forms_of(value)
    }


class Batch:
    """The rows of one transaction."""

    def __init__(self, ctx: Context, task: Task, rehearsed: set[Key] | None = None) -> None:
        self.ctx = ctx
        self.task = task
        self.rehearsed = rehearsed
        """Of a dry run: what its earlier rows would have made, had they been kept."""

    async def run(self, lines: Sequence[Line]) -> Counter[str]:
        """Do every row that can be done; what became of each stands in it."""
        for part in parts_of(lines, self.task):
            await self._name(part)
            good = [line for line in part if not line.outcome]
            if good:
                await self._attempt(good)
            self._remember(part)
        return Counter(line.outcome for line in lines)

    async def run_until_refused(self, lines: Sequence[Line]) -> list[Line]:
        """The rows up to the first that is refused, and it; nothing of those after it is done."""
        remembered = set(self.rehearsed or ())
        with contextlib.suppress(_Refused):
            async with self.ctx.savepoint():
                counts = await self.run(lines)
                if counts["failed"]:
                    raise _Refused
                return list(lines)
        if self.rehearsed is not None:
            self.rehearsed.clear()
            self.rehearsed |= remembered
        place = next(n for n, line in enumerate(lines) if line.outcome == "failed")
        before = [read_line(self.task, line.source) for line in lines[:place]]
        await self.run(before)
        return [*before, lines[place]]

    def _remember(self, lines: Sequence[Line]) -> None:
        if self.rehearsed is not None:
            kind = self.task.form.resource.name
            for line in lines:
                if line.outcome == "created":
                    self.rehearsed |= _own_keys(line, kind, self.task)

    def _is_rehearsed(self, key: Key | None) -> bool:
        if not self.rehearsed or key is None:
            return False
        return any((key[0], key[1], form) in self.rehearsed for form in forms_of(key[2]))

    async def _name(self, lines: Sequence[Line]) -> None:
        """Put ids in the place of names, and find out which rows are about records there are."""
        task, ctx = self.task, self.ctx
        kind = task.form.resource.name
        wanted = {key for line in lines for key in line.references.values()}
        wanted |= {line.key for line in lines if line.key}
        wanted |= {(kind, EXTERNAL, line.external) for line in lines if line.external}
        if task.mode is Mode.CREATE:
            wanted = wanted.union(*(_unique_keys(line, kind, task) for line in lines))
        if externals := [line.external for line in lines if line.external]:
            await forget_stale(ctx, task.form.resource, task.source, externals)
        ids = await named(ctx, task.source, wanted)
        for line in lines:
            for column, key in line.references.items():
                if (found := ids.get(key)) is None and self._is_rehearsed(key):
                    line.assumed = True
                elif found is None:
                    message = f"there is no record of {key[0]} with this {key[1]}"
                    line.refuse([Fault(f"/{column}", "not_found", message)])
                else:
                    line.values[column] = str(found)
            self._decide(line, ids, kind)
            if line.assumed and not line.outcome:
                line.outcome = (
                    "updated" if line.record_id or self._is_rehearsed(line.key) else "created"
                )
        await self._check_references(lines)

    def _decide(self, line: Line, ids: Mapping[Key, UUID], kind: str) -> None:
        """Whether the row makes a record or changes one."""
        task = self.task
        known = ids.get((kind, EXTERNAL, line.external)) if line.external else None
        if task.mode is Mode.CREATE:
            if known is not None:
                line.refuse([Fault("/external_id", "duplicate", "is there already")])
            for key in _unique_keys(line, kind, task):
                column = key[1]
                if key not in ids and key not in (self.rehearsed or ()):
                    continue
                if f"/{column}" not in {fault.pointer for fault in line.faults}:
                    line.refuse([Fault(f"/{column}", "duplicate", "is taken already")])
            return
        line.record_id = ids.get(line.key) if line.key else None
        if line.key is None:
            line.refuse([Fault(f"/{task.match_on}", "missing", "names the record and is empty")])
        elif line.record_id is None and self._is_rehearsed(line.key):
            line.assumed = True
        elif line.record_id is None and (task.mode is Mode.UPDATE or task.match_on == "id"):
            line.refuse([Fault(f"/{task.match_on}", "not_found", "there is no such record")])

    async def _check_references(self, lines: Sequence[Line]) -> None:
        """Ids that stand in the file must be records that the caller can see, as in any body."""
        resource = self.task.form.resource
        for column, target_name in resource.reference_columns.items():
            given: dict[UUID, list[Line]] = {}
            for line in lines:
                value = line.values.get(column)
                if isinstance(value, str) and column not in line.references and not line.outcome:
                    try:
                        given.setdefault(UUID(value), []).append(line)
                    except ValueError:
                        continue  # told with the other faults of the body
            target = self.ctx.services.registry.resources[target_name]
            seen = await reaching(self.ctx, target, list(given), "read")
            for id_, those in given.items():
                for line in those if id_ not in seen else ():
                    line.refuse([Fault(f"/{column}", "not_found", "there is no such record")])

    async def _attempt(self, lines: Sequence[Line]) -> None:
        """All together; where that fails and it is not known by whom, each half by itself."""
        if not lines:
            return
        before = [(line, len(line.faults), line.outcome, line.record_id) for line in lines]
        middle = len(lines) // 2
        try:
            async with self.ctx.savepoint():
                await self._together(lines)
            return
        except _Apart as apart:
            guilty, faults = apart.line, list(apart.line.faults)
            _put_back(before)
            guilty.refuse(faults)
            place = next(n for n, line in enumerate(lines) if line is guilty)
            rest = lines[:place], lines[place + 1 :]
        except (asyncpg.PostgresError, Problem) as error:
            problem = error if isinstance(error, Problem) else refusal(error)
            if problem is None or problem.status >= 500 or is_transient(error):
                raise
            _put_back(before)
            if len(lines) == 1:
                lines[0].refuse(_faults(problem))
                return
            rest = lines[:middle], lines[middle:]
        for part in rest:
            await self._attempt(part)

    async def _together(self, lines: Sequence[Line]) -> None:
        form, ctx = self.task.form, self.ctx
        ids = [line.record_id for line in lines if line.record_id]
        rows = await ctx.many(form.resource, ids, verb=_verb(form.update), lock=True)
        named_as = await names_taken(ctx, self.task.source, ids) if ids else {}
        await self._prepare(lines)
        done: list[tuple[Line, Record]] = []
        for number, line in enumerate(lines):
            mark = ctx.mark()
            try:
                row = await self._one(line, rows, named_as)
            except Exception as error:
                if _is_no_fault_of_the_row(error):
                    raise
                line.refuse(_faults(problem_of(error)))
                if not ctx.undo(mark):
                    raise _Apart(line) from None
                await self._prepare(lines[number + 1 :])
            else:
                done.append((line, row))
            if number % BREATH_ROWS == BREATH_ROWS - 1:
                await asyncio.sleep(0)
        await ctx.flush()
        await self._stay(done)

    async def _prepare(self, lines: Sequence[Line]) -> None:
        """Read at once what the rows' actions would each ask for."""
        for definition, is_new in ((self.task.form.create, True), (self.task.form.update, False)):
            bodies = [line.values for line in lines if (line.record_id is None) is is_new]
            if definition is not None and definition.prepare is not None and bodies:
                await definition.prepare(self.ctx, bodies)

    async def _one(
        self, line: Line, rows: Mapping[UUID, Record], named_as: Mapping[UUID, str]
    ) -> Record:
        ctx, form = self.ctx, self.task.form
        if line.record_id is None:
            if form.create is None:
                raise problem_of(LookupError(form.resource.name))
            dropped = (
                {"id", "number"} if self.task.layout.exact else {"id", "number", *_empty(line)}
            )
            values = {k: v for k, v in line.values.items() if k not in dropped}
            arguments = await self._arguments(form.create, values, None)
            made = await form.create.function(ctx, **arguments)
            row: Record = made
            line.outcome = "created"
        else:
            found = rows.get(line.record_id)
            if found is None or form.update is None:
                raise _unseen(self.task.match_on)
            row = found
            values = self._changing(line, row)
            arguments = await self._arguments(form.update, values, row)
            await form.update.function(ctx, row, **arguments)
            line.outcome = "updated" if row.changes() else "unchanged"
        if line.external and named_as.get(row.id, line.external) != line.external:
            raise _called_otherwise(named_as[row.id])
        if line.external and row.id not in named_as:
            name = ExternalId(
                kind=form.resource.name,
                source=self.task.source,
                external_id=line.external,
                record_id=row.id,
            )
            await ctx.save(name)
        return row

    async def _arguments(
        self, definition: ActionDefinition, body: dict[str, Any], row: Record | None
    ) -> dict[str, Any]:
        """What the action takes, refused as a request's would be."""
        resource = definition.resource
        if resource.is_customizable:
            body = custom_in(body, (await self.ctx.customization()).fields_of(resource.name))
        values = parsed(definition, self.ctx.caller, body)
        refuse_masked(definition, self.ctx.plan(resource), values)
        return await with_own(self.ctx, definition, body, values, row)

    def _changing(self, line: Line, row: Record) -> dict[str, Any]:
        """What an update takes; what it cannot set may stand in the file as it is already."""
        form = self.task.form
        update = form.update.body(self.ctx.caller.audience).model_fields if form.update else {}
        return {
            name: value
            for name, value in line.values.items()
            if name in update
            or (
                name not in {"id", "number", self.task.match_on}
                and str(value) != str(getattr(row, name, None))
            )
        }

    async def _stay(self, done: Sequence[tuple[Line, Record]]) -> None:
        """What was made or changed must lie where the caller's grants reach."""
        form = self.task.form
        for definition, outcomes in (
            (form.create, {"created"}),
            (form.update, {"updated"}),
        ):
            ids = {row.id: line for line, row in done if line.outcome in outcomes}
            if not ids or definition is None or not definition.takes_columns:
                continue
            verb = definition.granted_by
            if self.ctx.plan(form.resource).is_total(verb):
                continue
            reached = await reaching(self.ctx, form.resource, list(ids), verb)
            for id_, line in ids.items():
                if id_ not in reached:
                    message = f"you may not place a {form.resource.title} there"
                    line.refuse([Fault("", "forbidden", message)])
                    raise _Apart(line)


def _is_no_fault_of_the_row(error: Exception) -> bool:
    if isinstance(error, Problem):
        return error.status >= 500
    return isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError | OSError)


def _verb(definition: ActionDefinition | None) -> str:
    return definition.granted_by if definition else "read"


def _empty(line: Line) -> set[str]:
    return {name for name, value in line.values.items() if value is None}


def _unseen(match_on: str) -> Problem:
    fault = Fault(f"/{match_on}", "not_found", "there is no such record")
    return NotFound("there is no such record", faults=[fault])


def _called_otherwise(name: str) -> Problem:
    return Invalid([Fault("/external_id", "duplicate", f"the record is called {name!r} there")])


def _put_back(before: Sequence[tuple[Line, int, str, UUID | None]]) -> None:
    for line, faults, outcome, record_id in before:
        del line.faults[faults:]
        line.outcome, line.record_id = outcome, record_id


def _faults(problem: Problem) -> list[Fault]:
    return list(problem.faults) or [Fault("", problem.type, problem.detail)]


def told(line: Line, task: Task) -> list[dict[str, Any]]:
    """A row's faults with the column they are in and what stands there."""
    headings = {column.target: heading for heading, column in task.layout.columns.items()}
    shown = []
    for fault in line.faults:
        name = fault.pointer.removeprefix("/").split("/")[0]
        heading = headings.get(name, name)
        value = line.source.cells.get(heading)
        shown.append(
            {
                "column": heading or None,
                "code": fault.code,
                "message": fault.message,
                "value": value[:_SHOWN_CHARS] if isinstance(value, str) else value,
            }
        )
    return shown
