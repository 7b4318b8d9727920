"""Identity providers as admins see them: all but the client's secret."""

from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View, everything, match
from tenants.oidc.models import ExternalIdentity, IdentityProvider

identity_providers = Resource(
    name="identity_providers",
    singular="identity_provider",
    model=IdentityProvider,
    summary="The tenant's own OpenID Connect providers.",
    label="title",
    views={
        "staff": View(
            read=(
                "id", "name", "title", "issuer", "client_id", "scopes", "claims", "provision_kind",
                "provision_roles", "provision_domains", "active", "created_at", "updated_at",
                "version",
            ),
            create=(
                "name", "title", "issuer", "client_id", "scopes", "claims", "provision_kind",
                "provision_roles", "provision_domains",
            ),
            update=(
                "title", "client_id", "scopes", "claims", "provision_kind", "provision_roles",
                "provision_domains", "active",
            ),
        ),
    },
    filters=("name", "active"),
    sorts=("created_at",),
    default_sort="created_at",
    generic=(),
    required=("name", "title", "issuer", "client_id"),
    configured=Configured(secrets=("client_secret",), after=("roles",), gives_access=True),
)  # fmt: skip

external_identities = Resource(
    name="external_identities",
    singular="external_identity",
    model=ExternalIdentity,
    summary="As whom a provider knows a person.",
    label="subject",
    views={
        "staff": View(
            read=(
                "id", "provider_id", "issuer", "subject", "user_id", "created_at", "updated_at",
                "version",
            ),
        ),
    },
    filters=("user_id", "provider_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "provider": Relation("provider_id", "identity_providers"),
        "user": Relation("user_id", "users"),
    },
    paths={"all": everything(), "own": match("user_id", "user_id")},
    generic=("delete",),
)  # fmt: skip
