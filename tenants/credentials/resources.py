"""API keys and sessions as the API shows them: everything but what would let somebody in."""

from infra.kernel.resource import Relation, Resource, View, everything, match
from tenants.credentials.models import ApiKey, Session

api_keys = Resource(
    name="api_keys",
    singular="api_key",
    model=ApiKey,
    summary="Long-lived keys for programs; each acts for whoever made it, with no more roles.",
    label="name",
    views={
        "staff": View(
            read=(
                "id", "name", "user_id", "profile_id", "scopes", "roles", "expires_at",
                "revoked_at", "last_used_at", "created_at", "updated_at", "version",
            ),
            create=("name", "scopes", "roles", "expires_at"),
        ),
    },
    filters=("name", "user_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={"user": Relation("user_id", "users"), "profile": Relation("profile_id", "profiles")},
    paths={"all": everything(), "own": match("user_id", "user_id")},
    generic=(),
    required=("name",),
)  # fmt: skip

sessions = Resource(
    name="sessions",
    singular="session",
    model=Session,
    summary="Browsers in which somebody is signed in.",
    views={
        "staff": View(
            read=(
                "id", "user_id", "profile_id", "expires_at", "revoked_at", "last_used_at",
                "created_at", "updated_at", "version",
            ),
        ),
    },
    filters=("user_id",),
    sorts=("created_at",),
    default_sort="-created_at",
    relations={"user": Relation("user_id", "users"), "profile": Relation("profile_id", "profiles")},
    paths={"all": everything(), "own": match("user_id", "user_id")},
    generic=(),
)  # fmt: skip
