import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis
from starlette.applications import Starlette

from infra.embedded.stack import Addresses
from infra.kernel import health
from infra.kernel.health import Finding, Health, beat, standard_probes
from tests.kernel.asgi import exchange


@pytest.fixture
async def redis(stack: Addresses) -> AsyncIterator["Redis"]:
    client = Redis.from_url(stack.redis_url)
    await client.delete(health.WORKER_HEARTBEAT)
    yield client
    await client.aclose()


async def ask(told: Health, path: str = "/health/ready") -> tuple[int, dict[str, object]]:
    answer = await exchange(Starlette(routes=told.routes()), path, "GET")
    return answer.status, json.loads(answer.body)


async def test_ready_names_each_dependency(
    stack: Addresses, redis: "Redis", tmp_path: Path
) -> None:
    probes = standard_probes(app_dsn=stack.app_dsn, redis=redis, files_dir=tmp_path / "files")
    status, document = await ask(Health(probes))
    assert status == 200
    assert document == {
        "status": "ok",
        "dependencies": {
            "postgres": {"status": "ok"},
            "redis": {"status": "ok", "informational": True},
            "migrations": {"status": "ok"},
            "storage": {"status": "ok"},
            "worker": {
                "status": "failing",
                "detail": "no worker was heard of lately",
                "informational": True,
            },
        },
    }
    assert list((tmp_path / "files").iterdir()) == []
    await beat(redis)
    assert (await health.probe_worker(redis)).ok


async def test_what_is_broken_is_named_and_nothing_of_its_address(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    gone = Redis(host="127.0.0.1", port=1)

    async def pending() -> list[str]:
        return ["0002_next"]

    probes = standard_probes(
        app_dsn="postgresql://someone:hidden@127.0.0.1:1/nowhere",
        redis=gone,
        files_dir=blocked / "files",
        pending_migrations=pending,
    )
    status, document = await ask(Health(probes))
    await gone.aclose()
    assert status == 503
    dependencies = document["dependencies"]
    assert isinstance(dependencies, dict)
    assert {name for name, found in dependencies.items() if found["status"] == "failing"} == {
        "postgres", "redis", "migrations", "storage", "worker",
    }  # fmt: skip
    assert dependencies["migrations"]["detail"] == "1 not applied"
    assert "hidden" not in json.dumps(document)
    assert (await ask(Health(probes), "/health/live"))[0] == 200


async def test_it_answers_while_the_pool_is_exhausted(
    stack: Addresses, redis: "Redis", tmp_path: Path
) -> None:
    """SECURITY row F13."""
    pool = await asyncpg.create_pool(stack.app_dsn, min_size=2, max_size=2)
    taken = [await pool.acquire(), await pool.acquire()]
    probes = standard_probes(app_dsn=stack.app_dsn, redis=redis, files_dir=tmp_path)
    started = time.monotonic()
    status, _ = await ask(Health(probes))
    assert status == 200
    assert time.monotonic() - started < 1
    for connection in taken:
        await pool.release(connection)
    await pool.close()


async def test_a_dependency_that_hangs_does_not_hang_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "PROBE_SECONDS_MAX", 0.1)

    async def hangs() -> Finding:
        await asyncio.sleep(3600)
        return Finding(True)

    status, document = await ask(Health({"slow": hangs}))
    assert status == 503
    assert document["dependencies"] == {
        "slow": {"status": "failing", "detail": "no answer within 0.1 seconds"}
    }


async def test_asking_often_probes_once() -> None:
    probed = 0

    async def probe() -> Finding:
        nonlocal probed
        probed += 1
        await asyncio.sleep(0.01)
        return Finding(True)

    told = Health({"it": probe})
    await asyncio.gather(*(ask(told) for _ in range(50)))
    assert probed == 1


async def test_a_stopping_process_asks_for_no_more_requests() -> None:
    told = Health({})
    told.stopping = True
    assert await ask(told) == (503, {"status": "stopping", "dependencies": {}})
