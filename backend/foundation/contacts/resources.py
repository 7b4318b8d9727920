"""What the outside knows of contacts."""

from backend.foundation.accounts.types import Email, Zone
from backend.foundation.contacts.models import Contact
from backend.platform.calendars.resources import Name
from backend.platform.responsibilities.reach import RELATED, account_at_hand
from infra.kernel.resource import Relation, Resource, View, everything, match, subtree, through

_DATA = (
    "name", "email", "phone", "mobile", "title", "department", "preferred_channel", "locale",
    "zone", "custom",
)  # fmt: skip
_READ = ("id", "number", "account_id", *_DATA, "state", "created_at", "updated_at", "version")

contacts = Resource(
    name="contacts",
    models=("b2b", "b2b2c", "b2b2e", "smf"),
    singular="contact",
    model=Contact,
    summary="People of companies, each of exactly one.",
    label="name",
    number="CON",
    types={"name": Name, "email": Email, "zone": Zone},
    views={
        "staff": View(
            read=(*_READ, "user_id", "merged_into_id"),
            create=("account_id", *_DATA),
            update=("account_id", *_DATA, "state"),
        ),
        "customer": View(read=_READ, create=("account_id", *_DATA), update=(*_DATA, "state")),
        "partner": View(read=_READ, create=("account_id", *_DATA), update=(*_DATA, "state")),
    },
    filters=("number", "name", "email", "account_id", "user_id", "state"),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name", "email"),
    relations={
        "account": Relation("account_id", "accounts"),
        "user": Relation("user_id", "users"),
        "merged_into": Relation("merged_into_id", "contacts"),
    },
    paths={
        "all": everything(),
        "self": match("id", "contact_id"),
        "own_account": match("account_id", "account_id"),
        "account_tree": through("account_id", "accounts", "id", subtree("path", "account_path")),
        "at_hand": account_at_hand(),
        "related": RELATED["related"],
    },
    generic=(),
    required=("account_id", "name"),
    choosable=("title", "department"),
)
