"""A desk whose tenant has an endpoint of its own, on loopback, in whatever mood a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ai.providers import Providers
from infra.kernel.egress import Egress
from infra.kernel.worker_loop import Worker
from tests.ai.fake_endpoint import FakeEndpoint, fake_endpoint
from tests.service.desk import Desk, a_desk
from tests.world import World


@dataclass
class Modelled:
    """The desk, its world and its endpoint."""

    world: World
    desk: Desk
    endpoint: FakeEndpoint

    async def use_for(self, purpose: str, desk: Desk | None = None) -> None:
        """Have the endpoint work for a tenant."""
        await (desk or self.desk).admin.do(
            "ai_endpoints.create",
            purpose=purpose,
            base_url=self.endpoint.base_url,
            model="m",
            api_key="sk-canary-key",
        )

    def says(self, *sentences: tuple[str, list[int]]) -> None:
        """What the model answers from now on."""
        self.endpoint.content = json.dumps(
            {"sentences": [{"text": text, "passages": numbers} for text, numbers in sentences]}
        )

    async def summarized(self, case: dict[str, Any], who: Any = None) -> Any:
        """Ask for a summary, let it be written, and look at it."""
        actor = who or self.desk.agent
        accepted = await actor.do("cases.summarize", case["id"])
        assert accepted["job"]
        await self.done()
        return await actor.do("cases.summary", case["id"])

    async def done(self) -> None:
        """Do the background work, that of slow jobs too."""
        worker = Worker(self.world.services)
        for _ in range(200):
            await worker.drain(self.desk.tenant.id)
            if not await self.world.pending(self.desk.tenant):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("work is left")


@asynccontextmanager
async def modelled(world: World) -> AsyncIterator[Modelled]:
    """A desk in an application that may go to the fake endpoint for as long as this lasts."""
    services = world.services
    usual, usual_egress = services.settings, services.get(Egress)
    async with fake_endpoint() as fake:
        place = urlsplit(fake.base_url).netloc
        services.settings = replace(usual, egress_allow_private=(place,))
        egress = Egress(services.settings)
        services.provide(egress)
        services.provide(Providers(egress.client))
        try:
            yield Modelled(world, await a_desk(await world.tenant()), fake)
        finally:
            await egress.aclose()
            services.settings = usual
            services.provide(usual_egress)
            services.provide(Providers(usual_egress.client))
