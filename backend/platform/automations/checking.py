"""Whether an automation can work: everything that is wrong with it is said when it is saved."""

from collections.abc import Iterator, Mapping
from typing import Any

from backend.platform.automations.models import Automation
from backend.platform.automations.rules import NAMES, UNHEARD, kinds_of, names_for
from backend.platform.automations.steps import Act, Mail, Notify, Step, Tell, read_steps
from backend.platform.automations.taking import BODY_DEPTH_MAX, GROUP, OWNER
from backend.platform.templates.queries import unknown_groups
from backend.platform.templates.recipients import nameable
from backend.platform.templates.resources import message_templates
from backend.platform.templates.rules import NAMES as WORDS
from backend.platform.templates.rules import template_faults
from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.errors import Fault
from infra.kernel.registry import Registry
from infra.kernel.resource import Resource
from infra.kernel.rules import RuleError, compile_rule

OFF_LIMITS = frozenset({"automations", "automation_runs"})
"""What no automation does: change automations."""


async def faults_of(ctx: Context, automation: Automation, caller: Caller) -> list[Fault]:
    """Everything that is wrong with it, for the caller as whom it would act."""
    check = _Check(ctx, automation, caller)
    steps = read_steps(automation.steps)
    found = [*check.events(), *check.rule(automation.condition, "/condition")]
    for position, step in enumerate(steps):
        found += check.step(step, f"/steps/{position}")
    found += _repeated(steps)
    found += await _texts_missing(ctx, steps, check.kinds)
    return found + await _groups_missing(ctx, steps)


class _Check:
    """The registry and the caller that the parts of an automation are held against."""

    def __init__(self, ctx: Context, automation: Automation, caller: Caller) -> None:
        self.services = ctx.services
        self.registry: Registry = ctx.services.registry
        self.automation = automation
        self.caller = caller
        self.kinds = kinds_of(automation.event_types)

    @property
    def resource(self) -> Resource | None:
        """The kind of record that all events are about, where there is one."""
        if len(self.kinds) != 1:
            return None
        return self.registry.resources.get(next(iter(self.kinds)))

    def events(self) -> Iterator[Fault]:
        for position, name in enumerate(self.automation.event_types):
            kind = name.partition(".")[0]
            if kind not in self.registry.resources or kind in UNHEARD:
                yield Fault(f"/event_types/{position}", "unknown", f"nothing is told of {kind}")
        for position, column in enumerate(self.automation.changed):
            name = column.partition(".")[0]
            if self.resource is not None and name not in self.resource.columns:
                yield Fault(f"/changed/{position}", "unknown", f"there is no column {name}")

    def rule(self, text: str, pointer: str) -> list[Fault]:
        if not text.strip():
            return []
        try:
            compile_rule(text, names_for(self.resource) if self.resource else frozenset(NAMES))
        except RuleError as refused:
            return list(refused.at(pointer).faults)
        return []

    def step(self, step: Step, pointer: str) -> list[Fault]:
        found = self.rule(step.when, f"{pointer}/when")
        match step:
            case Act():
                found += self._act(step, pointer)
            case Mail():
                found += self._targets(step.to, pointer)
            case Notify():
                found += self._targets(step.to, pointer)
                found += _wording_faults(step, pointer)
                found += template_faults(step.title, f"{pointer}/title", WORDS)
                found += template_faults(step.body, f"{pointer}/body", WORDS)
            case Tell():
                found += self._values(step.data, f"{pointer}/data", 1)
        return found

    def _act(self, step: Act, pointer: str) -> list[Fault]:
        definition = self.registry.actions.get(step.action)
        if definition is None:
            return [Fault(f"{pointer}/action", "unknown", f"there is no action {step.action}")]
        place = f"{pointer}/action"
        if definition.resource.name in OFF_LIMITS or "staff" not in definition.audiences:
            return [Fault(place, "not_allowed", f"no automation may do {step.action}")]
        found = []
        plan = self.services.plans.of(self.caller, definition.resource)
        if not plan.may(definition.granted_by):
            message = f"the one as whom it acts may not do {step.action}"
            found.append(Fault(place, "forbidden", message))
        is_about = self.kinds == {definition.resource.name}
        if definition.on == "record" and not (step.record or is_about):
            message = f"say which of the {definition.resource.title}s"
            found.append(Fault(f"{pointer}/record", "missing", message))
        known = definition.body("staff").model_fields
        found += [
            Fault(f"{pointer}/body/{name}"[:300], "unknown_field", "there is no such field")
            for name in step.body
            if name not in known
        ]
        found += [
            Fault(f"{pointer}/body/{name}", "missing", "is required")
            for name, each in known.items()
            if each.is_required() and name not in step.body
        ]
        found += template_faults(step.record, f"{pointer}/record", WORDS)
        return found + self._values(step.body, f"{pointer}/body", 1)

    def _values(self, value: Any, pointer: str, depth: int) -> list[Fault]:
        if depth > BODY_DEPTH_MAX:
            return [Fault(pointer[:300], "too_deep", "is nested too deep")]
        if isinstance(value, str):
            return template_faults(value, pointer[:300], WORDS)
        if isinstance(value, Mapping) and set(value) == {"cel"}:
            return self.rule(str(value["cel"]) or " ", f"{pointer}/cel"[:300])
        inner = value.items() if isinstance(value, Mapping) else ()
        listed = enumerate(value) if isinstance(value, list) else ()
        return [
            fault
            for name, each in (*inner, *listed)
            for fault in self._values(each, f"{pointer}/{name}", depth + 1)
        ]

    def _targets(self, targets: list[str], pointer: str) -> list[Fault]:
        people = nameable(self.resource, self.registry.resources) if self.resource else set()
        found = []
        for position, target in enumerate(targets):
            place = f"{pointer}/to/{position}"
            if target in people or target == OWNER or target.startswith(GROUP):
                continue
            if "@" not in target and "{{" not in target:
                offered = ", ".join(sorted(people)) or "an address"
                message = f"is nobody; there are {offered}, owner and group:NAME"
                found.append(Fault(place, "unknown", message))
            found += template_faults(target, place, WORDS)
        return found


async def _groups_missing(ctx: Context, steps: list[Step]) -> list[Fault]:
    named = {
        f"/steps/{place}/to/{position}": target.removeprefix(GROUP)
        for place, step in enumerate(steps)
        if isinstance(step, (Mail, Notify))
        for position, target in enumerate(step.to)
        if target.startswith(GROUP) and "{{" not in target
    }
    unknown = await unknown_groups(ctx, named.values())
    return [
        Fault(pointer, "not_found", f"there is no group {name}")
        for pointer, name in named.items()
        if name in unknown
    ]


def _repeated(steps: list[Step]) -> list[Fault]:
    names = [step.name for step in steps]
    return [
        Fault(f"/steps/{position}/name", "duplicate", "another step has this name")
        for position, name in enumerate(names)
        if name and name in names[:position]
    ]


def _wording_faults(step: Notify, pointer: str) -> list[Fault]:
    """What a notice says comes from a text or is written here, and not both."""
    if step.template and (step.title or step.body):
        message = "is said by the text already"
        return [Fault(f"{pointer}/title", "one_of", message)]
    if not step.template and not step.title:
        return [Fault(f"{pointer}/title", "missing", "is required, or a text")]
    return []


async def _texts_missing(ctx: Context, steps: list[Step], kinds: set[str]) -> list[Fault]:
    wanted = {
        position: step.template
        for position, step in enumerate(steps)
        if isinstance(step, (Mail, Notify)) and step.template
    }
    if not wanted:
        return []
    rows = await ctx.every(message_templates).filter(key__in=list(set(wanted.values())))
    known = {row.key: row.resource for row in rows}
    found = []
    for position, key in wanted.items():
        place = f"/steps/{position}/template"
        if key not in known:
            found.append(Fault(place, "not_found", f"there is no text {key}"))
        elif kinds != {known[key]}:
            found.append(Fault(place, "other_kind", f"this text is about {known[key]}"))
    return found
