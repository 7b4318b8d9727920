"""Erasing a person, step by step, each step a transaction: what a killed worker had not done is
done by the next, and what was done is found done.

First the records that are the person, and what belongs to them; then their words in every other
table; then the audit; then the proof.
"""

import json
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.platform.privacy import proof_queries, queries, sweep_queries, trace_queries
from backend.platform.privacy.models import RequestState, SubjectRequest
from backend.platform.privacy.proving import certify, settle
from backend.platform.privacy.redacting import redact_some
from backend.platform.privacy.rules import ERASED, Person, Spared, pattern_of
from infra.kernel.attachments import storage_of
from infra.kernel.context import Context
from infra.kernel.resource import CUSTOM, Resource
from infra.kernel.webhooks import Vault

SECONDS_MOST = 2.0
PAUSE = timedelta(milliseconds=200)
RECORDS, SWEEP, AUDIT, PROOF = "records", "sweep", "audit", "proof"
HELD = "legal hold"


async def step(ctx: Context, request: SubjectRequest) -> timedelta | None:
    """Do some of what is left; answers how long to pause before the next step, None at the end."""
    progress = dict(request.progress)
    phase = progress.get("phase", RECORDS)
    if phase == RECORDS:
        return timedelta() if await erase_records(ctx, request) else None
    person, pattern = opened(ctx, progress)
    if phase == SWEEP:
        await sweep_some(ctx, request.id, progress, pattern)
    elif phase == AUDIT:
        await redact_some(ctx, request.id, progress, person, pattern)
    else:
        await certify(ctx, request)
        return None
    await queries.put_progress(ctx, request.id, progress)
    return PAUSE if progress.get("waited") else timedelta()


def sealed(ctx: Context, person: Person) -> dict[str, Any]:
    """What has to be remembered of the person until the end, readable to nobody meanwhile."""
    vault = Vault(ctx.services.settings.secret_key)
    told = {
        name: [str(one) for one in getattr(person, name)]
        for name in ("users", "contacts", "consumers", "profiles", "names", "emails", "phones")
    }
    return vault.seal(json.dumps(told))


def opened(ctx: Context, progress: dict[str, Any]) -> tuple[Person, str]:
    """The person again, and the pattern of their words."""
    (told,) = Vault(ctx.services.settings.secret_key).open([progress["person"]], ctx.now)
    parts = json.loads(told)
    person = Person(
        users=tuple(map(UUID, parts["users"])),
        contacts=tuple(map(UUID, parts["contacts"])),
        consumers=tuple(map(UUID, parts["consumers"])),
        profiles=tuple(map(UUID, parts["profiles"])),
        names=tuple(parts["names"]),
        emails=tuple(parts["emails"]),
        phones=tuple(parts["phones"]),
    )
    return person, pattern_of(person)


async def erase_records(ctx: Context, request: SubjectRequest) -> bool:
    """The records that are the person, and those that belong to them; whether the rest follows.

    A hold on the person, or on a company whose contact they are, forbids all of it.
    """
    person = await queries.person_of(ctx, request.subject_kind, request.subject_id)
    if person is None:
        await settle(ctx, request, RequestState.REJECTED)
        return False
    if holds := await queries.holds_on(ctx, [*person.ids, *person.accounts]):
        for kind, ids in person.records.items():
            for held in holds:
                rows = [(key, ()) for key in ids]
                reason = f"{HELD} {held['id']}"
                await proof_queries.add_entries(ctx, request.id, kind, "blocked", reason, rows)
        await certify(ctx, request, RequestState.BLOCKED)
        return False
    spared = await queries.spared(ctx)
    await erase_linked(ctx, request.id, person, spared)
    await trace_queries.forget_derived(ctx, person)
    await erase_files(ctx, request.id, person, spared)
    mails = await trace_queries.empty_mails(ctx, person)
    letters = [(key, ("recipient", "subject", "text_body", "html_body")) for key in mails]
    await proof_queries.add_entries(ctx, request.id, "outbound_mails", "erased", "", letters)
    await trace_queries.close_doors(ctx, person)
    progress = {
        "phase": SWEEP, "table": "", "after": None, "since": ctx.now.isoformat(),
        "person": sealed(ctx, person),
    }  # fmt: skip
    await queries.put_progress(ctx, request.id, progress)
    return True


async def erase_linked(ctx: Context, request_id: UUID, person: Person, spared: Spared) -> None:
    """Empty the fields whose class says that they go, in every record that is the person's."""
    known = await sweep_queries.sheets(ctx)
    erased = await queries.erased_columns(ctx)
    for resource in ctx.services.registry.resources.values():
        sheet = known.get(resource.table)
        columns = [c for c in erased.get(resource.name, ()) if sheet and c in sheet.columns]
        if sheet is None or not columns or resource.name == "outbound_mails":
            continue
        days, reason = spared.retained.get(resource.name, (None, ""))
        for by, ids in owners_of(resource, person):
            done, left = await sweep_queries.erase_columns(
                ctx, sheet, columns, by, ids, spared, days
            )
            await tell(ctx, resource, request_id, [(key, columns) for key in done])
            kept = [(key, columns) for key in left]
            await proof_queries.add_entries(
                ctx, request_id, resource.name, "kept", reason or HELD, kept
            )


def owners_of(resource: Resource, person: Person) -> list[tuple[str, tuple[UUID, ...]]]:
    """The columns by which a record is the person, or the person's."""
    if resource.name in person.records:
        return [("id", person.records[resource.name])]
    return [
        (relation.column, person.records[relation.resource])
        for relation in resource.relations.values()
        if person.records.get(relation.resource)
    ]


async def tell(
    ctx: Context, resource: Resource, request_id: UUID, rows: list[tuple[UUID, list[str]]]
) -> None:
    """Audit and prove what was erased, without saying what it was."""
    for key, columns in rows:
        ctx.changed(resource, key, {column: [ERASED, ERASED] for column in columns})
    if own := [key for key, columns in rows if CUSTOM in columns and resource.is_customizable]:
        # What was in the tenant's own fields stands in their indexes, too.
        for row in await ctx.every(resource).filter(id__in=own):
            await ctx.refresh(row)
    await proof_queries.add_entries(ctx, request_id, resource.name, "erased", "", rows)


async def erase_files(ctx: Context, request_id: UUID, person: Person, spared: Spared) -> None:
    """Files about the person, sent by them, or made for them: rows now, contents after commit."""
    rows = [
        *await trace_queries.files_of(ctx, person, spared),
        *await trace_queries.copies_of(ctx, person),
    ]
    storage = storage_of(ctx.services)
    paths = [storage.path(ctx.tenant_id, row["storage_key"]) for row in rows]
    await trace_queries.drop_files(ctx, [row["id"] for row in rows])
    told = [(row["id"], ("file",)) for row in rows]
    await proof_queries.add_entries(ctx, request_id, "attachments", "erased", "", told)

    def remove() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    ctx.after_commit(remove)


async def sweep_some(
    ctx: Context, request_id: UUID, progress: dict[str, Any], pattern: str
) -> None:
    """Take the person's words out of the next rows of the next tables, for a few seconds."""
    known = await sweep_queries.sheets(ctx)
    spared = await queries.spared(ctx)
    by_table = {r.table: r for r in ctx.services.registry.resources.values()}
    until = time.monotonic() + SECONDS_MOST
    for table in sorted(known):
        if table < progress["table"] or table in sweep_queries.LEFT or table == "subject_requests":
            continue
        if table != progress["table"]:
            progress |= {"table": table, "after": None}
        resource = by_table.get(table)
        days, reason = spared.retained.get(resource.name if resource else table, (None, ""))
        while ids := await sweep_queries.next_rows(ctx, table, as_id(progress["after"])):
            changed, left = await sweep_queries.sweep(ctx, known[table], pattern, ids, spared, days)
            name = resource.name if resource else table
            kept = [(row["id"], row["columns"]) for row in left]
            await proof_queries.add_entries(ctx, request_id, name, "kept", reason or HELD, kept)
            done = [(row["id"], list(row["columns"])) for row in changed]
            if resource is not None and done:
                await tell(ctx, resource, request_id, done)
                if resource.search:
                    keys = [key for key, _ in done]
                    await sweep_queries.reindex(ctx, table, resource.name, resource.search, keys)
            else:
                await proof_queries.add_entries(ctx, request_id, name, "erased", "", done)
            progress["after"] = str(ids[-1])
            if time.monotonic() > until:
                return
    progress.update({"phase": AUDIT, "seq": 0})


def as_id(text: str | None) -> UUID | None:
    """The id where the last step stopped."""
    return UUID(text) if text else None
