"""Access as data: responsibilities, what each gives, and who holds it on what."""

from backend.platform.responsibilities.actions.define import (
    create,
    create_configuration,
    update,
    update_configuration,
)
from backend.platform.responsibilities.resources import (
    access_configurations,
    held_responsibilities,
    responsibilities,
)
from backend.platform.responsibilities.routes import routes
from backend.platform.responsibilities.standard import found
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_GIVERS = ("service_manager", "agent_b2b", "agent_b2c")

domain = Domain(
    name="responsibilities",
    summary="Access as data: responsibilities, what each gives, and who holds it on what.",
    resources=(responsibilities, access_configurations, held_responsibilities),
    actions=(create, update, create_configuration, update_configuration),
    grants=(
        *(Grant(role, "responsibilities", ("read",)) for role in _GIVERS),
        *(
            Grant(role, "responsibilities", ("read",), "of_contacts")
            for role in ("customer_admin", "partner_admin")
        ),
        Grant("service_manager", "access_configurations", ("read",)),
        Grant("service_manager", "held_responsibilities", ("read",)),
    ),
    routes=routes,
    founding=(found,),
)
