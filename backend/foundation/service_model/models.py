"""Who serves: organisations, their places and staff, and the customers they serve."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record, Row, TextArrayField


class ServiceState(StrEnum):
    """Whether an organisation or a place still serves anybody."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class ServiceOrganization(Record):
    """A branch, store, franchise, office, hospital or dealer that serves customers."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    code = fields.CharField(max_length=40)
    kind = fields.CharField(max_length=40)
    is_internal = fields.BooleanField(default=True)
    account_id = fields.UUIDField(null=True)
    parent_id = fields.UUIDField(null=True)
    path = fields.CharField(max_length=4000)
    state = fields.CharEnumField(ServiceState, default=ServiceState.ACTIVE)
    email = fields.CharField(max_length=254, null=True)
    phone = fields.CharField(max_length=50, null=True)
    notes = fields.TextField(default="")

    class Meta:
        table = "service_organizations"


class BusinessLocation(Record):
    """A place of an organisation; where it is a customer's own site, that site's record too."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    service_organization_id = fields.UUIDField()
    is_internal = fields.BooleanField(default=True)
    location_id = fields.UUIDField(null=True)
    line1 = fields.CharField(max_length=200, null=True)
    line2 = fields.CharField(max_length=200, null=True)
    postal_code = fields.CharField(max_length=20, null=True)
    city = fields.CharField(max_length=200, null=True)
    region = fields.CharField(max_length=200, null=True)
    country = fields.CharField(max_length=2, null=True)
    zone = fields.CharField(max_length=64, null=True)
    state = fields.CharEnumField(ServiceState, default=ServiceState.ACTIVE)
    email = fields.CharField(max_length=254, null=True)
    phone = fields.CharField(max_length=50, null=True)

    class Meta:
        table = "business_locations"


class StaffMember(Record):
    """A person who works for an organisation, or at one place of it."""

    service_organization_id = fields.UUIDField()
    business_location_id = fields.UUIDField(null=True)
    profile_id = fields.UUIDField(null=True)
    contact_id = fields.UUIDField(null=True)
    responsibility_id = fields.UUIDField(null=True)
    title = fields.CharField(max_length=200, default="")
    beneath = fields.BooleanField(default=True)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)

    class Meta:
        table = "staff_members"


class CustomerServed(Record):
    """A customer whom an organisation, or one place of it, serves."""

    service_organization_id = fields.UUIDField()
    business_location_id = fields.UUIDField(null=True)
    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    is_primary = fields.BooleanField(default=False)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)

    class Meta:
        table = "customers_served"


class ServiceRelation(Record):
    """One organisation stands to another: franchisor, manufacturer, shared service."""

    from_organization_id = fields.UUIDField()
    to_organization_id = fields.UUIDField()
    kind = fields.CharField(max_length=40)
    oversees = fields.BooleanField(default=True)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)

    class Meta:
        table = "service_relations"


class OrganizationProduct(Record):
    """A product that an organisation may open cases about, and the contracts it may call upon."""

    service_organization_id = fields.UUIDField()
    product_model_id = fields.UUIDField()
    contract_types = TextArrayField(default=lambda: ["warranty"])

    class Meta:
        table = "service_organization_products"


class StaffPlace(Row):
    """Where a profile works today; a view."""

    profile_id = fields.UUIDField()
    service_organization_id = fields.UUIDField(null=True)
    business_location_id = fields.UUIDField(null=True)

    class Meta:
        table = "staff_places"


class CustomerAtHand(Row):
    """A customer who is served today where a profile works; a view."""

    profile_id = fields.UUIDField()
    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)

    class Meta:
        table = "customers_at_hand"
