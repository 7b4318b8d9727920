"""Who works where, and which customers are served where."""

from typing import Any

from backend.foundation.service_model.membership import take_up
from backend.foundation.service_model.models import (
    BusinessLocation,
    CustomerServed,
    ServiceOrganization,
    StaffMember,
)
from backend.foundation.service_model.queries import (
    account_path,
    account_path_of_contact,
    pass_primary_on,
)
from backend.foundation.service_model.resources import (
    business_locations,
    service_organizations,
    staff_members,
)
from backend.foundation.service_model.rules import one_of, period_faults
from backend.foundation.service_model.served import customers_served
from backend.platform.responsibilities.holding import release, require_kind
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.people.models import Profile, ProfileKind
from tenants.people.resources import profiles


@action(staff_members, on="collection", name="create", audiences=("staff",))
async def employ(ctx: Context, **values: Any) -> StaffMember:
    """Put a person on an organisation's staff, or at one of its places."""
    member = StaffMember(**{k: v for k, v in values.items() if v is not None})
    member.starts_on = member.starts_on or ctx.now.date()
    faults = period_faults(member.starts_on, member.ends_on)
    faults += one_of(("/profile_id", "/contact_id"), (member.profile_id, member.contact_id))
    organization: ServiceOrganization | None = await ctx.find(
        service_organizations, member.service_organization_id
    )
    faults += await place_faults(ctx, member)
    if organization is not None:
        faults += await person_faults(ctx, member, organization)
    if faults:
        raise Invalid(faults)
    await require_responsibility(ctx, member)
    await ctx.save(member)
    await take_up(ctx, member)
    return member


@action(staff_members, name="update", audiences=("staff",))
async def update_member(ctx: Context, member: StaffMember, **values: Any) -> None:
    """Change somebody's title, reach or time on an organisation's staff."""
    member.update_from_dict(values)
    if faults := period_faults(member.starts_on, member.ends_on):
        raise Invalid(faults)
    await require_responsibility(ctx, member)
    await ctx.save(member)
    await take_up(ctx, member)


@action(staff_members, name="delete", audiences=("staff",))
async def dismiss(ctx: Context, member: StaffMember) -> None:
    """Take somebody off an organisation's staff; what they could see by it ends at once."""
    await release(ctx, member.id)
    await ctx.delete(member)


async def require_responsibility(ctx: Context, member: StaffMember) -> None:
    """Raises Invalid where the responsibility is not for this kind of person."""
    if member.responsibility_id is not None:
        kind = "contact" if member.contact_id else "employee"
        profile: Profile | None = await ctx.find(profiles, member.profile_id)
        if profile is not None and profile.kind is not ProfileKind.STAFF:
            kind = "contact"
        await require_kind(ctx, member.responsibility_id, kind)


async def person_faults(
    ctx: Context, member: StaffMember, organization: ServiceOrganization
) -> list[Fault]:
    """The company is staffed by its own people, an account's organisation by that account's too."""
    if member.contact_id is not None:
        if organization.is_internal:
            message = "an organisation of the company is staffed by members of staff"
            return [Fault("/contact_id", "internal", message)]
        theirs = await account_path_of_contact(ctx, member.contact_id)
        owner = organization.account_id
        top = await account_path(ctx, owner) if owner is not None else None
        if theirs is None or top is None or not theirs.startswith(top):
            message = "must be a contact of the organisation's account"
            return [Fault("/contact_id", "other_customer", message)]
        return []
    profile: Profile | None = await ctx.find(profiles, member.profile_id)
    if profile is None:
        return []
    fits = {ProfileKind.STAFF} if organization.is_internal else {*ProfileKind}
    fits -= {ProfileKind.CONSUMER}
    if profile.kind not in fits:
        message = "must be a member of staff" if organization.is_internal else "is a consumer's"
        return [Fault("/profile_id", "wrong_kind", message)]
    return []


async def place_faults(ctx: Context, row: StaffMember | CustomerServed) -> list[Fault]:
    """A fault where the place is another organisation's."""
    if row.business_location_id is None:
        return []
    place: BusinessLocation | None = await ctx.find(business_locations, row.business_location_id)
    if place is not None and place.service_organization_id == row.service_organization_id:
        return []
    message = "must be a place of the organisation"
    return [Fault("/business_location_id", "other_organization", message)]


@action(customers_served, on="collection", name="create", audiences=("staff",))
async def serve(ctx: Context, **values: Any) -> CustomerServed:
    """Say that a customer is served by an organisation, or at one of its places."""
    row = CustomerServed(**{k: v for k, v in values.items() if v is not None})
    row.starts_on = row.starts_on or ctx.now.date()
    faults = period_faults(row.starts_on, row.ends_on)
    faults += one_of(("/account_id", "/consumer_id"), (row.account_id, row.consumer_id))
    faults += await place_faults(ctx, row)
    if faults:
        raise Invalid(faults)
    if row.is_primary:
        await pass_primary_on(ctx, account_id=row.account_id, consumer_id=row.consumer_id)
    await ctx.save(row)
    return row


@action(customers_served, name="update", audiences=("staff",))
async def update_served(ctx: Context, row: CustomerServed, **values: Any) -> None:
    """Change how long a customer is served there, or make it their primary place."""
    if values.get("is_primary") and not row.is_primary:
        await pass_primary_on(ctx, account_id=row.account_id, consumer_id=row.consumer_id)
    row.update_from_dict(values)
    if faults := period_faults(row.starts_on, row.ends_on):
        raise Invalid(faults)
    await ctx.save(row)
