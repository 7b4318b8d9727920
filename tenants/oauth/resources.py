"""OAuth clients as the API shows them."""

from infra.kernel.resource import Relation, Resource, View
from tenants.oauth.models import OAuthClient

oauth_clients = Resource(
    name="oauth_clients",
    singular="oauth_client",
    model=OAuthClient,
    summary="Programs that may get access tokens: for themselves, or for people who agree.",
    label="name",
    views={
        "staff": View(
            read=(
                "id", "name", "kind", "redirect_uris", "grant_types", "scopes", "roles", "user_id",
                "profile_id", "active", "created_at", "updated_at", "version",
            ),
            create=("name", "kind", "redirect_uris", "grant_types", "scopes", "roles"),
            update=("name", "redirect_uris", "scopes", "active"),
        ),
    },
    filters=("name", "kind", "active"),
    sorts=("name", "created_at"),
    default_sort="name",
    relations={"user": Relation("user_id", "users"), "profile": Relation("profile_id", "profiles")},
    generic=(),
    required=("name", "kind"),
)  # fmt: skip
