"""The worker process: background work apart from the web application."""

import asyncio

from backend.domains import DOMAINS
from backend.parts import provide
from infra.kernel.config import load
from infra.kernel.registry import Registry
from infra.kernel.services import Services
from infra.kernel.worker_loop import run_worker


def run() -> None:
    """Work until SIGTERM or SIGINT."""
    asyncio.run(_work())


async def _work() -> None:
    services = await Services.open(load(), Registry(DOMAINS))
    try:
        await provide(services)
        await run_worker(services)
    finally:
        await services.close()
