"""A browser without a screen: cookies, forms with their token, and what a page says."""

import html
import re
from datetime import timedelta
from typing import Any

import httpx2

from infra.kernel.ids import uuid7
from tenants.credentials import queries as credentials
from tenants.signin.sessions import open_session
from tests.world import PASSWORD, Actor, Tenant, World

HOST_PORT = 8000


class Browser:
    """One person's browser at one tenant's pages."""

    def __init__(self, world: World, slug: str) -> None:
        host = f"{slug}.localhost" if slug else "localhost"
        transport = httpx2.ASGITransport(app=world.app, raise_app_exceptions=False)
        self.http = httpx2.AsyncClient(
            transport=transport,
            base_url=f"http://{host}:{HOST_PORT}",
            headers={"Accept": "text/html", "Accept-Language": "en"},
        )
        world._clients.append(self.http)  # closed with the world
        self.page = ""

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        answer = await self.http.get(path, **options)
        self.page = answer.text
        return answer

    async def post(
        self, path: str, fields: dict[str, str], files: Any = None, **options: Any
    ) -> httpx2.Response:
        """Send the form as the page before had it, with its token."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        values = {"csrf_token": token[1] if token else ""} | fields
        answer = await self.http.post(path, data=values, files=files, **options)
        self.page = answer.text
        return answer

    async def follow(self, answer: httpx2.Response) -> httpx2.Response:
        assert answer.status_code == 303, answer.text
        return await self.get(answer.headers["location"])

    @property
    def text(self) -> str:
        """What a person reads of the page."""
        bare = re.sub(r"<script.*?</script>", " ", self.page, flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())

    @property
    def faults(self) -> list[str]:
        """The error summary."""
        found = re.search(r'class="error-summary".*?</section>', self.page, re.DOTALL)
        lines = re.findall(r"<li>(.*?)</li>", found[0], re.DOTALL) if found else []
        return [html.unescape(re.sub(r"<[^>]+>", "", line)) for line in lines]


async def browser_of(actor: Actor, tenant: Tenant, at: Tenant | None = None) -> Browser:
    """A browser in which the person is signed in, at their own tenant's pages or another's."""
    browser = Browser(tenant.world, (at or tenant).slug)
    assert actor.caller.user_id
    async with tenant.world.services.system(tenant.id, reason="test") as ctx:
        session = await open_session(ctx, actor.caller.user_id)
    browser.http.cookies.set("atrium_session", session.token)
    return browser


async def session_as(actor: Actor, tenant: Tenant) -> str:
    """A session in which somebody acts as this profile, whichever theirs usually is."""
    caller = actor.caller
    async with tenant.world.services.system(caller.tenant_id, reason="test") as ctx:
        issued = await credentials.issue(
            ctx, "session", lifetime=timedelta(hours=1), user_id=caller.user_id,
            profile_id=caller.profile_id,
        )  # fmt: skip
    return issued.token


async def signed_in_as(actor: Actor, tenant: Tenant) -> Browser:
    """A browser in which the person acts as this profile."""
    browser = Browser(tenant.world, tenant.slug)
    browser.http.cookies.set("atrium_session", await session_as(actor, tenant))
    return browser


async def a_clerk(tenant: Tenant, *roles: str, name: str = "Karl Clerk") -> Actor:
    """An employee who has these roles and no other profile to begin with."""
    email = f"{uuid7().hex[-10:]}@staff.example.com"
    user = await tenant.admin.do(
        "users.create", email=email, name=name, password=PASSWORD, roles=list(roles)
    )
    (profile,) = await tenant.admin.list("profiles", user_id=str(user["id"]))
    return await tenant.world.actor(tenant, profile["id"])


async def a_product(
    tenant: Tenant, name: str = "Fibre 900 Business", **owner: Any
) -> dict[str, Any]:
    """A product that somebody owns, with a promise on it."""
    admin = tenant.admin
    model = await admin.do(
        "product_models.create", name=name, code=name[:6].upper().replace(" ", ""), kind="service"
    )
    sold: dict[str, Any] = await admin.do(
        "sold_products.create", name=name, product_model_id=str(model["id"]),
        serial_number="HG-20-4471", **{key: str(value) for key, value in owner.items()},
    )  # fmt: skip
    await admin.do(
        "entitlements.create", name="Business Care", sold_product_id=str(sold["id"]),
        starts_on="2026-01-01", response_minutes=60, resolution_minutes=240,
    )  # fmt: skip
    return sold


async def an_article(
    tenant: Tenant, title: str, body: str, audience: str = "public"
) -> dict[str, Any]:
    """A published article."""
    admin = tenant.admin
    bases = await admin.list("knowledge_bases")
    base = bases[0] if bases else await admin.do("knowledge_bases.create", name="Internet")
    made: dict[str, Any] = await admin.do(
        "articles.create", title=title, body=body, knowledge_base_id=str(base["id"]),
        audience=audience,
    )  # fmt: skip
    await admin.do("articles.publish", made["id"])
    return made
