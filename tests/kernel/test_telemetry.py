import asyncio
import io
import json
import logging
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import uuid4

import pytest
import structlog
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.kernel import logs, telemetry
from infra.kernel.logs import bind_tenant, mask, set_up_logs
from infra.kernel.telemetry import TelemetryMiddleware, metrics, set_up_tracing, span
from tests.kernel.asgi import exchange

TENANT = uuid4()


async def read_case(request: Request) -> Response:
    bind_tenant(TENANT)
    with span("transaction"):
        structlog.get_logger().info("reading", subject=request.path_params["id"])
    return JSONResponse({"request_id": request.state.request_id})


async def fail(_request: Request) -> Response:
    return Response(status_code=503)


APP = TelemetryMiddleware(
    Starlette(
        routes=[
            Route("/api/v1/cases/{id}", read_case),
            Route("/down", fail),
            Route("/metrics", metrics),
        ]
    )
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    set_up_logs(stream=stream)
    yield stream
    structlog.reset_defaults()
    logs._Target.stream = None
    root.handlers[:], root.level = before
    structlog.contextvars.clear_contextvars()


def read(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


async def test_a_line_names_request_and_tenant(lines: io.StringIO) -> None:
    answer = await exchange(
        APP, "/api/v1/cases/7", "GET", headers={"x-request-id": "from-the-caller.1"}
    )
    assert answer.headers["x-request-id"] == "from-the-caller.1"
    assert json.loads(answer.body) == {"request_id": "from-the-caller.1"}
    reading, request = read(lines)
    assert reading["event"] == "reading"
    assert request["route"] == "/api/v1/cases/{id}"
    assert request["status"] == 200
    for line in (reading, request):
        assert line["request_id"] == "from-the-caller.1"
        assert line["tenant_id"] == str(TENANT)


@pytest.mark.parametrize(
    "told", ["short", "a" * 65, "has space in it", "<script>aaaa", "-leading-x"]
)
async def test_a_malformed_request_id_is_replaced(told: str) -> None:
    answer = await exchange(APP, "/api/v1/cases/7", "GET", headers={"x-request-id": told})
    assert answer.headers["x-request-id"] != told
    assert len(answer.headers["x-request-id"]) == 32


async def test_what_is_logged_cannot_end_the_line_or_steer_a_terminal(lines: io.StringIO) -> None:
    """SECURITY row 40."""
    evil = 'a\r\n{"event":"forged"}\x1b[2J\x9b31m\u2028\u202e'
    await exchange(APP, f"/api/v1/cases/{evil}", "GET", raw_path=b"/api/v1/cases/x")
    logging.getLogger("library").warning("said %s", evil)
    text = lines.getvalue()
    assert len(read(lines)) == 3
    assert text.isascii()
    assert all(letter == "\n" or letter.isprintable() for letter in text)
    assert read(lines)[0]["subject"] == evil


async def test_secrets_do_not_reach_the_log(lines: io.StringIO) -> None:
    secret = "Zq9" * 8
    token = f"atr_s_{uuid4().hex}.{uuid4().hex}.{secret}"
    structlog.get_logger().info(
        f"signed in with {token}",
        password=secret,
        nested={"headers": {"Authorization": f"Bearer {secret}"}, "api_key": [secret]},
        text=f"postgresql://app:{secret}@db/x?password={secret} Bearer {secret}",
        new_password_hash=secret,
        jwt=f"eyJhbGciOi.{secret}.{secret}",
    )
    try:
        raise ValueError(f"bad token={secret}")
    except ValueError:
        logging.getLogger("library").exception("failed with %s", token)
    assert secret not in lines.getvalue()
    assert mask({"token_count": None, "has_password": True}) == {
        "token_count": None,
        "has_password": True,
    }


async def test_metrics_count_by_route_template(lines: io.StringIO) -> None:
    for path in ("/api/v1/cases/1", "/api/v1/cases/2", "/nowhere/1", "/nowhere/2", "/down"):
        await exchange(APP, path, "GET")
    telemetry.RATE_LIMITED.labels("caller").inc()
    text = (await exchange(APP, "/metrics", "GET")).body.decode()
    assert text.endswith("# EOF\n")
    wanted = 'atrium_http_requests_total{method="GET",route="%s",status="%d"}'
    assert wanted % ("/api/v1/cases/{id}", 200) in text
    assert wanted % ("/down", 503) in text
    assert wanted % ("unmatched", 404) in text
    assert "/nowhere" not in text
    for name in ("atrium_dependency_up", "atrium_relay_lag_seconds", "atrium_sse_connections"):
        assert f"# TYPE {name} gauge" in text
    assert 'atrium_rate_limited_total{policy="caller"}' in text


async def test_spans_are_made_only_when_someone_listens() -> None:
    exporter = InMemorySpanExporter()
    provider = set_up_tracing(exporter=exporter)
    try:
        parent = f"00-{'a' * 32}-{'b' * 16}-01"
        await exchange(APP, "/api/v1/cases/7", "GET", headers={"traceparent": parent})
        with telemetry.observed_job("mail.send"):
            pass
    finally:
        set_up_tracing()
        assert provider is not None
        provider.shutdown()
    inner, outer, job = exporter.get_finished_spans()
    assert (inner.name, outer.name, job.name) == ("transaction", "GET /api/v1/cases/{id}", "job")
    assert f"{outer.context.trace_id:032x}" == "a" * 32
    assert inner.parent is not None
    assert inner.parent.span_id == outer.context.span_id
    await exchange(APP, "/api/v1/cases/7", "GET")
    assert len(exporter.get_finished_spans()) == 3


async def test_spans_reach_a_collector() -> None:
    received: list[tuple[str, dict[str, object]]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.append((self.path, json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    provider = set_up_tracing(f"http://127.0.0.1:{server.server_port}")
    try:
        with span("job", name="x", count=3):
            pass
        assert provider is not None
        await asyncio.to_thread(provider.shutdown)
    finally:
        set_up_tracing()
        server.shutdown()
        server.server_close()
    path, document = received[0]
    assert path == "/v1/traces"
    sent = document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]  # type: ignore[index]
    assert sent["name"] == "job"
    assert {"key": "atrium.count", "value": {"intValue": "3"}} in sent["attributes"]


def test_a_span_that_nobody_wants_costs_next_to_nothing() -> None:
    started = time.process_time()
    for _ in range(20_000):
        with span("transaction"):
            pass
    assert (time.process_time() - started) / 20_000 < 5e-6
