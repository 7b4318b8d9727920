"""Where the story is played: a server, a worker and a shop, each for itself, over a database that
only the story uses, with the demo's two tenants in it."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial

import httpx2
import uvicorn

from backend.demo.client import told
from backend.demo.seeding import Seeded, seed_bank, seed_telecom
from backend.demo.story import close_all
from backend.demo.telling import Teller
from embeddables.demo_site import Shop, create_shop
from infra.embedded.keeper import die_with_parent
from infra.kernel.config import Settings
from tests.serving import ROOT, serving


@dataclass
class Town:
    """The two tenants, and the shop that embeds the first one's widgets."""

    shop: str
    telecom: Seeded
    bank: Seeded

    @property
    def hosts(self) -> set[str]:
        """Whom a browser of the story may ask."""
        return {self.telecom.host, self.bank.host, self.shop.split("//")[1]}

    async def receive(self, message: bytes) -> dict[str, str]:
        """A mail reaches the bank's business desk."""
        answer: dict[str, str] = told(
            await self.bank.admin.http.post(
                f"/api/v1/mailboxes/{self.bank.ids['mailbox']}/receive",
                content=message,
                headers={"Content-Type": "message/rfc822"},
            )
        )
        return answer

    async def flood(self, cases: int) -> int:
        """Cases reach the telecom all at once; answers how many were taken in."""
        body = {"subject": "Area outage", "consumer_id": self.telecom.ids["tomas"]}
        half = {"operations": [{"op": "create", "body": body | {"channel": "web"}}] * (cases // 2)}
        answers = await asyncio.gather(
            *(self.telecom.admin.post("/api/v1/cases/bulk", half) for _ in range(2))
        )
        return sum(each["status"] == 201 for answer in answers for each in answer["results"])


@contextlib.asynccontextmanager
async def a_town(settings: Settings) -> AsyncIterator[Town]:
    """Seeded through the public API, as the demo does it."""
    with socket.socket() as listening, serving(settings, with_worker=False) as base_url:
        listening.bind(("127.0.0.1", 0))
        shop_url = f"http://shop.localhost:{listening.getsockname()[1]}"
        with _worker(settings, base_url), _letters_in(settings):
            await _ready(base_url)
            tell = Teller()
            telecom = await seed_telecom(base_url, settings.operator_key, tell, shop_url)
            bank = await seed_bank(base_url, settings.operator_key, tell)
            async with _a_shop(telecom, listening):
                yield Town(shop_url, telecom, bank)
            await close_all(telecom.admin, bank.admin)


@contextlib.contextmanager
def _worker(settings: Settings, base_url: str) -> Iterator[None]:
    """Background work in a process of its own."""
    environment = {
        **os.environ,
        "ATRIUM_APP_DSN": settings.app_dsn,
        "ATRIUM_OWNER_DSN": settings.owner_dsn,
        "ATRIUM_REDIS_URL": settings.redis_url,
        "ATRIUM_BASE_URL": base_url,
        "ATRIUM_SECRET_KEY": settings.secret_key,
        "ATRIUM_DATA_DIR": str(settings.data_dir),
        "ATRIUM_LOG_LEVEL": "warning",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "backend.cli", "worker"],
        cwd=ROOT,
        env=environment,
        preexec_fn=partial(die_with_parent, os.getpid(), signal.SIGTERM),  # noqa: PLW1509 - as in serving
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def _letters_in(settings: Settings) -> Iterator[None]:
    """The demo reads its invitations where this server drops them."""
    before = os.environ.get("ATRIUM_DATA_DIR")
    os.environ["ATRIUM_DATA_DIR"] = str(settings.data_dir)
    try:
        yield
    finally:
        os.environ.pop("ATRIUM_DATA_DIR")
        if before is not None:
            os.environ["ATRIUM_DATA_DIR"] = before


async def _ready(base_url: str) -> None:
    async with httpx2.AsyncClient(base_url=base_url, timeout=5) as client, asyncio.timeout(30):
        while (await client.get("/health/ready")).status_code != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def _a_shop(telecom: Seeded, listening: socket.socket) -> AsyncIterator[None]:
    """Somebody else's site, which knows the module's key and keeps its secret."""
    module, noor = telecom.modules[0], telecom.person("noor")
    shop = Shop(
        telecom.url.rstrip("/"), module["key"], module["secret"], noor["email"], noor["name"]
    )
    config = uvicorn.Config(
        create_shop(lambda: shop), lifespan="off", log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve(sockets=[listening]))
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
            await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await task
