"""The worker process: background work apart from the web application."""

import asyncio
import logging

from backend.domains import DOMAINS
from backend.parts import provide, settle_memory
from infra.kernel.config import load
from infra.kernel.logs import set_up_logs
from infra.kernel.registry import Registry
from infra.kernel.services import Services
from infra.kernel.telemetry import set_up_tracing
from infra.kernel.worker_loop import run_worker


def run() -> None:
    """Work until SIGTERM or SIGINT."""
    asyncio.run(_work())


async def _work() -> None:
    settings = load()
    set_up_logs(logging.getLevelNamesMapping()[settings.log_level.upper()])
    set_up_tracing(settings.otlp_endpoint)
    services = await Services.open(settings, Registry(DOMAINS))
    try:
        await provide(services)
        settle_memory()
        await run_worker(services)
    finally:
        await services.close()
