"""The tenants' floor: people, what lets them in, and the directory of tenants."""

from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.configuration.actions import bundles, revisions
from tenants.configuration.resources import config_revisions
from tenants.configuration.routes import routes as config_routes
from tenants.credentials import actions as credential_actions
from tenants.credentials.resources import api_keys, sessions
from tenants.directory.operator import routes as operator_routes
from tenants.jobs import give_standards, send_reset, sweep_credentials
from tenants.layers import routes as layer_routes
from tenants.oauth import actions as oauth_actions
from tenants.oauth.resources import oauth_clients
from tenants.oauth.routes import routes as oauth_routes
from tenants.oidc import actions as oidc_actions
from tenants.oidc.resources import external_identities, identity_providers
from tenants.oidc.routes import routes as oidc_routes
from tenants.people import resources as people
from tenants.people.actions import custom_roles, groups, invitations, profiles, users
from tenants.settings.routes import routes as settings_routes
from tenants.signin.me import routes as me_routes
from tenants.signin.routes import routes as signin_routes

_COLLEAGUES = (
    "agent_b2b",
    "agent_b2c",
    "service_manager",
    "knowledge_manager",
    "middle_office",
    "account_contributor",
    "consumer_contributor",
)
_NARROW = ("id", "name", "email")

domain = Domain(
    name="tenants",
    summary="People, groups and roles; sign-in, keys and sessions; the directory of tenants.",
    resources=(
        people.users,
        people.profiles,
        people.groups,
        people.group_members,
        people.roles,
        people.invitations,
        api_keys,
        sessions,
        oauth_clients,
        identity_providers,
        external_identities,
        config_revisions,
    ),
    actions=(
        users.create,
        users.update,
        users.suspend,
        users.resume,
        users.sign_out_everywhere,
        profiles.create,
        profiles.update,
        profiles.grant_role,
        profiles.revoke_role,
        groups.create,
        groups.update,
        groups.delete,
        groups.join,
        groups.leave,
        custom_roles.create,
        custom_roles.update,
        custom_roles.delete,
        invitations.create,
        invitations.revoke,
        credential_actions.create,
        credential_actions.rotate,
        credential_actions.revoke,
        credential_actions.end_session,
        oauth_actions.create,
        oauth_actions.update,
        oauth_actions.delete,
        oauth_actions.rotate_secret,
        oidc_actions.create,
        oidc_actions.update,
        oidc_actions.delete,
        bundles.export,
        bundles.plan,
        bundles.apply,
        bundles.packs,
        bundles.plan_pack,
        bundles.apply_pack,
        revisions.keep_up,
        revisions.rollback,
        revisions.plan_rollback,
        revisions.bundle,
    ),
    grants=(
        # Customers' people are users too, and read as the contacts and consumers that they are.
        *(Grant(role, "users", ("read",), "colleagues", columns=_NARROW) for role in _COLLEAGUES),
        *(
            Grant(role, "groups", ("read",), columns=("id", "name", "summary", "active"))
            for role in _COLLEAGUES
        ),
        Grant("service_manager", "group_members", ("read",)),
        *(Grant(role, "sessions", ("read", "revoke"), path="own") for role in _COLLEAGUES),
    ),
    jobs=(send_reset,),
    periodic=(sweep_credentials, give_standards),
    routes=(
        *signin_routes,
        *me_routes,
        *settings_routes,
        *config_routes,
        *layer_routes,
        *oidc_routes,
        *oauth_routes,
        *operator_routes,
    ),
)
