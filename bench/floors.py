"""The floors behind HTTP: Starlette and asyncpg doing the same work with nothing around it.

Served by a process of its own with the event loop, the HTTP parser and the number of database
connections that ours has. No authentication, no validation beyond parsing JSON, no access but the
tenant's policy; the SQL is written by hand for the one question that is asked.
"""

import contextlib
import itertools
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from infra.kernel.ids import uuid7

CONFIGURATION = "BENCH_FLOOR"
REFERENCES = (
    "contact", "account", "product", "model", "contract", "entitlement", "calendar", "agent",
)  # fmt: skip
_NUMBERS = itertools.count(1)

_OPEN_CASE = "SELECT bench_open_case($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"


@dataclass
class Known:
    """Whose rows are asked for."""

    tenant: UUID
    columns: list[str]
    references: list[UUID]
    agent: UUID
    begin: str
    pool: asyncpg.Pool

    @property
    def selected(self) -> str:
        return ", ".join(f'c."{name}"' for name in self.columns)


async def _keep(_connection: asyncpg.Connection) -> None:
    """Nothing to reset after SET LOCAL, as ours has it."""


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    told = orjson.loads(os.environ[CONFIGURATION])
    pool = await asyncpg.create_pool(
        os.environ["ATRIUM_APP_DSN"], min_size=1, max_size=int(told["connections"]), reset=_keep,
        statement_cache_size=2048, max_cached_statement_lifetime=0,
        server_settings={"jit": "off"},
    )  # fmt: skip
    tenant = UUID(told["tenant"])
    app.state.known = Known(
        tenant=tenant,
        columns=told["columns"],
        references=[UUID(told["ids"][name]) for name in REFERENCES],
        agent=UUID(told["ids"]["agent"]),
        begin=f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'",
        pool=pool,
    )
    yield
    pool.terminate()


async def open_case(request: Request) -> Response:
    """(a): parse the body, write the same eleven rows by one function in one round trip."""
    known: Known = request.app.state.known
    body = orjson.loads(await request.body())
    ids = [uuid7() for _ in range(10)]
    number = f"CSF{next(_NUMBERS)}-{os.getpid()}"
    case = {
        "id": ids[0], "number": number, "state": "new", "priority": 3,
        **{name: body[name] for name in ("subject", "description", "category", "channel")},
        **dict(zip(("contact_id", "account_id", "sold_product_id", "product_model_id",
                    "contract_id", "entitlement_id"), known.references, strict=False)),
        "impact": body["impact"], "urgency": body["urgency"], "customer_kind": "business",
        "entitlement_status": "verified", "reopened_count": 0, "product_context": {},
        "entitlement_explanation": [
            {"name": "Gold, round the clock", "tier": "gold", "scope": "contract",
             "reason": "the most specific that holds: by the contract, tier gold",
             "verdict": "chosen", "entitlement_id": known.references[5]}
        ],
    }  # fmt: skip
    moment = await known.pool.fetchval(
        _OPEN_CASE,
        known.tenant,
        ids,
        known.references,
        number,
        body["subject"],
        body["description"],
        body["category"],
        body["channel"],
        _text(case["entitlement_explanation"]),
        _text({name: [None, value] for name, value in case.items()}),
        _text({"id": [None, ids[1]], "record_id": [None, ids[0]], "entry_type": [None, "change"]}),
        _text({"kind": "staff", "name": "Agnes", "profile_id": known.agent}),
        _text({"case_id": ids[0], "channel": body["channel"], "priority": 3}),
        f"{number} {body['subject']} {body['description']}",
    )
    return _json(case | {"opened_at": moment}, 201)


async def read_case(request: Request) -> Response:
    """(b): one select by key under the policy, its columns as JSON."""
    known: Known = request.app.state.known
    async with known.pool.acquire() as connection:
        await connection.execute(known.begin)
        row = await connection.fetchrow(
            f"SELECT {known.selected} FROM cases c WHERE c.tenant_id = $1 AND c.id = $2",
            known.tenant,
            UUID(request.path_params["id"]),
        )
        await connection.execute("COMMIT")
    return _json(dict(row)) if row else _json({}, 404)


async def list_all(request: Request) -> Response:
    """(b): the newest fifty in a state, for somebody who sees every case."""
    return await _list(request, "")


async def list_desk(request: Request) -> Response:
    """(b): the same for an agent: business cases, and whatever is assigned to them."""
    return await _list(
        request,
        "AND (c.customer_kind IN ('business', 'unknown') OR c.assigned_to_id = $4)",
        request.app.state.known.agent,
    )


async def _list(request: Request, condition: str, *more: Any) -> Response:
    known: Known = request.app.state.known
    async with known.pool.acquire() as connection:
        await connection.execute(known.begin)
        rows = await connection.fetch(
            f"SELECT {known.selected} FROM cases c WHERE c.tenant_id = $1 AND c.state = $2 "
            f"{condition} ORDER BY c.opened_at DESC, c.id DESC LIMIT $3",
            known.tenant,
            request.query_params["state"],
            int(request.query_params["limit"]) + 1,
            *more,
        )
        await connection.execute("COMMIT")
    return _json({"data": [dict(row) for row in rows[:50]], "next": None})


_listeners: set[Any] = set()
_HEADERS = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]


async def stream(_scope: Scope, receive: Receive, send: Send) -> None:
    """(g): hold the connection and nothing else."""
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b": hello\n\n", "more_body": True})
    _listeners.add(send)
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        _listeners.discard(send)


async def shout(request: Request) -> Response:
    """(g): send the given bytes to every connection, one `send` after the other."""
    message = {
        "type": "http.response.body", "body": await request.body(), "more_body": True,
    }  # fmt: skip
    for send in list(_listeners):
        await send(message)
    return Response(status_code=204)


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()


def _plain(value: Any) -> str:
    return str(value)


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value, default=_plain), status, media_type="application/json")


def application() -> Starlette:
    """The floors of one process."""
    return Starlette(
        routes=[
            Route("/cases", open_case, methods=["POST"]),
            Route("/cases/{id}", read_case),
            Route("/all", list_all),
            Route("/desk", list_desk),
            Route("/shout", shout, methods=["POST"]),
            Mount("/stream", stream),
        ],
        lifespan=_lifespan,
    )
