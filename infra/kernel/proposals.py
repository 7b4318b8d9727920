"""What a change of access would do: asked by pages, answered by the floor that knows."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.kernel.access import Caller
from infra.kernel.services import Services


class Proposals:
    """Cannot tell what changes of access would do. A floor that can provides its own."""

    async def tell(
        self, services: Services, caller: Caller, changes: Sequence[Mapping[str, Any]]
    ) -> Mapping[str, Any] | None:
        """Who would gain and who would lose what by these changes; none is kept."""
        return None
