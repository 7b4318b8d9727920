"""(a) create a case, (b) read one and list fifty: over HTTP, ours beside the bare floors."""

import statistics
from collections.abc import Callable
from pathlib import Path

import orjson

from backend.service.cases.resources import cases
from bench import load
from bench.ground import Child, Firm, Ground
from bench.load import Load, request
from bench.results import Result, alternate, at_least, told

Make = Callable[[int], bytes]


async def serve(ground: Ground, firm: Firm) -> None:
    """Start ours and the floors, once."""
    if "app" not in ground.children:
        await ground.serve("app", "backend.commands.serve:application")
    if "floor" in ground.children:
        return
    async with ground.superuser() as connection:
        await connection.execute((Path(__file__).parent / "floors.sql").read_text())
    configuration = {
        "tenant": firm.id,
        "columns": cases.views["staff"].read,
        "connections": ground.services.settings.pool_size_max,
        "ids": firm.ids | {"agent": firm.agent_profile},
    }
    await ground.serve(
        "floor", "bench.floors:application", {"BENCH_FLOOR": orjson.dumps(configuration).decode()}
    )


class Side:
    """One side of a comparison: a server and the requests it gets."""

    def __init__(self, ground: Ground, child: Child, make: Make, connections: int = 16) -> None:
        self._ground = ground
        self._child = child
        self._make = make
        self._connections = connections
        self.loads: list[Load] = []
        self.spent: list[float] = []

    async def __call__(self) -> float:
        spent = await self._ground.cpu_seconds(self._child)
        measured = await load.run(
            self._child.address,
            self._make,
            seconds=self._ground.seconds,
            connections=self._connections,
            warm_up=0.3 if self.loads else 1.0,
        )
        self.loads.append(measured)
        if len(self.loads) > 1:  # the first prepares statements and fills caches
            spent = await self._ground.cpu_seconds(self._child) - spent
            self.spent.append(spent / measured.done_in_all * 1e6)
        return measured.per_second

    @property
    def p99_ms(self) -> float:
        """The best round's: the others have the machine's weather in them."""
        return min(each.quantile(0.99) for each in self.loads) * 1000


def asking(child: Child, method: str, path: str, token: str = "") -> Make:
    """The same request over and over."""
    data = request(method, path, host=f"localhost:{child.port}", token=token)
    return lambda _: data


async def compare(ground: Ground, path: str, ours: Make, floor: Make, goal: float) -> list[Result]:
    """Throughput against the floor's, both 99th percentiles, and what a request costs both in
    processor time, the server's and the database's: what a busy machine cannot blur."""
    a, b = Side(ground, ground.app, ours), Side(ground, ground.floor, floor)
    rounds = await alternate(a, b, ground.rounds)
    return [
        at_least(path, rounds, "/s", goal),
        told(f"{path}, p99", a.p99_ms, "ms", b.p99_ms),
        told(f"{path}, CPU", statistics.median(a.spent), "µs", statistics.median(b.spent)),
    ]


async def create(ground: Ground) -> list[Result]:
    """(a): as an agent with an API key; entitlement, SLA, audit, outbox and search included."""
    firm = ground.firms[0]
    await serve(ground, firm)
    app, floor = ground.app, ground.floor

    def ours(number: int) -> bytes:
        return request(
            "POST", "/api/v1/cases", host=f"localhost:{app.port}", token=firm.agent_key,
            body=firm.case_body(number),
        )  # fmt: skip

    def bare(number: int) -> bytes:
        return request(
            "POST", "/cases", host=f"localhost:{floor.port}", body=firm.case_body(number)
        )

    return await compare(ground, "a  create a case", ours, bare, 0.5)


async def read(ground: Ground) -> list[Result]:
    """(b): one case by id; fifty of a state for a manager who sees all, and for an agent."""
    firm = ground.firms[0]
    await serve(ground, firm)
    app, floor = ground.app, ground.floor
    manager = (await ground.member(firm, "service_manager"))[1]
    (case,) = await ground.list_of(firm, "cases", limit="1", state="new", customer_kind="business")
    query = "state=new&limit=50"
    return [
        *await compare(
            ground,
            "b  read one case",
            asking(app, "GET", f"/api/v1/cases/{case['id']}", firm.agent_key),
            asking(floor, "GET", f"/cases/{case['id']}"),
            0.4,
        ),
        *await compare(
            ground,
            "b  list 50, sees all",
            asking(app, "GET", f"/api/v1/cases?{query}", manager),
            asking(floor, "GET", f"/all?{query}"),
            0.7,
        ),
        *await compare(
            ground,
            "b  list 50, agent with two grants",
            asking(app, "GET", f"/api/v1/cases?{query}", firm.agent_key),
            asking(floor, "GET", f"/desk?{query}"),
            0.7,
        ),
    ]
