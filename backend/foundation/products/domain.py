"""Templates of what is sold, and the skills that work on them needs."""

from backend.foundation.products.actions.update import update
from backend.foundation.products.resources import product_model_skills, product_models
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.roles import BEHIND_SALES, SELLERS

_WRITE = ("read", "create", "update", "delete")
_READERS = (
    "agent_b2b", "agent_b2c", "knowledge_manager", "case_viewer", "customer_data_viewer",
    "account_contributor", "consumer_contributor", "relationship_contributor",
    "service_organization_contributor", "location_agent", "self_contributor",
)  # fmt: skip
_ON_SALE = {"state": ["active", "retired"]}
_OUTSIDE = (
    "customer", "consumer", "partner", "visitor", "dealer", "business_location_contributor",
    "organization_supervisor",
)  # fmt: skip

domain = Domain(
    name="products",
    summary="Templates of hardware, software, services and consumables.",
    resources=(product_models, product_model_skills),
    actions=(update,),
    grants=(
        *(Grant(role, "product_models", ("read",)) for role in (*SELLERS, *BEHIND_SALES)),
        *(Grant(role, "product_models", _WRITE) for role in ("catalog_admin", "catalog_manager")),
        *(Grant(role, "product_models", ("read",))
          for role in ("pricing_admin", "pricing_manager")),
        Grant("service_manager", "product_models", _WRITE),
        Grant("service_manager", "product_model_skills", _WRITE),
        *(Grant(role, "product_models", ("read",)) for role in _READERS),
        *(Grant(role, "product_models", ("read",), where=_ON_SALE) for role in _OUTSIDE),
        Grant("agent_b2b", "product_model_skills", ("read",)),
        Grant("agent_b2c", "product_model_skills", ("read",)),
    ),
)  # fmt: skip
