"""Holding an entry against the rules: who may it be, and may it be entered at all?

An entry is only ever refused for the sake of records that the caller may see. What looks like a
record hidden from them is entered, and told to those who judge pairs: a refusal would tell a
stranger that the hidden one exists.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from pydantic import BaseModel

from backend.platform.duplicates import queries
from backend.platform.duplicates.errors import DuplicateSuspected
from backend.platform.duplicates.models import Handling
from backend.platform.duplicates.resources import duplicate_candidates
from backend.platform.duplicates.rules import Address, Likeness, Traits, keys_of, likeness
from infra.kernel.context import Context
from infra.kernel.errors import Forbidden
from infra.kernel.model import Record
from infra.kernel.resource import Resource

NAMED_MOST = 20
Pair = tuple[UUID, UUID, UUID, int, Sequence[str]]


class Suspect(BaseModel):
    """A record that may be the one at hand."""

    id: UUID
    number: str | None
    name: str
    score: int
    reasons: list[str]
    rule: str
    blocks: bool


class Suspects(BaseModel):
    """Records that look like what is asked about, the likest first."""

    data: list[Suspect]


@dataclass(frozen=True)
class Found:
    """A likely twin with the rule that found it."""

    traits: Traits
    rule_id: UUID
    rule: str
    blocks: bool
    likeness: Likeness

    @property
    def id(self) -> UUID:
        """The stored record."""
        return cast("UUID", self.traits.id)


async def screen(ctx: Context, resource: Resource, row: Record, *, force: bool = False) -> None:
    """Hold a new record against the rules before it is saved; raises DuplicateSuspected."""
    if force and not ctx.may(duplicate_candidates, "dismiss"):
        raise Forbidden("you may not enter what the rules take for a duplicate")
    rules = await queries.active_rules(ctx, resource.name)
    if not rules:
        return
    traits = traits_of(resource.name, row.__dict__)
    keys = keys_of(traits)
    if any(rule["action"] == Handling.BLOCK for rule in rules):
        await queries.hold_keys(ctx, resource.name, keys)
    found = await twins(ctx, resource.name, traits, rules, keys)
    if found and not force:
        shown = await told(ctx, resource, found)
        if blocking := [suspect for suspect in shown if suspect.blocks]:
            raise DuplicateSuspected(
                f"{blocking[0].name} looks like this {resource.title}",
                candidates=[suspect.model_dump(mode="json") for suspect in blocking],
            )
    await queries.put_keys(ctx, resource.name, {row.id: keys})
    await record(ctx, resource.name, row.id, found)


async def rekey(ctx: Context, resource: Resource, row: Record) -> None:
    """Keep the keys of a changed record; what it looks like now is found by the next scan."""
    changed = row.changes().keys()
    if changed.isdisjoint({"name", "email", "phone", "mobile"}):
        return
    if not await queries.active_rules(ctx, resource.name):
        return
    old = await addresses(ctx, resource.name, [row.id])
    traits = traits_of(resource.name, row.__dict__, old.get(row.id, ()))
    await queries.put_keys(ctx, resource.name, {row.id: keys_of(traits)})


async def rekey_all(ctx: Context, resource: str, ids: Sequence[UUID]) -> None:
    """Keep the keys of records whose addresses changed, or that were merged."""
    if await queries.active_rules(ctx, resource):
        await put_keys_of(ctx, resource, ids)


async def put_keys_of(ctx: Context, resource: str, ids: Sequence[UUID]) -> None:
    """Make the keys of stored records anew."""
    known = await load(ctx, resource, ids)
    keys = {record_id: keys_of(known[record_id]) if record_id in known else [] for record_id in ids}
    await queries.put_keys(ctx, resource, keys)


async def twins(
    ctx: Context, resource: str, traits: Traits, rules: Sequence[Any], keys: Sequence[str]
) -> list[Found]:
    """Whom these traits may belong to already, the likest first."""
    near = [near for near in await queries.sharing(ctx, resource, keys) if near != traits.id]
    others = await load(ctx, resource, near)
    found = []
    for other in others.values():
        best = judge(traits, other, rules)
        if best is not None:
            rule, alike = best
            found.append(
                Found(
                    traits=other, rule_id=rule["id"], rule=rule["name"], likeness=alike,
                    blocks=rule["action"] == Handling.BLOCK,
                )
            )  # fmt: skip
    return sorted(found, key=lambda f: (not f.blocks, -f.likeness.score))


def judge(one: Traits, other: Traits, rules: Sequence[Any]) -> tuple[Any, Likeness] | None:
    """The rule that takes the two for one, those that block first, or None."""
    best: tuple[Any, Likeness] | None = None
    for rule in sorted(rules, key=lambda r: r["action"] != Handling.BLOCK):
        alike = likeness(one, other, json.loads(rule["conditions"]), rule["country"])
        blocks_less = best is not None and best[0]["action"] != rule["action"]
        if alike.score < rule["threshold"] or blocks_less:
            continue
        if best is None or alike.score > best[1].score:
            best = (rule, alike)
    return best


async def told(ctx: Context, resource: Resource, found: Sequence[Found]) -> list[Suspect]:
    """Those of the twins that the caller may see, with reasons in columns that they may see."""
    plan = ctx.plan(resource)
    if not plan.may("read"):
        return []
    ids = [one.id for one in found]
    seen = set(await ctx.rows(resource).filter(id__in=ids).values_list("id", flat=True))
    open_columns = plan.open_columns
    shown = []
    for one in found:
        reasons = [r for r in one.likeness.reasons if r == "address" or r in open_columns]
        if one.id in seen and reasons:
            shown.append(
                Suspect(
                    id=one.id,
                    number=one.traits.number,
                    name=one.traits.label if "name" in open_columns else "",
                    score=one.likeness.score,
                    reasons=reasons,
                    rule=one.rule,
                    blocks=one.blocks,
                )
            )
    return shown[:NAMED_MOST]


async def record(ctx: Context, resource: str, record_id: UUID, found: Iterable[Found]) -> None:
    """Keep the twins of a new record for those who judge pairs."""
    pairs: list[Pair] = []
    for one in found:
        older, newer = sorted((record_id, one.id))
        pairs.append((older, newer, one.rule_id, one.likeness.score, one.likeness.reasons))
    await record_pairs(ctx, resource, pairs)


async def record_pairs(ctx: Context, resource: str, pairs: Sequence[Pair]) -> None:
    """Keep suspected pairs; one that was judged already stays judged."""
    for kept in await queries.keep_pairs(ctx, resource, pairs):
        change = {
            "record_id": [None, str(kept["record_id"])],
            "other_id": [None, str(kept["other_id"])],
            "score": [None, kept["score"]],
        }
        ctx.note("duplicate_candidates.created", duplicate_candidates, kept["id"], change)


async def load(ctx: Context, resource: str, ids: Sequence[UUID]) -> dict[UUID, Traits]:
    """What identifies stored records, by id."""
    if not ids:
        return {}
    rows = await queries.trait_rows(ctx, resource, ids)
    places = await addresses(ctx, resource, ids)
    return {row["id"]: traits_of(resource, row, places.get(row["id"], ())) for row in rows}


async def addresses(
    ctx: Context, resource: str, ids: Sequence[UUID]
) -> dict[UUID, tuple[Address, ...]]:
    """Where stored records are, by id."""
    places: dict[UUID, list[Address]] = defaultdict(list)
    for row in await queries.address_rows(ctx, resource, ids):
        place = Address(row["line1"], row["postal_code"], row["city"], row["country"])
        places[row["owner"]].append(place)
    return {owner: tuple(found) for owner, found in places.items()}


def traits_of(resource: str, row: Mapping[str, Any], places: tuple[Address, ...] = ()) -> Traits:
    """What identifies this row."""
    phones = [row.get("phone"), row.get("mobile") if resource != "accounts" else None]
    return Traits(
        id=row.get("id"),
        name=row.get("name") or "",
        emails=(row["email"],) if row.get("email") else (),
        phones=tuple(phone for phone in phones if phone),
        addresses=places,
        label=row.get("name") or "",
        number=row.get("number"),
    )


class WhereAbouts(BaseModel):
    """An address to compare."""

    line1: str
    postal_code: str = ""
    city: str = ""
    country: str = ""


async def suspects(
    ctx: Context, resource: Resource, values: Mapping[str, Any], address: WhereAbouts | None
) -> Suspects:
    """Who of those that the caller may see looks like this."""
    rules = await queries.active_rules(ctx, resource.name)
    places = (Address(**address.model_dump()),) if address else ()
    traits = traits_of(resource.name, values, places)
    found = await twins(ctx, resource.name, traits, rules, keys_of(traits)) if rules else []
    return Suspects(data=await told(ctx, resource, found))
