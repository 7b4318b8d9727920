"""The real worker over the house and the bench's own jobs: `python -m bench.worker`."""

import asyncio

from backend.parts import provide
from bench import domain
from infra.kernel.config import load
from infra.kernel.logs import set_up_logs
from infra.kernel.services import Services
from infra.kernel.worker_loop import run_worker


async def work() -> None:
    """Work until SIGINT."""
    set_up_logs(30)
    services = await Services.open(load(), domain.registry())
    try:
        await provide(services)
        await run_worker(services)
    finally:
        await services.close()


if __name__ == "__main__":
    asyncio.run(work())
