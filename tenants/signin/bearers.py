"""From what the database knows of a credential to the caller that everything else asks about."""

from typing import Any
from uuid import UUID

from infra.kernel.access import Caller
from infra.kernel.database import Proof
from infra.kernel.errors import Unauthorized
from infra.kernel.holding import HOLDER_IDS, held_grants
from infra.kernel.registry import Registry
from tenants.people.actions.custom_roles import as_grants
from tenants.roles import AUDIENCE_OF_KIND, PUBLIC, STAFF
from tenants.settings import model as settings
from tenants.settings.business import roles_in_use

IDLE_SECONDS_MAX = 24 * 3600
_IDS = ("contact_id", "consumer_id", "account_id")


def caller_of(
    tenant_id: UUID,
    credential_id: UUID,
    facts: dict[str, Any],
    registry: Registry,
    *,
    invited: bool = False,
) -> Caller:
    """The caller behind a credential whose secret was right; raises Unauthorized where the
    credential, the person, the profile, the client or the tenant is not in force. With `invited`,
    to tell what somebody will see, whoever has not come in yet counts as well."""
    _require_in_force(facts, invited=invited)
    user, profile = facts["user"] or {}, facts["profile"] or {}
    chosen = facts.get("settings") or {}
    models = settings.models_in_use(chosen)
    roles, attributes = roles_in_use(_roles(facts), models), _attributes(facts)
    held = held_grants(facts["responsibilities"], roles, registry)
    return Caller(
        tenant_id=tenant_id,
        audience=_audience(facts),
        user_id=_uuid(user.get("id")),
        profile_id=_uuid(profile.get("id")),
        profile_kind=profile.get("kind", ""),
        name=user.get("name") or facts["name"],
        roles=roles,
        attributes=attributes,
        scopes=_scopes(facts),
        proof=Proof(credential_id, facts["stamp"], facts["config_version"]),
        locale=user.get("locale") or str(facts["claims"].get("locale") or "en"),
        zone=user.get("zone") or "UTC",
        credential_kind=facts["kind"],
        tenant_plan=facts.get("tenant_plan") or "",
        models=models,
        grants=(
            *(
                grant
                for name, texts in sorted(facts["custom_roles"].items())
                if name in roles
                for grant in as_grants(name, texts, registry)
            ),
            *(grant for grant in held if not settings.closes(chosen, attributes, grant)),
        ),
        masked=frozenset(
            (resource, column)
            for resource, hidden in facts["masked"].items()
            for column in hidden
            if column != "id"
        ),
    )


def _require_in_force(facts: dict[str, Any], *, invited: bool) -> None:
    user, profile = facts["user"], facts["profile"]
    if facts["tenant_state"] != "active":
        raise Unauthorized("this tenant is not in service")
    if not facts["alive"] or not facts["client_active"] or facts["kind"] == "refresh_token":
        raise Unauthorized("the credential has ended")
    if facts["kind"] == "session" and facts["idle_seconds"] > IDLE_SECONDS_MAX:
        raise Unauthorized("the session has been idle for too long")
    # A tenant's first key works before its first admin has opened the invitation.
    is_program = facts["kind"] == "api_key" or bool(facts["credential_roles"])
    welcome = {"active", "invited"} if is_program or invited else {"active"}
    if facts["wants_user"] and (user is None or user["state"] not in welcome):
        raise Unauthorized("the credential has ended")
    if facts["wants_profile"] and (profile is None or profile["state"] != "active"):
        raise Unauthorized("the credential has ended")


def _roles(facts: dict[str, Any]) -> frozenset[str]:
    """A session has its profile's roles; a key those of its own that its maker still has."""
    own = frozenset(facts["credential_roles"])
    if facts["profile"] is None:
        return own
    held = frozenset(facts["profile"]["roles"]) | frozenset(facts["group_roles"])
    if facts["kind"] in {"session", "access_token"} and not own:
        return held
    return own & held


def _audience(facts: dict[str, Any]) -> str:
    if facts["profile"] is not None:
        return AUDIENCE_OF_KIND[facts["profile"]["kind"]]
    if facts["kind"] == "module_session":
        wanted = facts["claims"].get("audience", PUBLIC)
        return "customer" if wanted == "customer" else PUBLIC
    return STAFF


def _scopes(facts: dict[str, Any]) -> frozenset[str] | None:
    """Who signed in has no scopes; programs and widgets have those that were agreed, or none."""
    if facts["kind"] == "session":
        return None
    return frozenset(facts["scopes"])


def _attributes(facts: dict[str, Any]) -> dict[str, Any]:
    profile, claims = facts["profile"] or {}, facts["claims"]
    source = profile or (claims if facts["kind"] == "module_session" else {})
    found: dict[str, Any] = {name: _uuid(source.get(name)) for name in _IDS}
    found["user_id"] = _uuid((facts["user"] or {}).get("id"))
    found["profile_id"] = _uuid(profile.get("id"))
    found["account_path"] = facts["account_path"]
    found["group_ids"] = [UUID(text) for text in facts["group_ids"]]
    found[HOLDER_IDS] = [UUID(text) for text in facts["holder_ids"]]
    found["module_id"] = _uuid(facts["module_id"])
    found["visitor_id"] = _uuid(claims.get("visitor_id"))
    return found | settings.attributes(facts.get("settings") or {}, found)


def _uuid(text: Any) -> UUID | None:
    return UUID(str(text)) if text else None
