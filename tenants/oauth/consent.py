"""The authorization endpoint: what a program asks for, and the code that says a person agreed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636.challenge import CODE_CHALLENGE_PATTERN

from infra.kernel.access import Caller
from infra.kernel.errors import BadRequest, Fault, Forbidden, Unauthorized
from infra.kernel.ids import uuid7
from infra.kernel.services import Services
from tenants import tokens
from tenants.oauth import queries
from tenants.oauth.desk import Client
from tenants.oauth.models import OAuthClient
from tenants.oauth.resources import oauth_clients


@dataclass(frozen=True)
class Asked:
    """A sound authorization request."""

    client: OAuthClient
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    code_challenge: str

    def told(self) -> dict[str, Any]:
        """What the person is asked to agree to."""
        return {
            "client": {"id": str(self.client.id), "name": self.client.name},
            "redirect_uri": self.redirect_uri,
            "scopes": list(self.scopes),
            "state": self.state,
        }


class RefusedToClient(Exception):
    """A refusal that the program is told at its own, verified address (RFC 6749 §4.1.2.1)."""

    def __init__(self, redirect_uri: str, error: str, state: str) -> None:
        super().__init__(error)
        self.location = with_query(redirect_uri, {"error": error, "state": state})


async def examine(services: Services, caller: Caller, query: Mapping[str, str]) -> Asked:
    """Check an authorization request. Raises BadRequest while the address to return to is not
    proven to be the client's, RefusedToClient afterwards."""
    named = tokens.parse(query.get("client_id", ""), "oauth_client", is_whole=False)
    row: OAuthClient | None = None
    if named is not None and named.tenant_id == caller.tenant_id:
        async with services.system(caller.tenant_id, reason="oauth") as ctx:
            row = await ctx.find(oauth_clients, named.row_id)
    if named is None or row is None or not row.active:
        raise BadRequest([Fault("client_id", "unknown", "there is no such client here")])
    client = Client(row, named.text)
    redirect_uri = query.get("redirect_uri", "")
    # Compared as text: no normalising, no prefix, no pattern, nothing to be clever about.
    if not client.check_redirect_uri(redirect_uri):
        raise BadRequest([Fault("redirect_uri", "unknown", "is not registered for this client")])
    state = query.get("state", "")
    scope = client.get_allowed_scope(query.get("scope"))
    challenge = query.get("code_challenge", "")
    if not client.check_response_type(query.get("response_type", "")):
        raise RefusedToClient(redirect_uri, "unsupported_response_type", state)
    if query.get("code_challenge_method") != "S256" or not CODE_CHALLENGE_PATTERN.match(challenge):
        raise RefusedToClient(redirect_uri, "invalid_request", state)
    if scope is None:
        raise RefusedToClient(redirect_uri, "invalid_scope", state)
    return Asked(row, redirect_uri, tuple(scope.split()), state, challenge)


async def agree(services: Services, caller: Caller, asked: Asked) -> str:
    """The address that takes the person back to the program with a code, good for a minute."""
    if caller.credential_kind != "session" or caller.user_id is None or caller.profile_id is None:
        raise Unauthorized("only somebody signed in in a browser can agree")
    if caller.scopes is not None:
        raise Forbidden("a program cannot agree in a person's name")
    code_id = uuid7()
    code = tokens.mint("oauth_code", caller.tenant_id, code_id)
    async with services.system(caller.tenant_id, reason="oauth", actor=caller.actor) as ctx:
        await queries.add_code(
            ctx,
            code_id,
            code_hash=tokens.digest(code),
            client_id=asked.client.id,
            user_id=caller.user_id,
            profile_id=caller.profile_id,
            family_id=uuid7(),
            redirect_uri=asked.redirect_uri,
            scopes=asked.scopes,
            code_challenge=asked.code_challenge,
        )
        ctx.note("oauth.agree", oauth_clients, asked.client.id, {"scopes": list(asked.scopes)})
    return with_query(asked.redirect_uri, {"code": code, "state": asked.state})


def with_query(uri: str, values: Mapping[str, str]) -> str:
    """The address with more parameters; empty ones are left out."""
    given = urlencode({name: value for name, value in values.items() if value})
    return f"{uri}{'&' if '?' in uri else '?'}{given}" if given else uri
