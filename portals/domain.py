"""The pages: for visitors and customers, and the machinery that those for staff stand on."""

from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from portals import (
    approving,
    approving_by_link,
    consent,
    deputies,
    files,
    installation,
    letters,
    public,
    surveys,
)
from portals.layouts.actions import create, update
from portals.layouts.resources import page_layouts
from portals.portal import (
    answers,
    assets,
    case_deeds,
    case_survey,
    cases,
    catalogue,
    chat,
    contracts,
    customer_data,
    customers,
    drafts,
    home,
    household,
    opening,
    products,
    shelves,
)
from portals.workspace.routes import routes as workspace_routes
from tenants.roles import BUILT_IN, STAFF

domain = Domain(
    name="portals",
    summary="Pages for visitors, customers and staff.",
    resources=(page_layouts,),
    actions=(create, update),
    # Whoever looks at a page is shown it as it is laid out; admins alone lay it out.
    grants=tuple(
        Grant(role.name, "page_layouts", ("read",))
        for role in BUILT_IN.values()
        if role.audience == STAFF and role.name != "admin"
    ),
    routes=(
        *files.routes,
        *installation.routes,
        *public.routes,
        *letters.routes,
        *consent.routes,
        *surveys.routes,
        *approving_by_link.routes,
        *deputies.routes,
        *approving.routes,
        *home.routes,
        *answers.routes,
        *shelves.routes,
        *opening.routes,
        *cases.routes,
        *case_deeds.routes,
        *case_survey.routes,
        *drafts.routes,
        *products.routes,
        *assets.routes,
        *contracts.routes,
        *customers.routes,
        *customer_data.routes,
        *catalogue.routes,
        *household.routes,
        *chat.routes,
        *workspace_routes,
    ),
)
