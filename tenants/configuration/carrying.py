"""From a bundle to a configuration: read it, compare, apply it, say what happened."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from infra.kernel.access_effects import access_effects
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.configuration import history, queries
from tenants.configuration.answers import (
    Application,
    Counts,
    FaultTold,
    ObjectChange,
    Plan,
    WarningTold,
)
from tenants.configuration.applying import Applied, apply
from tenants.configuration.catalog import Catalog
from tenants.configuration.differences import Change, differences
from tenants.configuration.errors import ConfigurationMoved
from tenants.configuration.models import Origin
from tenants.configuration.objects import Configuration, checksum
from tenants.configuration.parsing import TextFault
from tenants.configuration.reading import read_bundle
from tenants.configuration.snapshot import snapshot
from tenants.configuration.warnings import Notice, about_kept, warnings_of


@dataclass
class _Intent:
    """What is there, what is wanted, and what lies between."""

    catalog: Catalog
    present: Configuration
    wanted: Configuration
    faults: list[TextFault]
    changes: list[Change]
    warnings: list[Notice]

    @property
    def base(self) -> str:
        return checksum(self.present.files())


class _Undone(Exception):
    """Ends an attempt that was only to be looked at."""


async def _intent(ctx: Context, files: Mapping[str, str], *, delete: bool) -> _Intent:
    catalog = Catalog.of(ctx.services.registry)
    wanted, faults = await asyncio.to_thread(read_bundle, catalog, files)
    present = await snapshot(ctx, catalog.kinds)
    changes = [] if faults else differences(present, wanted, delete=delete)
    warnings = await warnings_of(ctx, catalog, changes)
    return _Intent(catalog, present, wanted, faults, changes, warnings)


async def plan(ctx: Context, files: Mapping[str, str], *, delete: bool) -> Plan:
    """What applying would do, with every fault that it would be refused for."""
    intent = await _intent(ctx, files, delete=delete)
    applied = Applied(intent.changes, intent.present, intent.faults)
    access: Mapping[str, Any] | None = None
    if intent.changes:
        try:
            async with ctx.savepoint():
                applied = await apply(ctx, intent.present, intent.changes)
                raise _Undone
        except _Undone:
            pass
    if not applied.faults and any(
        change.object.kind.gives_access(change.fields) for change in intent.changes
    ):
        access = await access_effects(ctx, lambda c: apply(c, intent.present, intent.changes))
    return Plan(
        applicable=not applied.faults,
        base_checksum=intent.base,
        checksum=checksum(applied.result.files()),
        counts=_counts(intent),
        changes=_told(intent.changes),
        warnings=_warned(intent, applied),
        faults=[FaultTold(**asdict(fault)) for fault in applied.faults],
        access=dict(access) if access is not None else None,
    )


async def carry_out(
    ctx: Context,
    files: Mapping[str, str],
    *,
    delete: bool,
    origin: Origin,
    comment: str,
    base_checksum: str | None = None,
) -> Application:
    """Apply all of it or nothing. Raises Invalid with every fault, ConfigurationMoved."""
    await queries.lock(ctx)
    intent = await _intent(ctx, files, delete=delete)
    if base_checksum is not None and base_checksum != intent.base:
        raise ConfigurationMoved("plan again: somebody configured something meanwhile")
    if intent.faults:
        raise Invalid(as_faults(intent.faults))
    number = await history.keep_up(ctx, intent.catalog, intent.present)
    applied = await apply(ctx, intent.present, intent.changes)
    if applied.faults:
        raise Invalid(as_faults(applied.faults))
    result = checksum(applied.result.files())
    if result != intent.base:
        number += 1
        told = [change.told() for change in intent.changes]
        await history.keep(ctx, number, applied.result, told, origin=origin, comment=comment)
    return Application(
        revision=number,
        checksum=result,
        counts=_counts(intent),
        changes=_told(intent.changes),
        warnings=_warned(intent, applied),
    )


def as_faults(faults: list[TextFault]) -> list[Fault]:
    """Faults of the text as faults of the request that held it."""
    return [
        Fault(
            f"/files/{fault.path}" if fault.path else "/files",
            fault.code,
            f"line {fault.line}: {fault.message}" if fault.line else fault.message,
        )
        for fault in faults
    ]


def _counts(intent: _Intent) -> Counts:
    told = [{"change": change.verb} for change in intent.changes]
    counts = history.counted(told)
    return Counts(
        **counts, unchanged=len(intent.wanted.objects) - counts["create"] - counts["update"]
    )


def _told(changes: list[Change]) -> list[ObjectChange]:
    return [ObjectChange.model_validate(change.told()) for change in changes]


def _warned(intent: _Intent, applied: Applied) -> list[WarningTold]:
    found = [*intent.warnings, *about_kept(applied.kept)]
    return [WarningTold(**asdict(each)) for each in found]
