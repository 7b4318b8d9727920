"""As whom an automation acts, and what it sees of the event and its record."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from backend.platform.automations.errors import NobodyToActAs
from backend.platform.automations.models import Automation
from backend.platform.automations.rules import Cause
from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.errors import Unauthorized
from infra.kernel.event_log import document
from infra.kernel.events import RecordedEvent
from infra.kernel.reading import read_many
from infra.kernel.rules import RuleError, compile_rule
from tenants.signin.bearers import caller_of
from tenants.signin.queries import load_profiles


async def caller_for(ctx: Context, profile_id: UUID | None) -> Caller:
    """The caller that the profile is at this moment; raises NobodyToActAs."""
    if profile_id is None:
        raise NobodyToActAs("it acts as nobody")
    found = (await callers_for(ctx, [profile_id])).get(profile_id)
    if found is None:
        raise NobodyToActAs("the one as whom it acts is not active")
    return found


async def callers_for(ctx: Context, profile_ids: Sequence[UUID]) -> dict[UUID, Caller]:
    """Those of the profiles that are active, as the callers that they are at this moment."""
    facts = await load_profiles(ctx, dict.fromkeys(profile_ids)) if profile_ids else {}
    found = {}
    for profile_id, told in facts.items():
        with suppress(Unauthorized):
            found[profile_id] = caller_of(ctx.tenant_id, profile_id, told, ctx.services.registry)
    return found


def acting_in(ctx: Context, automation: Automation, caller: Caller, cause: Cause) -> Context:
    """A context of the caller's own in the open transaction; all that it does tells its cause."""
    return Context(
        ctx.services,
        ctx.connection,
        caller,
        action=f"automations.{automation.key}",
        request_id=ctx.request_id,
        origin="automation",
        actor=caller.actor | {"automation": automation.key, "via": cause.told()},
    )


async def values_of(acting: Context, event: RecordedEvent) -> dict[str, Any] | None:
    """What the condition and the texts are filled from; None where the record is not to be seen.

    All of it is what the caller may read: neither a condition nor a text tells anybody more.
    """
    resource = acting.services.registry.resources.get(event.kind)
    record: Mapping[str, Any] = {}
    if resource is not None and event.type != f"{event.kind}.deleted":
        await acting.flush()
        found = await read_many(
            acting.services,
            acting.connection,
            acting.caller,
            resource,
            [event.record_id],
            raw=False,
        )
        if event.record_id not in found:
            return None
        record = found[event.record_id]
    payload = document(acting.services, acting.caller, event)["payload"]
    changes = payload.get("changes") or {}
    return {
        "event": {
            "id": event.id,
            "type": event.type,
            "kind": event.kind,
            "record_id": event.record_id,
            "at": event.at,
            "data": {name: value for name, value in payload.items() if name != "changes"},
            "actor": {name: event.actor.get(name) for name in ("kind", "profile_id", "automation")},
        },
        "record": record,
        "before": {name: pair[0] for name, pair in changes.items()},
        "after": {name: pair[1] for name, pair in changes.items()},
        "changed": sorted(changes),
        "steps": {},
        "now": acting.now,
        "sender": {"name": acting.caller.name},
    }


def holds(condition: str, values: Mapping[str, Any], pointer: str = "/condition") -> bool:
    """Whether a condition holds, as an empty one always does; raises RuleError."""
    try:
        return not condition.strip() or compile_rule(condition).matches(values)
    except RuleError as broken:
        raise broken.at(pointer) from None
