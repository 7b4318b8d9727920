"""Talking to a provider: discovery, keys, the code exchange, and reading the identity token.

Every address comes from the configured issuer's own document, every request goes through the
guarded way out, and a token counts only with a signature of an allowed algorithm by a key of that
issuer, for our client, with our nonce, in time.
"""

import base64
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from infra.kernel.config import Settings
from infra.kernel.egress import Answer, Egress, EgressFailed, EgressRefused, url_fault
from infra.kernel.errors import Unauthorized, Unavailable
from tenants.oidc.models import IdentityProvider

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
LEEWAY_SECONDS = 60
TOKEN_SECONDS_MAX = 24 * 3600
_KEEP_SECONDS = 300.0


@dataclass(frozen=True)
class Metadata:
    """What a provider's discovery document says."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Providers:
    """Asks providers, and remembers their documents for some minutes."""

    def __init__(self, egress: Egress, settings: Settings) -> None:
        self._egress = egress
        self._settings = settings
        self._known: dict[str, tuple[float, Metadata]] = {}

    async def metadata(self, issuer: str) -> Metadata:
        """The issuer's document; raises Unavailable where it is not to be had or not its own."""
        found = self._known.get(issuer)
        if found and found[0] > time.monotonic():
            return found[1]
        document = await self._json("GET", f"{issuer}/.well-known/openid-configuration")
        names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        texts = [document.get(name) for name in names]
        if not all(isinstance(text, str) for text in texts):
            raise Unavailable("the identity provider's document is incomplete")
        metadata = Metadata(*map(str, texts))
        # RFC 8414 §3.3: a document that names another issuer is somebody else's.
        if metadata.issuer.rstrip("/") != issuer:
            raise Unavailable("the identity provider's document names another issuer")
        if url_fault(metadata.authorization_endpoint, self._settings):
            raise Unavailable("the identity provider's sign-in page has an address we do not go to")
        if len(self._known) > 1000:
            self._known.clear()
        self._known[issuer] = (time.monotonic() + _KEEP_SECONDS, metadata)
        return metadata

    async def start_url(
        self,
        provider: IdentityProvider,
        *,
        redirect_uri: str,
        state: str,
        nonce: str,
        verifier: str,
    ) -> str:
        """Where the browser goes to sign in."""
        metadata = await self.metadata(provider.issuer)
        url: str = prepare_grant_uri(
            metadata.authorization_endpoint,
            client_id=provider.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=" ".join(provider.scopes),
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return url

    async def identity(
        self,
        provider: IdentityProvider,
        client_secret: str,
        *,
        code: str,
        redirect_uri: str,
        nonce: str,
        verifier: str,
    ) -> dict[str, Any]:
        """The proven claims about whoever signed in; raises Unauthorized for anything less."""
        metadata = await self.metadata(provider.issuer)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
        }
        if client_secret:
            proof = f"{quote(provider.client_id, safe='')}:{quote(client_secret, safe='')}"
            headers["authorization"] = "Basic " + base64.b64encode(proof.encode()).decode()
        else:
            form["client_id"] = provider.client_id
        answer = await self._json(
            "POST", metadata.token_endpoint, headers=headers, content=urlencode(form).encode()
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Unauthorized("the identity provider sent no identity")
        keys = await self._json("GET", metadata.jwks_uri)
        return read_identity(
            token, keys, issuer=metadata.issuer, client_id=provider.client_id, nonce=nonce,
            access_token=str(answer.get("access_token") or ""),
        )  # fmt: skip

    async def _json(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        try:
            answer: Answer = await self._egress.request(method, url, **options)
        except (EgressRefused, EgressFailed) as error:
            raise Unavailable("the identity provider is out of reach") from error
        if answer.status != 200:
            if method == "POST" and 400 <= answer.status < 500:
                raise Unauthorized("the identity provider refused the code")
            raise Unavailable("the identity provider is out of order")
        try:
            document = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            document = None
        if not isinstance(document, dict):
            raise Unavailable("the identity provider's answer cannot be read")
        return document


def read_identity(
    token: str,
    keys: dict[str, Any],
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str = "",
    now: int | None = None,
) -> dict[str, Any]:
    """The claims of an identity token (OpenID Connect Core §3.1.3.7); raises Unauthorized."""
    try:
        parsed = jwt.decode(
            token,
            key=_public_keys(keys),
            registry=JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False),
        )
        claims = CodeIDToken(
            parsed.claims,
            parsed.header,
            options={"iss": {"essential": True, "value": issuer}},
            params={"nonce": nonce, "client_id": client_id, "access_token": access_token},
        )
        moment = int(time.time()) if now is None else now
        claims.validate(now=moment, leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise Unauthorized("the identity cannot be trusted") from error
    _require_for_us(parsed.claims, client_id, moment)
    return dict(parsed.claims)


def _public_keys(keys: dict[str, Any]) -> KeySet:
    """The issuer's public keys. A symmetric key among them could have been anybody's, and keys
    that the token itself brings along are never looked at."""
    listed = keys.get("keys")
    public = [
        key
        for key in (listed if isinstance(listed, list) else [])
        if isinstance(key, dict) and key.get("kty") in {"RSA", "EC", "OKP"} and "d" not in key
    ]
    return KeySet.import_key_set({"keys": public})


def _require_for_us(claims: dict[str, Any], client_id: str, now: int) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    subject = claims.get("sub")
    issued = claims.get("iat")
    if client_id not in audiences:
        raise Unauthorized("the identity is meant for somebody else")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Unauthorized("the identity names nobody")
    if not isinstance(issued, int | float) or issued > now + LEEWAY_SECONDS:
        raise Unauthorized("the identity is not from now")
    if claims["exp"] - now > TOKEN_SECONDS_MAX:
        raise Unauthorized("the identity would be good for too long")
