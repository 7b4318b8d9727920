"""The preview of a change of access, for whoever asks for it by the kernel's name."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.platform.responsibilities.preview import Proposal, preview
from infra.kernel.access import Caller
from infra.kernel.proposals import Proposals
from infra.kernel.schema import parse_body
from infra.kernel.services import Services


class Previewed(Proposals):
    """Tries the changes in a transaction that is never committed."""

    async def tell(
        self, services: Services, caller: Caller, changes: Sequence[Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """Who would gain and who would lose what; raises as the actions themselves do."""
        proposal = Proposal(**parse_body(Proposal, {"changes": list(changes)}))
        return (await preview(services, caller, proposal)).model_dump(mode="json")
