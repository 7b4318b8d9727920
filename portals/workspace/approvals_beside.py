"""What consent was asked for about a record, as it stands beside the record."""

from typing import Any

from portals.workspace.reader import Reader, Row

_MOST = 5


async def approvals_of(reader: Reader, *records: tuple[str, Row]) -> list[Row]:
    """The questions about these records, the latest of each first, with what happened."""
    found: list[Any] = []
    for kind, row in records:
        told = await reader.ask(
            "approvals.about", body={"kind": kind, "record_id": str(row["id"]), "limit": _MOST}
        )
        found += told["items"] if told else []
    return [
        {
            "number": each["number"],
            "url": f"/approvals/{each['number']}" if each["can_open"] else None,
            "state": each["state"], "what": each["action"], "requester": each["requester_name"],
            "at": each["requested_at"],
            "story": [
                {"what": one["what"], "by": one["by_name"] or None, "for": one["for_name"],
                 "text": one["text"], "at": one["at"]}
                for one in each["history"]
            ],
        }
        for each in found
    ]  # fmt: skip
