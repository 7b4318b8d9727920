"""Taking the steps, one after the other, in one transaction."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.platform.automations.acting import callers_for, holds
from backend.platform.automations.events import AutomationTold
from backend.platform.automations.models import Automation
from backend.platform.automations.steps import Act, Mail, Notify, Step, Tell, Wait
from backend.platform.notifications.telling import notify
from backend.platform.templates.filling import active_template, fill, plain
from backend.platform.templates.models import MessageTemplate
from backend.platform.templates.recipients import Person, group_named, people_of, profiles
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.events import RecordedEvent
from infra.kernel.mail import address, queue_mail
from infra.kernel.performing import perform_in
from infra.kernel.rules import compile_rule
from infra.kernel.templates import compile_template

GROUP = "group:"
OWNER = "owner"
BODY_DEPTH_MAX = 6


@dataclass
class Journey:
    """A run on its way: what it knows, and what it has done so far."""

    automation: Automation
    event: RecordedEvent
    run_id: UUID
    values: dict[str, Any]
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    at: int = 0

    @property
    def here(self) -> str:
        """The step at which it is, as a place in the automation."""
        return f"/steps/{self.at}"


async def take(acting: Context, steps: Sequence[Step], journey: Journey) -> Wait | None:
    """Take the steps from where the journey is; the wait at which it stops, or None at the end."""
    while journey.at < len(steps):
        step = steps[journey.at]
        started = time.monotonic()
        told: dict[str, Any] = {"step": journey.at, "do": step.do, "name": step.name}
        if not holds(step.when, journey.values, f"{journey.here}/when"):
            told["outcome"] = "skipped"
        elif isinstance(step, Wait):
            journey.outcomes.append(told | {"outcome": "waited", "minutes": step.minutes})
            journey.at += 1
            return step
        else:
            made = await _take_one(acting, step, journey)
            told |= {"outcome": "done"} | made
            if step.name:
                journey.values["steps"][step.name] = made
        told["milliseconds"] = round((time.monotonic() - started) * 1000)
        journey.outcomes.append(told)
        journey.at += 1
    return None


async def _take_one(acting: Context, step: Step, journey: Journey) -> dict[str, Any]:
    match step:
        case Act():
            return await _act(acting, step, journey)
        case Mail():
            return await _mail(acting, step, journey)
        case Notify():
            return await _notify(acting, step, journey)
        case Tell():
            data = filled(step.data, journey.values)
            event = journey.event
            acting.emit(
                AutomationTold(
                    journey.run_id, journey.automation.key, event.kind, event.record_id, data
                )
            )
            return {"told": len(data)}
    raise TypeError(step.do)


async def _act(acting: Context, step: Act, journey: Journey) -> dict[str, Any]:
    definition = acting.services.registry.actions[step.action]
    key: str | None = None
    if definition.on == "record":
        key = _text(step.record, journey.values).strip() or str(journey.event.record_id)
    body = filled(step.body, journey.values)
    outcome = await perform_in(acting, step.action, record_id=key, body=body)
    made: dict[str, Any] = {"action": step.action}
    if isinstance(outcome.body, Mapping):
        # Names of what was made and no more: an answer may hold a secret that is shown once.
        made |= {n: outcome.body[n] for n in ("id", "number") if outcome.body.get(n) is not None}
    if key is not None and "id" not in made:
        made["id"] = key
    return plain(made)


async def _mail(acting: Context, step: Mail, journey: Journey) -> dict[str, Any]:
    template = await _text_in_use(acting, step.template, journey)
    sent, met = 0, set()
    for reader in await _readers(acting, step.to, journey):
        if not reader.email or reader.email in met:
            continue
        met.add(reader.email)
        words = await fill(acting, template, journey.values, reader)
        await queue_mail(
            acting, reader.email, words.subject, words.body, words.html,
            headers={"Auto-Submitted": "auto-generated"},
            kind=journey.event.kind, record_id=journey.event.record_id,
        )  # fmt: skip
        sent += 1
    return {"template": step.template, "mails": sent}


async def _notify(acting: Context, step: Notify, journey: Journey) -> dict[str, Any]:
    readers = await _readers(acting, step.to, journey)
    named = [each.profile_id for each in readers if each.profile_id and not each.is_outside]
    told = 0
    text = await _text_in_use(acting, step.template, journey) if step.template else None
    alike = await _read_alike(acting, named, journey.event.kind)
    for (hidden, locale), profile_ids in alike.items():
        values = _without(journey.values, hidden)
        if text is not None:
            words = await fill(acting, text, values, Person("", None, locale, is_outside=False))
            title, body = words.subject or text.name, words.body
        else:
            title, body = _text(step.title, values), _text(step.body, values)
        told += await notify(
            acting,
            profile_ids,
            topic=step.topic,
            title=title,
            body=body,
            about=(journey.event.kind, journey.event.record_id),
        )
    return {"notified": told}


async def _text_in_use(acting: Context, key: str, journey: Journey) -> MessageTemplate:
    """The text of this key; raises Invalid where there is none in use."""
    template = await active_template(acting, key)
    if template is None:
        message = f"there is no text {key!r} in use"
        raise Invalid([Fault(f"{journey.here}/template", "not_found", message)])
    return template


async def _read_alike(
    acting: Context, profile_ids: Sequence[UUID], kind: str
) -> dict[tuple[frozenset[str], str], list[UUID]]:
    """Columns of the record that are classified above them, and their language → colleagues, each
    person once; whoever is named in several profiles is shown what none of them hides."""
    hidden: dict[UUID | None, set[str]] = {}
    first: dict[UUID | None, tuple[UUID, str]] = {}
    for profile_id, reader in (await callers_for(acting, profile_ids)).items():
        first.setdefault(reader.user_id, (profile_id, reader.locale))
        masked = {column for name, column in reader.masked if name == kind}
        hidden.setdefault(reader.user_id, set()).update(masked)
    found: dict[tuple[frozenset[str], str], list[UUID]] = {}
    for user_id, (profile_id, locale) in first.items():
        found.setdefault((frozenset(hidden[user_id]), locale), []).append(profile_id)
    return found


def _without(values: Mapping[str, Any], hidden: frozenset[str]) -> Mapping[str, Any]:
    """What a text is filled from, with these columns of the record empty."""
    kept = {
        part: {name: None if name in hidden else value for name, value in inner.items()}
        for part in ("record", "before", "after")
        if hidden and isinstance(inner := values.get(part), Mapping)
    }
    return {**values, **kept}


async def _readers(acting: Context, targets: Sequence[str], journey: Journey) -> list[Person]:
    resource = acting.services.registry.resources.get(journey.event.kind)
    found: list[Person] = []
    for position, target in enumerate(targets):
        if target.startswith(GROUP):
            found += await group_named(acting, target.removeprefix(GROUP))
        elif target == OWNER and journey.automation.runs_as_id:
            found += await profiles(acting, [journey.automation.runs_as_id])
        elif resource is not None and target in resource.relations:
            found += await people_of(acting, resource, journey.values["record"], target)
        else:
            written = _text(target, journey.values).strip()
            try:
                found.append(Person("", address(written)))
            except ValueError as error:
                fault = Fault(f"{journey.here}/to/{position}", "malformed", str(error))
                raise Invalid([fault]) from None
    return found


def filled(body: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A body with its places filled in; raises TemplateRefused or RuleError."""
    return {name: _value(value, values, 1) for name, value in body.items()}


def _value(value: Any, values: Mapping[str, Any], depth: int) -> Any:
    if depth > BODY_DEPTH_MAX:
        raise Invalid([Fault("", "too_deep", "the body is nested too deep")])
    if isinstance(value, str):
        return _text(value, values)
    if isinstance(value, Mapping):
        if set(value) == {"cel"}:
            return compile_rule(str(value["cel"])).value(values)
        return {name: _value(inner, values, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner, values, depth + 1) for inner in value]
    return value


def _text(text: str, values: Mapping[str, Any]) -> str:
    if "{{" not in text and "{%" not in text:
        return text
    return compile_template(text).render(plain(values))
