"""Who serves customers and where: organisations, their places, their staff."""

from backend.foundation.service_model.actions.organizations import (
    create,
    relate,
    update,
    update_relation,
)
from backend.foundation.service_model.actions.people import (
    dismiss,
    employ,
    serve,
    update_member,
    update_served,
)
from backend.foundation.service_model.actions.places import create as open_place
from backend.foundation.service_model.actions.places import update as update_place
from backend.foundation.service_model.membership import turn
from backend.foundation.service_model.resources import (
    business_locations,
    service_organization_products,
    service_organizations,
    service_relations,
    staff_members,
)
from backend.foundation.service_model.served import (
    customers_at_hand,
    customers_served,
    staff_places,
)
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_NOUNS = (
    "service_organizations", "business_locations", "staff_members", "customers_served",
    "service_relations", "service_organization_products",
)  # fmt: skip
_READERS = ("agent_b2b", "agent_b2c", "case_viewer", "customer_data_viewer")
_AT_WORK = (
    "location_agent", "service_organization_contributor", "business_location_contributor",
    "organization_supervisor", "dealer",
)  # fmt: skip
_OWN = (
    "service_organizations", "business_locations", "staff_members", "customers_served",
    "service_organization_products",
)  # fmt: skip

domain = Domain(
    name="service_model",
    summary="Service organisations, their places and staff, and the customers they serve.",
    resources=(
        service_organizations, business_locations, staff_members, customers_served,
        service_relations, service_organization_products, staff_places, customers_at_hand,
    ),
    actions=(
        create, update, relate, update_relation, open_place, update_place, employ, update_member,
        dismiss, serve, update_served,
    ),
    jobs=(turn,),
    grants=(
        *(Grant("service_manager", n, ("read", "create", "update", "delete")) for n in _NOUNS),
        *(Grant(role, noun, ("read",)) for role in _READERS for noun in _NOUNS),
        # Whoever works somewhere knows the place, the people and whom they serve.
        *(Grant(role, noun, ("read",), path)
          for role in _AT_WORK for noun in _OWN for path in ("place", "organization")),
    ),
)  # fmt: skip
