"""The web application: every floor put together. Nothing imports this but the command line."""

import contextlib
import os
from collections.abc import AsyncIterator

import asyncpg
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.domains import DOMAINS
from backend.parts import admit, begin_work, provide, settle_memory
from backend.version import VERSION
from embeddables.assets import is_embeddable
from infra.kernel import contract, telemetry
from infra.kernel.admission import LimitsToldMiddleware
from infra.kernel.config import Settings, load
from infra.kernel.described import described
from infra.kernel.errors import Problem
from infra.kernel.headers import SecurityHeadersMiddleware
from infra.kernel.health import Health, standard_probes
from infra.kernel.limits import BodyLimitMiddleware
from infra.kernel.live import LiveHub, StreamMiddleware
from infra.kernel.openapi import Document
from infra.kernel.publishing import PublishedContract
from infra.kernel.registry import Registry
from infra.kernel.rest import PREFIX, Api
from infra.kernel.services import Services
from infra.kernel.wakeups import Wakeups
from infra.migrations import runner
from portals.pages import answer
from portals.uploads import takes_files
from tenants.signin.requests import identify

INLINE_WORKER = "ATRIUM_INLINE_WORKER"
_BULK_BODIES = 10
_JSON, _ANY_OBJECT = "application/json", {"type": "object"}
_HANDLERS = dict.fromkeys(
    (Problem, HTTPException, asyncpg.PostgresError, asyncpg.InterfaceError, RedisError, Exception),
    answer,
)


def create_app(settings: Settings | None = None, *, with_worker: bool | None = None) -> Starlette:
    """The application; `with_worker` does the background work in this process too."""
    chosen = settings or load()
    registry = Registry(DOMAINS)
    if with_worker is None:
        with_worker = os.environ.get(INLINE_WORKER) == "1"
    routes: list[BaseRoute] = [
        *contract.routes,
        Route("/health/live", _live),
        Route("/health/ready", _ready),
        Route("/metrics", _metrics),
    ]
    for domain in registry.domains:
        routes += domain.routes

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            services = await Services.open(chosen, registry)
            stack.push_async_callback(services.close)
            await provide(services)
            stack.push_async_callback(services.get(Wakeups).settle)
            app.state.services = services
            app.state.health = _health(services)
            telemetry.observe_pool(services.database.pool)
            hub = LiveHub(services)
            services.provide(hub)
            telemetry.observe_streams(hub)
            stack.push_async_callback(hub.close)
            if with_worker:
                await stack.enter_async_context(begin_work(services))
            settle_memory()
            yield

    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers=_HANDLERS)
    app.state.authenticate = identify
    app.state.admit = admit
    document = Document(registry, routes)
    app.state.contract = PublishedContract(lambda: document.build(version=VERSION))
    _wrap(app, chosen)
    return app


class ApiGate:
    """Hands the registry's addresses to its dispatcher, all others to the routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._api: Api | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        if self._api is None:
            self._api = Api(scope["app"].state.services, identify, self._app, admit)
        await self._api(scope, receive, send)


def _wrap(app: Starlette, settings: Settings) -> None:
    """From the inside out: what is added last is asked first."""
    app.add_middleware(ApiGate)
    app.add_middleware(
        BodyLimitMiddleware,
        json_bytes_max=settings.json_bytes_max * _BULK_BODIES,
        attachment_bytes_max=settings.attachment_bytes_max,
        is_upload=takes_files,
    )
    app.add_middleware(
        SecurityHeadersMiddleware,
        production=settings.is_production,
        is_embeddable=is_embeddable,
    )
    app.add_middleware(LimitsToldMiddleware)
    app.add_middleware(telemetry.TelemetryMiddleware)
    app.add_middleware(StreamMiddleware)


def _health(services: Services) -> Health:
    settings = services.settings
    return Health(
        standard_probes(
            app_dsn=settings.app_dsn,
            redis=services.redis,
            files_dir=settings.files_dir,
            pending_migrations=lambda: runner.pending(settings.app_dsn),
        )
    )


@described(
    "health.live", tag="health", answers={200: (_JSON, _ANY_OBJECT)}, problems=(), security=()
)
async def _live(request: Request) -> Response:
    """The process answers."""
    health: Health = request.app.state.health
    return await health.live(request)


@described(
    "metrics",
    tag="health",
    answers={200: ("application/openmetrics-text", {"type": "string"})},
    problems=(),
    security=(),
)
async def _metrics(request: Request) -> Response:
    """Counters, gauges and times in the OpenMetrics format."""
    health: Health = request.app.state.health
    await health.findings()
    return await telemetry.metrics(request)


@described(
    "health.ready",
    tag="health",
    answers={200: (_JSON, _ANY_OBJECT), 503: (_JSON, _ANY_OBJECT)},
    problems=(),
    security=(),
)
async def _ready(request: Request) -> Response:
    """Whether all vital dependencies work, each by name."""
    health: Health = request.app.state.health
    return await health.ready(request)
