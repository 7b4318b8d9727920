"""Who am I: the person, the profiles, and what the present one may do in each collection."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.kernel.access import Caller
from infra.kernel.admission import caller_of
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.described import described
from infra.kernel.representation import to_json
from infra.kernel.services import Services
from tenants import csrf
from tenants.people.directory import profiles_of
from tenants.people.models import Profile, User
from tenants.people.queries import names_behind
from tenants.people.resources import users
from tenants.roles import AUDIENCE_OF_KIND
from tenants.signin import sessions
from tenants.signin.authenticator import Authenticator
from tenants.signin.cookies import Cookies
from tenants.signin.requests import binding_of, read_body, services_of


class Switch(BaseModel):
    """The profile to act as."""

    model_config = ConfigDict(extra="forbid")

    profile_id: UUID


class Me(BaseModel):
    """Who asks: null where a program acts for itself."""

    tenant: dict[str, Any] | None
    user: dict[str, Any] | None
    profiles: list[dict[str, Any]]
    profile: dict[str, Any] | None
    audience: str
    roles: list[str]
    scopes: list[str] | None
    permissions: dict[str, list[str]]
    csrf_token: str | None


_ANSWER = {200: ("application/json", Me)}


@described("me", tag="me", answers=_ANSWER, problems=("400", "401", "403", "429", "503"))
async def me(request: Request) -> Response:
    """The person, their profiles, the active one, its roles and its permissions per collection."""
    caller = await caller_of(request)
    return _answer(await describe(services_of(request), caller))


@described(
    "me.profile",
    tag="me",
    answers=_ANSWER,
    body=("application/json", Switch),
    security=("session",),
)
async def switch(request: Request) -> Response:
    """Act as another of one's profiles from now on, without signing in again."""
    services = services_of(request)
    caller = await caller_of(request)
    values, _ = await read_body(request, Switch)
    await sessions.switch_profile(services, caller, values["profile_id"])
    token = Cookies(services.settings).session(request.cookies)
    services.get(Authenticator).forget(token)
    return _answer(await describe(services, await services.get(Authenticator).authenticate(token)))


async def describe(services: Services, caller: Caller) -> dict[str, Any]:
    """The answer to `GET /api/v1/me`, proven in its own transaction."""

    async def work(connection: Connection, caller: Caller) -> dict[str, Any]:
        ctx = Context(services, connection, caller)
        user: User | None = await ctx.find(users, caller.user_id)
        profiles = await profiles_of(ctx, user.id) if user else []
        known = await names_behind(ctx, [profile.id for profile in profiles])
        listed = [_profile(profile, known[profile.id]) for profile in profiles]
        tenant = await connection.fetchrow(
            "SELECT id, slug, name FROM tenants WHERE id = $1", caller.tenant_id
        )
        return {
            "tenant": dict(tenant) if tenant else None,
            "user": _user(user) if user else None,
            "profiles": listed,
            "profile": next((p for p in listed if p["id"] == caller.profile_id), None),
            "audience": caller.audience,
            "roles": sorted(caller.roles),
            "scopes": sorted(caller.scopes) if caller.scopes is not None else None,
            "permissions": permissions(services, caller),
            csrf.FIELD: (
                csrf.issue(services.settings.secret_key, binding_of(caller))
                if caller.credential_kind == "session"
                else None
            ),
        }

    return await services.transact(caller, work, read_only=True)


def permissions(services: Services, caller: Caller) -> dict[str, list[str]]:
    """Collection → the verbs that the caller may use on some row of it."""
    found = {}
    for resource in services.registry.resources.values():
        plan = services.plans.of(caller, resource)
        verbs = {
            action.name
            for action in services.registry.actions_of[resource.name]
            if caller.audience in action.audiences and plan.may(action.granted_by)
        }
        if plan.may("read"):
            verbs.add("read")
        if verbs:
            found[resource.name] = sorted(verbs)
    return found


def _user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "locale": user.locale,
        "zone": user.zone,
    }


def _profile(profile: Profile, names: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": profile.id,
        "kind": profile.kind.value,
        "title": profile.title,
        "purpose": profile.purpose,
        "application": profile.application,
        "audience": AUDIENCE_OF_KIND[profile.kind.value],
        "roles": sorted(profile.roles),
        **names,
        "contact_id": profile.contact_id,
        "consumer_id": profile.consumer_id,
        "account_id": profile.account_id,
        "is_default": profile.is_default,
    }


def _answer(body: dict[str, Any]) -> Response:
    return Response(to_json(body), media_type="application/json")


routes = (
    Route("/api/v1/me", me, methods=["GET"]),
    Route("/api/v1/me/profile", switch, methods=["POST"]),
)
