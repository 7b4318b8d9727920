"""What operators see: metrics, spans, and the request's line in the log.

Metrics carry no tenant and no path as it came, only route templates, so their number is bounded
and nothing private is in them. Spans are made only once tracing is set up.
"""

import logging
import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from typing import Any

from opentelemetry import trace
from opentelemetry.propagators.textmap import Getter
from opentelemetry.sdk.resources import Resource as TracedService
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
)
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars

from infra.kernel.ids import uuid7
from infra.kernel.logs import write_request
from infra.kernel.otlp import OtlpExporter

METRICS = CollectorRegistry()
REQUESTS = Counter(
    "atrium_http_requests", "Requests answered", ["method", "route", "status"], registry=METRICS
)
REQUEST_SECONDS = Histogram(
    "atrium_http_request_seconds",
    "Time from the request to the end of its answer",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=METRICS,
)
REQUESTS_RUNNING = Gauge("atrium_http_requests_running", "Requests in work", registry=METRICS)
POOL_SIZE = Gauge("atrium_pool_connections", "Open database connections", registry=METRICS)
POOL_IDLE = Gauge("atrium_pool_connections_idle", "Of them free", registry=METRICS)
JOBS_RUN = Counter("atrium_jobs_run", "Attempts at jobs", ["name", "outcome"], registry=METRICS)
JOB_SECONDS = Histogram(
    "atrium_job_seconds", "Time a job's attempt took", ["name"], registry=METRICS
)
JOB_WAIT = Histogram(
    "atrium_job_wait_seconds",
    "Time from the moment a job was due until it began",
    buckets=(0.005, 0.02, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600),
    registry=METRICS,
)
JOBS_DEAD = Counter("atrium_jobs_dead", "Jobs that gave up for good", ["name"], registry=METRICS)
RELAY_LAG = Gauge(
    "atrium_relay_lag_seconds", "Age of the oldest event told in the last turn", registry=METRICS
)
DEPENDENCY_UP = Gauge(
    "atrium_dependency_up", "Whether a dependency works", ["dependency"], registry=METRICS
)
STREAMS = Gauge("atrium_sse_connections", "Open event streams", registry=METRICS)
RATE_LIMITED = Counter(
    "atrium_rate_limited", "Requests refused by a rate limit", ["policy"], registry=METRICS
)

_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = ("/health/", "/metrics", "/static/")
_tracecontext = TraceContextTextMapPropagator()


class _Tracing:
    """Off until `set_up_tracing`; checking a flag is all that an unused span costs."""

    tracer: trace.Tracer | None = None


class _Headers(Getter[list[tuple[bytes, bytes]]]):
    def get(self, carrier: list[tuple[bytes, bytes]], key: str) -> list[str] | None:
        wanted = key.lower().encode()
        return [value.decode("latin-1") for name, value in carrier if name == wanted] or None

    def keys(self, carrier: list[tuple[bytes, bytes]]) -> list[str]:
        return [name.decode("latin-1") for name, _ in carrier]


def set_up_tracing(
    endpoint: str = "", *, exporter: SpanExporter | None = None, service: str = "atrium"
) -> TracerProvider | None:
    """Send spans to an OTLP/HTTP endpoint or, at once, to `exporter`; with neither, make none."""
    if not endpoint and exporter is None:
        _Tracing.tracer = None
        return None
    provider = TracerProvider(resource=TracedService.create({"service.name": service}))
    provider.add_span_processor(
        SimpleSpanProcessor(exporter) if exporter else BatchSpanProcessor(OtlpExporter(endpoint))
    )
    _Tracing.tracer = provider.get_tracer("atrium")
    return provider


def span(name: str, /, **facts: str | int | float | bool) -> AbstractContextManager[Any]:
    """A span around a piece of work: `with span("job", name="mail.send"):`."""
    tracer = _Tracing.tracer
    if tracer is None:
        return nullcontext()
    return tracer.start_as_current_span(
        name, attributes={f"atrium.{k}": v for k, v in facts.items()}
    )


def observe_pool(pool: Any) -> None:
    """Let the gauges of the database pool read it whenever they are asked."""
    POOL_SIZE.set_function(lambda: float(pool.get_size()))
    POOL_IDLE.set_function(lambda: float(pool.get_idle_size()))


def observe_streams(hub: Any) -> None:
    """Let the gauge of open event streams read the hub whenever it is asked."""
    STREAMS.set_function(lambda: float(hub.streams))


def observe_refusal(policy: Any) -> None:
    """For `RateLimiter.refused`."""
    RATE_LIMITED.labels(policy.name).inc()


@contextmanager
def observed_job(name: str) -> Iterator[None]:
    """Count and time one attempt at a job, in a span, with its name on every log line."""
    began, outcome = time.perf_counter(), "failed"
    try:
        with bound_contextvars(job=name), span("job", name=name):
            yield
        outcome = "done"
    finally:
        JOBS_RUN.labels(name, outcome).inc()
        JOB_SECONDS.labels(name).observe(time.perf_counter() - began)


async def metrics(_request: Request) -> Response:
    """`GET /metrics` in the OpenMetrics text format."""
    text = generate_latest(METRICS)  # type: ignore[no-untyped-call]
    return Response(text, media_type=CONTENT_TYPE_LATEST)


class TelemetryMiddleware:
    """Gives the request its id, a span, its line in the log, and its place in the metrics."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        began, status = time.perf_counter(), 500

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        REQUESTS_RUNNING.inc()
        try:
            with _request_span(scope) as current:
                await self._app(scope, receive, send_marked)
                if current is not None:
                    current.update_name(f"{scope['method']} {route_of(scope)}")
                    current.set_attribute("http.response.status_code", status)
                    if status >= 500:
                        current.set_status(Status(StatusCode.ERROR))
        finally:
            REQUESTS_RUNNING.dec()
            _account(scope, status, time.perf_counter() - began)


def route_of(scope: Scope) -> str:
    """The template that matched, never the path as it came: `/api/v1/cases/{id}`."""
    told = scope.get("route_name")
    if isinstance(told, str):
        return told
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "unmatched"


@lru_cache(maxsize=4096)
def _meters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status)), REQUEST_SECONDS.labels(method, route)


def _account(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in _METHODS else "other"
    route = route_of(scope)
    counter, timer = _meters(method, route, status)
    counter.inc()
    timer.observe(seconds)
    if status < 500 and scope["path"].startswith(_QUIET):
        return
    write_request(
        logging.ERROR if status >= 500 else logging.INFO,
        scope["path"],
        method=method,
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 2),
    )


def _request_span(scope: Scope) -> AbstractContextManager[Any]:
    tracer = _Tracing.tracer
    if tracer is None:
        return nullcontext()
    return tracer.start_as_current_span(
        scope["method"],
        context=_tracecontext.extract(scope["headers"], getter=_Headers()),
        kind=SpanKind.SERVER,
        attributes={"http.request.method": scope["method"]},
    )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            told = value.decode("latin-1")
            return told if _REQUEST_ID.fullmatch(told) else uuid7().hex
    return uuid7().hex
