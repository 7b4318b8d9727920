"""A person's window in the story, and everything that is wrong with what it shows."""

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Expect, Page

from backend.demo.seeding import PASSWORD, Seeded
from tests.portals.screen import SHOTS

PHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 800}
SECONDS_MAX = 20
expect = Expect()
expect.set_options(timeout=SECONDS_MAX * 1000)
_DRAWN = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 60)))"


@dataclass
class Window:
    """One person's browser; `faults` collects what a careful onlooker would object to."""

    page: Page
    hosts: set[str]
    shots: Path
    refusals: tuple[int, ...] = ()
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Hear the console, and note who is asked."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.set_default_timeout(SECONDS_MAX * 1000)

    def _said(self, message: ConsoleMessage) -> None:
        # An address that is refused on purpose is logged by the browser as a failed load.
        meant = any(f"status of {status}" in message.text for status in self.refusals)
        if message.type in {"error", "warning"} and not meant:
            self.faults.append(message.text)

    def _asked(self, url: str) -> None:
        place = urlsplit(url)
        if place.scheme not in {"data", "blob"} and place.netloc not in self.hosts:
            self.faults.append(f"asked a foreign host: {url}")

    async def sign_in(self, tenant: Seeded, key: str) -> None:
        """By the form, as anybody does."""
        await self.page.goto(f"{tenant.url.rstrip('/')}/signin")
        await self.page.get_by_label("Email").fill(tenant.person(key)["email"])
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in").click()
        await expect(self.page.get_by_label("Password")).to_have_count(0)

    async def look(self, name: str) -> None:
        """Inspect the page as it stands, and keep a picture of it."""
        await self.page.evaluate(_DRAWN)
        found = await Axe().run(self.page)
        self.faults += [
            f"{name}: {each['id']} at {each['nodes'][0]['html'][:160]}"
            for each in found.response["violations"]
        ]
        size: Any = self.page.viewport_size
        if await self.page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            self.faults.append(f"{name}: scrolls sideways at {size['width']} px")
        await self.page.screenshot(path=self.shots / f"{name}.png")


@contextlib.asynccontextmanager
async def a_window(
    chromium: Browser,
    hosts: set[str],
    shots: Path,
    size: dict[str, int],
    *,
    refusals: tuple[int, ...] = (),
) -> AsyncIterator[Window]:
    """A fresh browser of somebody; ends with a look at what was wrong in it."""
    context = await chromium.new_context(
        locale="en-GB",
        viewport=size,  # type: ignore[arg-type]
        color_scheme="light",
        reduced_motion="reduce",
    )
    window = Window(await context.new_page(), hosts, shots, refusals)
    window.watch()
    try:
        yield window
    except BaseException:
        with contextlib.suppress(Exception):
            await window.page.screenshot(path=shots / "where-it-stopped.png", full_page=True)
        if window.faults:
            print("\n".join(window.faults))
        raise
    finally:
        await context.close()
    assert window.faults == [], "\n".join(window.faults)


def shots_in(made: Path) -> Path:
    """Where pictures go: the folder that was asked for, or one that goes with the run."""
    folder = Path(os.environ.get(SHOTS) or made)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
