"""What the outside knows of teams."""

from backend.foundation.accounts.resources import accounts
from backend.foundation.consumers.resources import consumers
from backend.foundation.relationships.resources import STAMPS, TIE, account_paths
from backend.foundation.teams.models import AccountTeamMember, ConsumerTeamMember
from infra.kernel.resource import Relation, Resource, View, everything, match

_MEMBER = ("account_id", "profile_id", "contact_id", "responsibility_id")
_SEEN = View(read=("id", *_MEMBER, *TIE, *STAMPS))
account_team_members = Resource(
    name="account_team_members",
    singular="account_team_member",
    model=AccountTeamMember,
    summary="Who has which responsibility for an account: our own people and contacts.",
    models=accounts.models,
    views={
        "staff": View(
            read=("id", *_MEMBER, *TIE, *STAMPS),
            create=(*_MEMBER, "ends_on"),
            update=("ends_on",),
        ),
        "customer": _SEEN,
        "partner": _SEEN,
    },
    filters=(*_MEMBER, "state", "ends_on"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "account": Relation("account_id", "accounts"),
        "profile": Relation("profile_id", "profiles"),
        "contact": Relation("contact_id", "contacts"),
        "responsibility": Relation("responsibility_id", "responsibilities"),
    },
    paths={
        **account_paths(),
        "self": match("contact_id", "contact_id"),
        "own": match("profile_id", "profile_id"),
    },
    generic=(),
    required=("account_id", "responsibility_id"),
)

_OF_CONSUMER = ("consumer_id", "profile_id", "responsibility_id")
consumer_team_members = Resource(
    name="consumer_team_members",
    singular="consumer_team_member",
    model=ConsumerTeamMember,
    summary="Which of our people have which responsibility for a consumer.",
    models=consumers.models,
    views={
        "staff": View(
            read=("id", *_OF_CONSUMER, *TIE, *STAMPS),
            create=(*_OF_CONSUMER, "ends_on"),
            update=("ends_on",),
        ),
        "customer": View(read=("id", *_OF_CONSUMER, *TIE, *STAMPS)),
    },
    filters=(*_OF_CONSUMER, "state", "ends_on"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "consumer": Relation("consumer_id", "consumers"),
        "profile": Relation("profile_id", "profiles"),
        "responsibility": Relation("responsibility_id", "responsibilities"),
    },
    paths={
        "all": everything(),
        "own": match("profile_id", "profile_id"),
        "own_consumer": match("consumer_id", "consumer_id"),
    },
    generic=(),
    required=_OF_CONSUMER,
)
