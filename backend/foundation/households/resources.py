"""What the outside knows of households."""

from backend.foundation.households.models import Household, HouseholdMember, HouseholdTeamMember
from backend.platform.calendars.resources import Name
from infra.kernel.resource import Relation, Resource, View, everything, match, through

_SET = ("name", "location_id")
_READ = ("id", "number", *_SET, "created_at", "updated_at", "version")

households = Resource(
    name="households",
    models=("b2c", "smf"),
    singular="household",
    model=Household,
    summary="Consumers who share an address and common products.",
    label="name",
    number="HH",
    types={"name": Name},
    views={
        "staff": View(read=_READ, create=_SET, update=_SET),
        "customer": View(read=_READ),
    },
    filters=("number", "name", "location_id"),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name"),
    relations={"location": Relation("location_id", "locations")},
    paths={
        "all": everything(),
        "member": through(
            "id", "household_members", "household_id", match("consumer_id", "consumer_id")
        ),
    },
    generic=(),
    required=("name",),
)

_MEMBER = (
    "id", "household_id", "consumer_id", "is_primary", "is_head", "created_at", "updated_at",
    "version",
)  # fmt: skip

household_members = Resource(
    name="household_members",
    models=("b2c", "smf"),
    singular="household_member",
    model=HouseholdMember,
    summary="Who belongs to which household, which comes first for them, and who is its head.",
    views={"staff": View(read=_MEMBER), "customer": View(read=_MEMBER)},
    filters=("household_id", "consumer_id", "is_primary", "is_head"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "household": Relation("household_id", "households"),
        "consumer": Relation("consumer_id", "consumers"),
    },
    paths={"all": everything(), "own_consumer": match("consumer_id", "consumer_id")},
    generic=(),
)

_TEAM = ("household_id", "profile_id", "responsibility_id")

household_team_members = Resource(
    name="household_team_members",
    models=("b2c", "smf"),
    singular="household_team_member",
    model=HouseholdTeamMember,
    summary="Our people who look after households, each with a responsibility.",
    views={
        "staff": View(
            read=("id", *_TEAM, "created_at", "updated_at", "version"),
            create=_TEAM,
        )
    },
    filters=_TEAM,
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "household": Relation("household_id", "households"),
        "profile": Relation("profile_id", "profiles"),
        "responsibility": Relation("responsibility_id", "responsibilities"),
    },
    paths={"all": everything(), "own": match("profile_id", "profile_id")},
    generic=(),
    required=_TEAM,
)
