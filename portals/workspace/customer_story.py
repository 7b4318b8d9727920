"""What happened with a customer, and what is promised to them, on the page of one customer."""

import asyncio
from collections.abc import Mapping

from portals.faults import Say
from portals.workspace.clocks import clock_of
from portals.workspace.inbox import OPEN, address_of
from portals.workspace.reader import IDS_MOST, Reader, Row, joined
from portals.workspace.records.kinds import url_of

_MOST = "8"


async def story_of(
    reader: Reader, own: Mapping[str, str], owner: Mapping[str, str], say: Say
) -> Row:
    """Open promises, the latest conversations, and the contracts of whom the customer belongs to:
    {"promises", "talks", "contracts"}; None of what the reader may not read at all."""
    promises, talks, contracts = await asyncio.gather(
        _promises(reader, own, say), _talks(reader, own), _contracts(reader, owner)
    )
    return {"promises": promises, "talks": talks, "contracts": contracts}


async def _promises(reader: Reader, own: Mapping[str, str], say: Say) -> list[Row] | None:
    """The clocks that run for their open cases, the one that runs out first first."""
    if not reader.may("task_slas") or not reader.may("cases"):
        return None
    query = {"state[in]": ",".join(OPEN), "fields": "id,number,subject", "limit": str(IDS_MOST)}
    cases = {str(row["id"]): row for row in await reader.rows("cases", dict(own) | query)}
    if not cases:
        return []
    running = {
        "kind": "cases", "record_id[in]": joined(cases), "state[in]": "running,breached",
        "sort": "due_at", "limit": str(IDS_MOST),
    }  # fmt: skip
    found = [each for each in await reader.rows("task_slas", running) if not each["stopped_at"]]
    return [
        {
            "clock": clock_of(each, say), "subject": cases[str(each["record_id"])]["subject"],
            "number": cases[str(each["record_id"])]["number"],
            "url": address_of(cases[str(each["record_id"])]),
        }
        for each in found[: int(_MOST)]
    ]  # fmt: skip


async def _talks(reader: Reader, own: Mapping[str, str]) -> list[Row] | None:
    """The latest conversations; one that became a case leads there."""
    if not reader.may("interactions"):
        return None
    query = dict(own) | {"sort": "-started_at", "limit": _MOST, "expand": "case"}
    return [
        {
            "subject": each["subject"] or each["number"], "channel": each["channel"],
            "state": each["state"], "at": each["started_at"],
            "url": address_of(each["case"]) if each.get("case") else None,
        }
        for each in await reader.rows("interactions", query)
    ]  # fmt: skip


async def _contracts(reader: Reader, owner: Mapping[str, str]) -> list[Row] | None:
    if not reader.may("service_contracts"):
        return None
    rows = await reader.rows("service_contracts", dict(owner) | {"limit": _MOST}) if owner else []
    return [
        {
            "name": each["name"], "number": each["number"], "state": each["state"],
            "ends_on": each["ends_on"], "url": url_of("service_contracts", each),
        }
        for each in rows
    ]  # fmt: skip
