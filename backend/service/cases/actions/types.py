"""Setting types of cases up."""

from typing import Any

from backend.service.cases.resources import cases
from backend.service.cases.types import rules, stages
from backend.service.cases.types.models import CaseType
from backend.service.cases.types.playbook import playbook_faults, read_playbook
from backend.service.cases.types.resources import case_types
from infra.kernel.actions import action, apply
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.resource import CUSTOM

_WHOLE = ("verbs", "priorities", "translations")
"""What a change replaces, entries that it does not name included."""


@action(case_types, on="collection", name="create", audiences=("staff",))
async def create_type(ctx: Context, **values: Any) -> CaseType:
    """Set a type of cases up."""
    kind = CaseType(**{name: value for name, value in values.items() if value is not None})
    await store(ctx, kind)
    return kind


@action(case_types, name="update", audiences=("staff",))
async def update_type(ctx: Context, kind: CaseType, **values: Any) -> None:
    """Change a type; it holds for the next verb on every case of it."""
    whole = {name: values.pop(name) for name in _WHOLE if name in values}
    apply(case_types, kind, values)
    for name, value in whole.items():
        setattr(kind, name, value)
    await store(ctx, kind)


async def store(ctx: Context, kind: CaseType) -> None:
    """Raises Invalid naming every fault of the graph and of the fields."""
    view = cases.views["staff"]
    known = set(view.create) - {CUSTOM, "case_type_id"}
    faults = rules.verb_faults(kind.verbs)
    faults += [
        *stages.stage_faults(stages.read(kind.stages)),
        *playbook_faults(read_playbook(kind.tasks)),
    ]
    faults += rules.field_faults(kind.required_fields, kind.hidden_fields, known)
    own = (await ctx.customization()).fields_of(cases.name)
    for column in ("required_fields", "hidden_fields"):
        faults += [
            Fault(f"/{column}/{place}", "unknown_field", f"a case has no field {name}")
            for place, name in enumerate(getattr(kind, column))
            if name.startswith("custom.") and name.removeprefix("custom.") not in own.by_key
        ]
    if faults:
        raise Invalid(faults)
    await ctx.save(kind)
