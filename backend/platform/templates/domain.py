"""Letters and replies with places to fill in, in the reader's language and the tenant's look."""

from backend.platform.templates.actions.define import create, update
from backend.platform.templates.actions.fill import fill, preview, variables
from backend.platform.templates.resources import message_templates
from backend.platform.templates.standard import found
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_WRITERS = (
    "agent_b2b", "agent_b2c", "location_agent", "middle_office", "account_contributor",
    "consumer_contributor", "relationship_contributor",
)  # fmt: skip

domain = Domain(
    name="templates",
    summary="Letters and replies with places to fill in.",
    resources=(message_templates,),
    actions=(create, update, fill, preview, variables),
    grants=(
        Grant("service_manager", "message_templates", ("read", "create", "update", "delete")),
        *(Grant(role, "message_templates", ("read",)) for role in _WRITERS),
    ),
    founding=(found,),
)
