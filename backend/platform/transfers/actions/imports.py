"""Asking for an import, and calling it off."""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen
from pydantic import StringConstraints

from backend.platform.transfers.asking import require_turn, rights_of
from backend.platform.transfers.columns import KEYS, Form, importable, target_of
from backend.platform.transfers.errors import TransferEnded
from backend.platform.transfers.models import (
    Format,
    Import,
    ImportMapping,
    Mode,
    OnError,
    TransferState,
)
from backend.platform.transfers.options import Mapping, Options
from backend.platform.transfers.queries import unique_columns
from backend.platform.transfers.resources import ASKING, import_mappings, imports
from infra.kernel.actions import ActionDefinition, action
from infra.kernel.attachments import adopt
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Forbidden, Invalid

JOB = "transfers.import"
Named = Annotated[str, MaxLen(80)]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,59}$")]


@action(imports, on="collection", name="create", audiences=ASKING)
async def create(
    ctx: Context,
    *,
    attachment_id: UUID,
    resource: Named,
    format: Format,  # noqa: A002  the field's name
    mode: Mode = Mode.CREATE,
    match_on: Annotated[str, MaxLen(120)] | None = None,
    source: Source = "import",
    mapping: Mapping | None = None,
    mapping_id: UUID | None = None,
    options: Options | None = None,
    dry_run: bool = False,
    on_error: OnError = OnError.SKIP,
) -> Import:
    """Make records of an uploaded file, each row by the action that a request would call.

    A dry run does everything and keeps nothing. `match_on` names what tells a record from another:
    `external_id`, `number`, `id`, or a unique field such as `code`.
    """
    form = importable(ctx.services.registry, resource, ctx.caller, mode)
    if form is None:
        raise Invalid([Fault("/resource", "choice", "cannot be imported in this mode")])
    require_verbs(ctx, form)
    saved: ImportMapping | None = None
    if mapping_id is not None:
        saved = await ctx.get(import_mappings, mapping_id)
    if saved is not None and saved.resource != resource:
        raise Invalid([Fault("/mapping_id", "choice", f"is for {saved.resource}")])
    named = mapping if mapping is not None else dict(saved.mapping) if saved else {}
    wanted = options or Options.model_validate(saved.options if saved else {}, strict=False)
    key = None if match_on is None else match_on.removeprefix(f"{resource}.")
    await _require_sense(ctx, form, mode, key, named)
    await require_turn(ctx)
    made = Import(
        resource=resource,
        attachment_id=attachment_id,
        format=format,
        mode=mode,
        match_on=key,
        source=source,
        mapping=named,
        options=wanted.model_dump(mode="json"),
        dry_run=dry_run,
        on_error=on_error,
        **rights_of(ctx),
    )
    await adopt(ctx, [attachment_id], imports.name, made.id, pointer="/attachment_id")
    await ctx.save(made)
    ctx.enqueue(JOB, {"import_id": str(made.id)}, priority=7)
    return made


def require_verbs(ctx: Context, form: Form) -> None:
    """Raise Forbidden for a caller who could do none of it by hand."""
    for definition in filter(None, (form.create, form.update)):
        allowed = ctx.caller.is_system or ctx.caller.audience in definition.audiences
        if not allowed or not ctx.may(form.resource, _verb(definition)):
            raise Forbidden(f"you may not {definition.name} {form.resource.title}s")


def _verb(definition: ActionDefinition) -> str:
    return definition.granted_by


async def _require_sense(
    ctx: Context, form: Form, mode: Mode, match_on: str | None, mapping: dict[str, str | None]
) -> None:
    registry = ctx.services.registry
    related = {registry.resources[r.resource] for r in form.resource.relations.values()}
    unique = await unique_columns(ctx, [form.resource, *related])
    faults = []
    if mode is not Mode.CREATE and match_on is None:
        faults.append(Fault("/match_on", "missing", "says how records are found"))
    elif match_on not in {None, *KEYS} and match_on not in unique[form.resource.name]:
        faults.append(Fault("/match_on", "choice", "names no field that is unique"))
    elif match_on not in {None, *KEYS} and not _is_open(ctx, form, match_on or ""):
        faults.append(Fault("/match_on", "choice", "names no field that you may read"))
    for heading, target in mapping.items():
        if target is not None and target_of(target, heading, form, unique, registry) is None:
            pointer = f"/mapping/{heading.replace('~', '~0').replace('/', '~1')}"
            faults.append(Fault(pointer[:300], "unknown_field", "leads to no field"))
    if faults:
        raise Invalid(faults)


def _is_open(ctx: Context, form: Form, column: str) -> bool:
    """Whether the caller may read the field everywhere: else matching would tell him of it."""
    return ctx.caller.is_system or column in ctx.plan(form.resource).open_columns


@action(imports, audiences=ASKING)
async def cancel(ctx: Context, row: Import) -> None:
    """Call an import off; the rows done so far stay."""
    if row.state not in {TransferState.QUEUED, TransferState.RUNNING}:
        raise TransferEnded(f"it is {row.state.value}")
    row.state, row.finished_at = TransferState.CANCELLED, ctx.now
    await ctx.save(row)
