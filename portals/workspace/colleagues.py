"""Names of the people who work here."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.database import Connection
from portals.workspace.queries import colleague_names
from portals.workspace.reader import Reader


async def names_of(reader: Reader, profile_ids: Iterable[Any]) -> dict[str, str]:
    """Name by profile; the reader's own costs nothing to know."""
    me = reader.caller.profile_id
    wanted = {UUID(str(each)) for each in profile_ids if each}
    known = {str(me): reader.caller.name} if me in wanted and reader.caller.name else {}
    missing = [each for each in wanted if str(each) not in known]
    if not missing or reader.caller.audience != "staff":
        return known

    async def work(connection: Connection, caller: Caller) -> dict[str, str]:
        return await colleague_names(Context(reader.services, connection, caller), missing)

    return known | await reader.services.transact(reader.caller, work, read_only=True)
