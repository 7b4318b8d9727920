"""A shop on another origin, as tests meet it: its module, its server's key, its customers."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import OctKey

from infra.kernel.ids import uuid7
from tests.world import Tenant, World

ORIGIN = "https://shop.example.com"


def claims_of(email: str | None = None, **changed: Any) -> dict[str, Any]:
    """What a shop's server says of somebody who signed in with it."""
    now = int(time.time())
    told: dict[str, Any] = {
        "sub": f"u-{uuid7().hex[-8:]}",
        "iat": now,
        "exp": now + 120,
        "jti": uuid7().hex,
    }
    if email:
        told["email"] = email
    return {k: v for k, v in (told | changed).items() if v is not None}


def signed(secret: str, claims: dict[str, Any], **header: Any) -> str:
    return jwt.encode({"alg": "HS256", "typ": "JWT"} | header, claims, OctKey.import_key(secret))


def by_hand(header: dict[str, Any], claims: Any, secret: bytes | None) -> str:
    """A token as an attacker writes it: any header, any key, with no library to refuse."""
    first, second = (_part(json.dumps(part).encode()) for part in (header, claims))
    if secret is None:
        return f"{first}.{second}."
    mark = hmac.digest(secret, f"{first}.{second}".encode(), hashlib.sha256)
    return f"{first}.{second}.{_part(mark)}"


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Shop:
    """One module and a browser on one of its pages."""

    world: World
    tenant: Tenant
    module: dict[str, Any]

    @property
    def key(self) -> str:
        return str(self.module["key"])

    @property
    def secret(self) -> str:
        return str(self.module["secret"])

    def page(self, origin: str | None = ORIGIN, token: str = "") -> httpx2.AsyncClient:
        headers = {"Origin": origin} if origin is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.world.http(headers)

    async def session(self, identity: str | None = None) -> dict[str, Any]:
        answer = await self.page().post(
            "/embed/v1/session", json={"module": self.key, "identity": identity}
        )
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def as_(self, email: str | None = None, **changed: Any) -> httpx2.AsyncClient:
        """A page whose reader the shop vouches for."""
        told = await self.session(signed(self.secret, claims_of(email, **changed)))
        assert told["identified"], told
        return self.page(token=told["token"])

    async def stranger(self) -> httpx2.AsyncClient:
        return self.page(token=(await self.session())["token"])

    async def change(self, **values: Any) -> None:
        await self.tenant.admin.do("modules.update", self.module["id"], **values)


async def a_shop(world: World, tenant: Tenant, **values: Any) -> Shop:
    given: dict[str, Any] = {"name": "Shop", "origins": [ORIGIN]}
    made = await tenant.admin.do("modules.create", **(given | values))
    return Shop(world, tenant, made.model_dump(mode="json"))


async def an_article(tenant: Tenant, title: str, body: str, **values: Any) -> dict[str, Any]:
    """A published article, public unless said otherwise."""
    shelf = values.pop("knowledge_base_id", None)
    if shelf is None:
        shelf = str((await tenant.admin.do("knowledge_bases.create", name=f"Help {title}"))["id"])
    made: dict[str, Any] = await tenant.admin.do(
        "articles.create",
        title=title,
        body=body,
        knowledge_base_id=shelf,
        audience=values.pop("audience", "public"),
    )
    await tenant.admin.do("articles.publish", made["id"])
    return made
