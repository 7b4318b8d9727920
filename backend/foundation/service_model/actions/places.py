"""Places of organisations."""

from typing import Any

from backend.foundation.service_model.models import BusinessLocation, ServiceOrganization
from backend.foundation.service_model.queries import site_owner
from backend.foundation.service_model.resources import business_locations, service_organizations
from infra.kernel.actions import action
from infra.kernel.clock import zone_names
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(business_locations, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> BusinessLocation:
    """Open a place of an organisation; it is inside the company exactly as its organisation is."""
    place = BusinessLocation(**{k: v for k, v in values.items() if v is not None})
    await settle(ctx, place)
    await ctx.save(place)
    return place


@action(business_locations, name="update", audiences=("staff",))
async def update(ctx: Context, place: BusinessLocation, **values: Any) -> None:
    """Change a place; it stays its organisation's."""
    place.update_from_dict(values)
    await settle(ctx, place)
    await ctx.save(place)


async def settle(ctx: Context, place: BusinessLocation) -> None:
    """Take over what follows from the organisation; raises Invalid with every fault."""
    faults = []
    organization: ServiceOrganization | None = await ctx.find(
        service_organizations, place.service_organization_id
    )
    if organization is None:
        message = "there is no such organisation"
        raise Invalid([Fault("/service_organization_id", "not_found", message)])
    place.is_internal = organization.is_internal
    if place.zone is not None and place.zone not in zone_names():
        faults.append(Fault("/zone", "zone", "must be a time zone of the IANA database"))
    if place.location_id is not None:
        owner = await site_owner(ctx, place.location_id)
        if owner is None or owner != organization.account_id:
            message = "must be a site of the organisation's account"
            faults.append(Fault("/location_id", "other_customer", message))
    if faults:
        raise Invalid(faults)
