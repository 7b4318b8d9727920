"""Authlib's authorization server over rows that were fetched, and locked, before it is asked.

Authlib decides, synchronously and by the letter of RFC 6749, 7636 and 9700. It sees only what lies
on the desk: the client, the code and the refresh token that the request names. What it decides to
issue or end is noted, and written by whoever holds the transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidScopeError
from authlib.oauth2.rfc6749.grants import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge

from tenants import tokens
from tenants.oauth.models import ClientKind, OAuthClient

ACCESS_SECONDS = 3600
Answer = tuple[int, Any, list[tuple[str, str]]]


class Client(ClientMixin):  # type: ignore[misc]
    """A registered program, as Authlib asks about it."""

    def __init__(self, row: OAuthClient, public_id: str) -> None:
        self.row = row
        self.public_id = public_id

    def get_client_id(self) -> str:
        return self.public_id

    def get_default_redirect_uri(self) -> str | None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The asked-for scopes, all of them or none; without any, all that the client may have."""
        wanted = (scope or "").split() or list(self.row.scopes)
        return " ".join(wanted) if set(wanted) <= set(self.row.scopes) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.row.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        stored = self.row.secret_hash
        return stored is not None and tokens.same(stored, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """A client with a secret proves it; one without never claims to."""
        return (method == "none") == (self.row.kind == ClientKind.PUBLIC)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.row.grant_types


@dataclass
class Code:
    """An authorization code that is fresh and unused."""

    id: UUID
    client_id: str
    user_id: UUID
    profile_id: UUID
    family_id: UUID
    redirect_uri: str
    scopes: list[str]
    code_challenge: str
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.scopes)


@dataclass
class Refresh:
    """A refresh token that is in force."""

    id: UUID
    client_id: str
    user_id: UUID
    profile_id: UUID
    family_id: UUID
    scopes: list[str]

    def check_client(self, client: Client) -> bool:
        return client.get_client_id() == self.client_id

    def get_scope(self) -> str:
        return " ".join(self.scopes)


@dataclass
class Decided:
    """What is to be written once Authlib has said yes."""

    grant_type: str = ""
    scopes: list[str] = field(default_factory=list)
    with_refresh: bool = False
    used: Code | Refresh | None = None
    is_granted: bool = False


class StrictChallenge(CodeChallenge):  # type: ignore[misc]
    """PKCE for every client, by S256 only."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012


class _Code(AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]  # noqa: RUF012

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        found = self.server.code
        return found if found and found.client_id == client.get_client_id() else None

    def authenticate_user(self, code: Code) -> UUID | None:
        return code.user_id if self.server.is_person_in_force else None

    def delete_authorization_code(self, code: Code) -> None:
        self.server.decided.used = code


class _Refresh(RefreshTokenGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]  # noqa: RUF012
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, _text: str) -> Refresh | None:
        found: Refresh | None = self.server.refresh
        return found

    def authenticate_user(self, refresh: Refresh) -> UUID | None:
        return refresh.user_id if self.server.is_person_in_force else None

    def revoke_old_credential(self, refresh: Refresh) -> None:
        self.server.decided.used = refresh


class _Credentials(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012


class Desk(AuthorizationServer):  # type: ignore[misc]
    """One token request, with all that it may touch."""

    def __init__(
        self,
        client: Client | None,
        *,
        code: Code | None = None,
        refresh: Refresh | None = None,
        is_person_in_force: bool = False,
    ) -> None:
        super().__init__()
        self.client = client
        self.code = code
        self.refresh = refresh
        self.is_person_in_force = is_person_in_force
        self.decided = Decided()
        self.register_token_generator("default", self._note)
        self.register_grant(_Credentials)
        self.register_grant(_Code, [StrictChallenge(required=True)])
        self.register_grant(_Refresh)

    def ask(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """The answer to a token request; what it entails is in `decided`."""
        answer: Answer = self.create_token_response(_Request(form, headers))
        return answer

    def query_client(self, client_id: str) -> Client | None:
        return self.client if self.client and self.client.public_id == client_id else None

    def validate_requested_scope(self, scope: str | None) -> None:
        if self.client is None or self.client.get_allowed_scope(scope) is None:
            raise InvalidScopeError

    def save_token(self, _token: dict[str, Any], _request: OAuth2Request) -> None:
        """Nothing yet: rows are written by whoever holds the transaction."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        return status, body, headers

    def _note(
        self,
        grant_type: str,
        client: Client,
        user: UUID | None = None,
        scope: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = True,
    ) -> dict[str, Any]:
        granted = client.get_allowed_scope(scope) or ""
        self.decided.grant_type = grant_type
        self.decided.scopes = granted.split()
        self.decided.with_refresh = include_refresh_token
        self.decided.is_granted = True
        return {"token_type": "Bearer", "expires_in": ACCESS_SECONDS, "scope": granted}


class _Request(OAuth2Request):  # type: ignore[misc]
    """A token request. Transport security is the proxy's; the address here is only a name."""

    def __init__(self, form: Mapping[str, str], headers: Mapping[str, str]) -> None:
        super().__init__("POST", "https://atrium.invalid/oauth/token", headers=dict(headers))
        self._form = dict(form)
        self.payload = BasicOAuth2Payload(self._form)

    @property
    def form(self) -> dict[str, str]:
        return self._form
