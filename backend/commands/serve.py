"""`atrium serve`: the API, the pages and, unless it runs elsewhere, the worker."""

import contextlib
import logging
import multiprocessing
import os
import signal
import socket
from typing import Annotated

import typer
import uvicorn
from starlette.applications import Starlette

from backend.app import create_app
from backend.commands import installation, migrate
from infra.embedded.keeper import die_with_parent
from infra.kernel.config import load
from infra.kernel.logs import set_up_logs
from infra.kernel.telemetry import set_up_tracing

INLINE_WORKER = "ATRIUM_INLINE_WORKER"


def add_to(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer requests.")] = 1,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Do background work in here too.")
    ] = True,
) -> None:
    """Serve everything, with embedded servers where the environment names none."""
    refuse_taken(host, port)
    with installation.servers():
        if os.environ.get("ATRIUM_OWNER_DSN"):
            migrate.apply(quietly=True)
        os.environ.setdefault("ATRIUM_BASE_URL", f"http://localhost:{port}")
        os.environ[INLINE_WORKER] = "1" if worker else "0"
        typer.echo(
            f"Serving on http://{host}:{port}, to be opened at {os.environ['ATRIUM_BASE_URL']}"
        )
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.run(
                "backend.commands.serve:application",
                factory=True,
                host=host,
                port=port,
                workers=workers,
                loop="uvloop",
                http="httptools",
                proxy_headers=False,  # the app knows which proxies to trust
                server_header=False,
                access_log=False,  # requests are logged with their tenant, by the app
                log_level="warning",
                timeout_graceful_shutdown=10,  # live streams never end by themselves
            )


def application() -> Starlette:
    """The app of one process; one of several ends with the process that tends them, even killed."""
    if (tending := multiprocessing.parent_process()) is not None and tending.pid is not None:
        die_with_parent(tending.pid, signal.SIGTERM)
    settings = load()
    set_up_logs(logging.getLevelNamesMapping()[settings.log_level.upper()])
    set_up_tracing(settings.otlp_endpoint)
    return create_app(settings)


def refuse_taken(host: str, port: int) -> None:
    """Say that the port is taken before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            typer.echo(f"Cannot listen on {host}:{port}: {fault.strerror}. Try --port.", err=True)
            raise typer.Exit(1) from None
