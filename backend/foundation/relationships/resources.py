"""What the outside knows of relationships."""

from backend.foundation.accounts.resources import accounts
from backend.foundation.consumers.resources import consumers
from backend.foundation.relationships.models import (
    AccountRelationship,
    AccountRelationshipType,
    ConsumerRelationship,
    ContactRelationship,
)
from backend.platform.calendars.resources import Name
from infra.kernel.configured import Configured
from infra.kernel.resource import (
    Path,
    Relation,
    Resource,
    View,
    everything,
    match,
    subtree,
    through,
)

TIE = ("state", "ends_on", "ended_at")
STAMPS = ("created_at", "updated_at", "version")


def account_paths() -> dict[str, Path]:
    """The ways to what stands beside an account."""
    return {
        "all": everything(),
        "own_account": match("account_id", "account_id"),
        "account_tree": through("account_id", "accounts", "id", subtree("path", "account_path")),
    }


_TYPE = (
    "name", "reverse_name", "from_role", "to_role", "responsibility_id",
    "reverse_responsibility_id", "active",
)  # fmt: skip
_TYPE_NAMES = View(read=("id", "name", "reverse_name", "from_role", "to_role"))
account_relationship_types = Resource(
    name="account_relationship_types",
    singular="account_relationship_type",
    model=AccountRelationshipType,
    summary="How companies may stand to each other, with a name for each side.",
    label="name",
    views={
        "staff": View(
            read=("id", *_TYPE, *STAMPS),
            create=_TYPE,
            update=tuple(name for name in _TYPE if name not in {"from_role", "to_role"}),
        ),
        "customer": _TYPE_NAMES,
        "partner": _TYPE_NAMES,
    },
    types={"name": Name, "reverse_name": Name},
    filters=("name", "from_role", "to_role", "active", "responsibility_id"),
    sorts=("name",),
    default_sort="name",
    relations={
        "responsibility": Relation("responsibility_id", "responsibilities"),
        "reverse_responsibility": Relation("reverse_responsibility_id", "responsibilities"),
    },
    generic=("delete",),
    required=("name", "reverse_name", "from_role", "to_role"),
    configured=Configured(gives_access=True),
)

_PAIR = ("type_id", "account_id", "related_account_id")
_SIDE = View(read=("id", *_PAIR, "direction", *TIE, *STAMPS))
account_relationships = Resource(
    name="account_relationships",
    singular="account_relationship",
    model=AccountRelationship,
    summary="Companies that stand to each other, seen from each side.",
    models=accounts.models,
    views={
        "staff": View(
            read=("id", *_PAIR, "direction", "reverse_id", *TIE, *STAMPS),
            create=(*_PAIR, "ends_on"),
            update=("ends_on",),
        ),
        "customer": _SIDE,
        "partner": _SIDE,
    },
    filters=(*_PAIR, "direction", "reverse_id", "state", "ends_on"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "type": Relation("type_id", "account_relationship_types"),
        "account": Relation("account_id", "accounts"),
        "related_account": Relation("related_account_id", "accounts"),
        "reverse": Relation("reverse_id", "account_relationships"),
    },
    paths=account_paths(),
    generic=(),
    required=_PAIR,
)

_STANDING = ("contact_id", "account_id", "responsibility_id")
_STANDS = View(read=("id", *_STANDING, *TIE, *STAMPS))
contact_relationships = Resource(
    name="contact_relationships",
    singular="contact_relationship",
    model=ContactRelationship,
    summary="Contacts who have a responsibility for an account that is not their own.",
    models=accounts.models,
    views={
        "staff": View(
            read=("id", *_STANDING, *TIE, *STAMPS),
            create=(*_STANDING, "ends_on"),
            update=("ends_on",),
        ),
        "customer": _STANDS,
        "partner": _STANDS,
    },
    filters=(*_STANDING, "state", "ends_on"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "contact": Relation("contact_id", "contacts"),
        "account": Relation("account_id", "accounts"),
        "responsibility": Relation("responsibility_id", "responsibilities"),
    },
    paths={**account_paths(), "own": match("contact_id", "contact_id")},
    generic=(),
    required=_STANDING,
)

_ACTING = ("consumer_id", "representative_id", "responsibility_id")
consumer_relationships = Resource(
    name="consumer_relationships",
    singular="consumer_relationship",
    model=ConsumerRelationship,
    summary="Consumers who act for other consumers.",
    models=consumers.models,
    views={
        "staff": View(
            read=("id", *_ACTING, *TIE, *STAMPS),
            create=(*_ACTING, "ends_on"),
            update=("ends_on",),
        ),
        "customer": View(read=("id", *_ACTING, *TIE, *STAMPS)),
    },
    filters=(*_ACTING, "state", "ends_on"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "consumer": Relation("consumer_id", "consumers"),
        "representative": Relation("representative_id", "consumers"),
        "responsibility": Relation("responsibility_id", "responsibilities"),
    },
    paths={
        "all": everything(),
        "represented": match("consumer_id", "consumer_id"),
        "representing": match("representative_id", "consumer_id"),
    },
    generic=(),
    required=_ACTING,
)
