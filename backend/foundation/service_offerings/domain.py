"""Support tiers of product models, and how they flow to what is sold."""

from backend.foundation.service_offerings.actions.keep import choose_offering, create, update
from backend.foundation.service_offerings.actions.provision import provision_sale
from backend.foundation.service_offerings.reactions import end_support
from backend.foundation.service_offerings.resources import service_offerings
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_READERS = (
    "agent_b2b", "agent_b2c", "case_viewer", "customer_data_viewer", "account_contributor",
    "consumer_contributor",
)  # fmt: skip
_OUTSIDE = (
    "customer", "customer_case_manager", "customer_admin", "consumer", "partner", "partner_admin",
)  # fmt: skip
_KNOWN = {"state": ["active", "retired"]}

domain = Domain(
    name="service_offerings",
    summary="Support tiers of product models, and what a sale leaves behind.",
    resources=(service_offerings,),
    actions=(create, update, choose_offering, provision_sale),
    reactions=(end_support,),
    grants=(
        Grant("service_manager", "service_offerings", ("read", "create", "update", "delete")),
        Grant("service_manager", "sold_products", ("choose_offering", "provision")),
        *(Grant(role, "service_offerings", ("read",)) for role in _READERS),
        *(Grant(role, "service_offerings", ("read",), where=_KNOWN) for role in _OUTSIDE),
    ),
)
