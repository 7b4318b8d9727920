"""Identity tokens of a provider are the one place of this floor where JWTs come in."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from infra.kernel.errors import Unauthorized
from tenants.oidc.provider import read_identity

ISSUER, CLIENT, NONCE = "https://id.example.test", "atrium", "n-1"
KEY = RSAKey.generate_key(2048, {"kid": "k1"})
EVIL = RSAKey.generate_key(2048, {"kid": "k1"})
KEYS = {"keys": [KEY.as_dict(private=False)]}


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    sound = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "u1",
        "iat": now,
        "exp": now + 300,
        "nonce": NONCE,
    }
    return {name: value for name, value in (sound | more).items() if value is not None}


def signed(body: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    return jwt.encode({"alg": "RS256", "kid": "k1"} | header, body, key)


def raw(header: dict[str, Any], body: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(body).encode()]
    texts = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, signature)]
    return ".".join(texts)


def read(token: str, keys: dict[str, Any] = KEYS) -> dict[str, Any]:
    return read_identity(token, keys, issuer=ISSUER, client_id=CLIENT, nonce=NONCE)


def test_a_sound_token_is_believed() -> None:
    assert read(signed(claims()))["sub"] == "u1"


@pytest.mark.parametrize("alg", ["none", "NONE", "None", "nOnE", ""])
def test_no_signature_is_no_identity(alg: str) -> None:
    with pytest.raises(Unauthorized):
        read(raw({"alg": alg, "kid": "k1"}, claims()))


def test_the_public_key_is_no_shared_secret() -> None:
    for secret in (KEY.as_pem(private=False), json.dumps(KEY.as_dict(private=False)).encode()):
        header = {"alg": "HS256", "kid": "k1"}
        head = raw(header, claims()).rpartition(".")[0]
        signature = hmac.new(secret, head.encode(), hashlib.sha256).digest()
        with pytest.raises(Unauthorized):
            read(raw(header, claims(), signature))


def test_a_symmetric_key_in_the_providers_set_is_not_used() -> None:
    secret = OctKey.import_key("a" * 32, {"kid": "k1"})
    token = jwt.encode({"alg": "HS256", "kid": "k1"}, claims(), secret, algorithms=["HS256"])
    with pytest.raises(Unauthorized):
        read(token, {"keys": [secret.as_dict(private=True)]})


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": EVIL.as_dict(private=False)},
        {"jku": "https://evil.test/keys"},
        {"x5u": "https://evil.test/cert"},
        {"kid": "../../../../dev/null"},
        {"kid": "' OR 1=1 --"},
        {"kid": "https://evil.test/key"},
    ],
)
def test_keys_that_the_token_names_are_not_looked_at(header: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized):
        read(signed(claims(), EVIL, **header))


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": None},
        {"exp": int(time.time()) - 3600},
        {"exp": int(time.time()) + 10 * 365 * 86400},
        {"exp": "tomorrow"},
        {"iat": int(time.time()) + 3600},
        {"iat": None},
        {"nbf": int(time.time()) + 3600},
        {"aud": "somebody-else"},
        {"aud": ["somebody-else", "another"]},
        {"aud": None},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"iss": "https://evil.test"},
        {"iss": None},
        {"iss": ISSUER + "/"},
        {"nonce": "n-2"},
        {"nonce": None},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
    ],
)
def test_claims_that_are_not_for_us_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized):
        read(signed(claims(**wrong)))


@pytest.mark.parametrize(
    "text", ["", "a.b.c", "...", "x" * 5000, "e30.e30.", "\u00e9.\u00e9.\u00e9"]
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(Unauthorized):
        read(text)
