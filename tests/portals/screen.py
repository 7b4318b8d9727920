"""A real browser before the real application: what it shows, what it complains about."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright
from starlette.applications import Starlette

from backend.parts import begin_work
from infra.kernel.services import Services
from tenants.signin.sessions import open_session
from tests.guards import chromium as browser_path
from tests.world import Actor, Tenant

SHOTS = "ATRIUM_SCREENSHOTS"
WIDTHS = (360, 1280)
_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Server:
    """The application on a loopback port, with its background work."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, tenant: Tenant, path: str = "/") -> str:
        return f"http://{tenant.slug}.localhost:{self.port}{path}"


@pytest_asyncio.fixture(scope="session")
async def server(app: Starlette, services: Services) -> AsyncIterator[Server]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        config = uvicorn.Config(app, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        serving = uvicorn.Server(config)
        serving.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        async with begin_work(services):
            task = asyncio.create_task(serving.serve(sockets=[listening]))
            while not serving.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
                await asyncio.sleep(0.01)
            yield Server(port)
            serving.should_exit = True
            with contextlib.suppress(asyncio.CancelledError):
                await task


@pytest_asyncio.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(
            executable_path=browser_path(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield opened
        await opened.close()


class Screen:
    """One person's window."""

    def __init__(self, server: Server, tenant: Tenant, context: BrowserContext, page: Page) -> None:
        self.server = server
        self.tenant = tenant
        self.context = context
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.set_default_timeout(10_000)

    def _said(self, message: ConsoleMessage) -> None:
        # A refused form answers 4xx; the browser logs that as a failed load, which it is not.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    async def open(self, path: str) -> None:
        await self.page.goto(self.server.url(self.tenant, path))

    async def act_as(self, token: str) -> None:
        """Be signed in with this session."""
        await self.context.add_cookies(
            [
                {
                    "name": "atrium_session",
                    "value": token,
                    "url": self.server.url(self.tenant),
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )

    async def inspect(self, name: str) -> list[str]:
        """What is wrong with the page as it stands, at both widths and in both looks."""
        wrong: list[str] = []
        for scheme in ("light", "dark"):
            await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            for width in WIDTHS:
                await self.page.set_viewport_size({"width": width, "height": 800})
                await self._settle()
                place = f"{name} {scheme} {width}"
                await self.page.evaluate(_DRAWN)
                found = await Axe().run(self.page)
                wrong += [f"{place}: {_finding(each)}" for each in found.response["violations"]]
                if await self.page.evaluate("document.documentElement.scrollWidth") > width:
                    wrong.append(f"{place}: scrolls sideways")
                await self._shoot(place)
        return wrong

    async def _settle(self) -> None:
        """Until colours of the other look are painted: axe must not see half of each."""
        await self.page.evaluate(
            "new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))"
        )

    async def _shoot(self, place: str) -> None:
        if folder := os.environ.get(SHOTS):
            path = Path(folder) / f"{place.replace(' ', '-')}.png"
            await self.page.screenshot(path=path, full_page=True)


def _finding(violation: dict[str, Any]) -> str:
    nodes = "; ".join(str(node["html"])[:160] for node in violation["nodes"][:3])
    return f"{violation['id']} at {nodes}"


@contextlib.asynccontextmanager
async def window(
    chromium: Browser, server: Server, tenant: Tenant, **options: Any
) -> AsyncIterator[Screen]:
    """A fresh window on a tenant's pages; ends with a look at what the console said."""
    context = await chromium.new_context(**({"locale": "en-GB"} | options))
    page = await context.new_page()
    screen = Screen(server, tenant, context, page)
    try:
        yield screen
    finally:
        await context.close()
    assert screen.complaints == []


async def session_of(actor: Actor, tenant: Tenant) -> str:
    """A session in which the person is signed in."""
    from_world = tenant.world.services
    assert actor.caller.user_id
    async with from_world.system(tenant.id, reason="test") as ctx:
        return (await open_session(ctx, actor.caller.user_id)).token
