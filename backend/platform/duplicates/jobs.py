"""Holding what was there before a rule against it, a batch at a time."""

from uuid import UUID

from backend.platform.duplicates import queries
from backend.platform.duplicates.models import DuplicateRule
from backend.platform.duplicates.resources import duplicate_rules
from backend.platform.duplicates.screening import judge, load, put_keys_of, record_pairs
from infra.kernel.context import Context
from infra.kernel.jobs import job

BATCH = 200
KEYS, PAIRS = "keys", "pairs"


@job("duplicates.scan", attempts_max=5)
async def scan(
    ctx: Context, *, rule_id: UUID, phase: str = KEYS, after: UUID | None = None
) -> None:
    """Give every record its keys, then compare those that share one; goes on where it stopped."""
    rule: DuplicateRule | None = await ctx.find(duplicate_rules, rule_id)
    if rule is None or not rule.active:
        return
    ids = await queries.ids_after(ctx, rule.resource, after, BATCH)
    if ids and phase == KEYS:
        await put_keys_of(ctx, rule.resource, ids)
    elif ids:
        await compare(ctx, rule.resource, ids)
    if len(ids) == BATCH:
        arguments = {"rule_id": str(rule_id), "phase": phase, "after": str(ids[-1])}
        ctx.enqueue("duplicates.scan", arguments, priority=7)
    elif phase == KEYS:
        ctx.enqueue("duplicates.scan", {"rule_id": str(rule_id), "phase": PAIRS}, priority=7)
    else:
        await queries.mark_scanned(ctx, rule_id)


async def compare(ctx: Context, resource: str, ids: list[UUID]) -> None:
    """Judge these records beside the older ones that share a key with them."""
    rules = await queries.active_rules(ctx, resource)
    pairs = await queries.pairs_of(ctx, resource, ids)
    known = await load(ctx, resource, list({one for pair in pairs for one in pair}))
    found = []
    for newer, older in pairs:
        if newer in known and older in known:
            best = judge(known[newer], known[older], rules)
            if best is not None:
                rule, alike = best
                found.append((older, newer, rule["id"], alike.score, alike.reasons))
    await record_pairs(ctx, resource, found)
