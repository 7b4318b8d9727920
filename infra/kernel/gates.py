"""What stands between a caller who may use a verb and its use: somebody else's consent.

Which verbs of a tenant are gated is part of its configuration and costs a look-up in a dictionary.
For one that is, `performing` asks the gates of the registry. A gate that lets pass answers None.
One that does not has noted what is to be done later, and says what the caller is told (202).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.kernel.actions import ActionDefinition
from infra.kernel.context import Context
from infra.kernel.model import Record

Told = Mapping[str, Any]


class Rehearsed(Exception):
    """Raised at the end of a rehearsal, so that nothing of it stays."""


@dataclass(frozen=True)
class Attempt:
    """Somebody's wish to use a gated verb on a record, with everything a request has passed."""

    definition: ActionDefinition
    row: Record
    body: Mapping[str, Any]
    values: Mapping[str, Any]

    async def rehearse(self, ctx: Context) -> None:
        """Use the verb and undo it: what would be refused now is refused, and nobody is asked.

        The row has changed in memory afterwards and must not be saved.
        """
        try:
            async with ctx.savepoint():
                await self.definition.function(ctx, self.row, **dict(self.values))
                await ctx.flush()
                raise Rehearsed
        except Rehearsed:
            pass


Gate = Callable[[Context, Attempt], Awaitable[Told | None]]
