"""Opening a case on the desk, and changing what one says: the fields of its type among them."""

from starlette.responses import Response

from portals.visits import Visit
from portals.workspace.records import forms
from portals.workspace.records.kinds import CASES


async def new(visit: Visit) -> Response:
    """`GET /workspace/cases/new?account_id=…`."""
    return await forms.new_record(visit, CASES)


async def save_new(visit: Visit) -> Response:
    """`POST /workspace/cases/new`: open it, or keep it as a draft."""
    return await forms.save_new(visit, CASES)


async def edit(visit: Visit) -> Response:
    """`GET /workspace/cases/{number}/edit`."""
    return await forms.edit_record(visit, CASES, visit.path["number"])


async def save(visit: Visit) -> Response:
    """`POST /workspace/cases/{number}/edit`."""
    return await forms.save(visit, CASES, visit.path["number"])
