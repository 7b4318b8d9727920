"""Components for other people's sites: modules, what they embed, whom they vouch for."""

from embeddables.actions import (
    create,
    create_component,
    delete,
    delete_component,
    rotate_secret,
    update,
    update_component,
)
from embeddables.jobs import sweep_sessions
from embeddables.resources import module_components, module_identities, modules
from embeddables.routes import routes
from infra.kernel.registry import Domain

domain = Domain(
    name="embeddables",
    summary="Components for other people's sites.",
    resources=(modules, module_components, module_identities),
    actions=(
        create, update, rotate_secret, delete, create_component, update_component,
        delete_component,
    ),
    periodic=(sweep_sessions,),
    routes=routes,
)  # fmt: skip
