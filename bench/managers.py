"""What managers ask, over all cases of the largest tenant: no answer later than 200 ms.

The cases were loaded past the triggers, so they are counted once, page by page; how long that takes
is told. Then each question is asked while a hundred cases have changed and were not counted again.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from backend.service.insights import counting_queries
from backend.service.insights.counting import CASES_COUNTED
from bench import seeds
from bench.ground import Firm, Ground
from bench.results import Result, limit, quantile, told
from infra.kernel.performing import perform

MOST_MS = 200.0
COUNTING_SECONDS = 60.0
MARKED = 100
_TOUCH = """
UPDATE cases SET priority = 5 - priority WHERE tenant_id = $1 AND id IN (
  SELECT id FROM cases WHERE tenant_id = $1 ORDER BY opened_at DESC LIMIT $2)
"""
Question = dict[str, Any]


async def views(ground: Ground) -> list[Result]:
    """Thirty days and a year, of everything and of one agent, by whatever they are divided."""
    firm = max(ground.firms, key=lambda each: each.size)
    async with seeds.bulk(ground.addresses.superuser_dsn, "task_slas") as connection:
        await seeds.promises(connection, firm.id)
    seconds = await _counted(ground, firm)
    results = [limit(f"managers  counting {firm.size:,} cases", seconds, "s", COUNTING_SECONDS)]
    questions = await _questions(ground, firm)
    await _touched(ground, firm)
    times = 9 if ground.is_quick else 20
    for words, question in questions.items():
        ask = _asking(ground, firm, question)
        values = await _timed(ask, times)
        results.append(limit(f"managers  {words}", quantile(values, 0.5), "ms", MOST_MS))
        results.append(told(f"managers  {words}, p95", quantile(values, 0.95), "ms"))
    results.append(told(f"managers  adding {MARKED} marks", await _folded(ground, firm), "ms"))
    return results


async def _counted(ground: Ground, firm: Firm) -> float:
    began = time.perf_counter()
    async with ground.services.system(firm.id, reason="bench") as ctx:
        if await counting_queries.hold_head(ctx) is None:
            raise RuntimeError("somebody else counts")
        await counting_queries.begin_count(ctx, "UTC")
    more = True
    while more:  # as the worker does, each page a transaction
        async with ground.services.system(firm.id, reason="bench") as ctx:
            head = await counting_queries.hold_head(ctx)
            more = await counting_queries.count_page(ctx, head["counting_after"], CASES_COUNTED)
    seconds = time.perf_counter() - began
    async with ground.superuser() as connection:
        await connection.execute("VACUUM (ANALYZE) case_figures, case_counts, case_marks")
    return seconds


async def _questions(ground: Ground, firm: Firm) -> dict[str, Question]:
    async with ground.superuser() as connection:
        agent = await connection.fetchval(
            """SELECT agent_id FROM case_figures WHERE tenant_id = $1 AND agent_id IS NOT NULL
                LIMIT 1""",
            firm.id,
        )
        account = await connection.fetchval(
            """SELECT account_id FROM case_figures WHERE tenant_id = $1
                GROUP BY 1 HAVING account_id IS NOT NULL ORDER BY count(*) DESC LIMIT 1""",
            firm.id,
        )
    return {
        "30 days by group": {},
        "30 days by agent": {"by": "agent"},
        "30 days by account": {"by": "account"},
        "a year by channel": {"span": "365d", "by": "channel"},
        "a year by agent": {"span": "365d", "by": "agent"},
        "a year by account": {"span": "365d", "by": "account"},
        "a year of one agent": {"span": "365d", "agent": str(agent)},
        "90 days of the busiest account": {"span": "90d", "account": str(account)},
        "a year of one channel and priority": {"span": "365d", "channel": "email", "priority": 2},
        "90 days of one agent, channel and priority": {
            "span": "90d", "agent": str(agent), "channel": "email", "priority": 2,
        },
        "90 days of the busiest account and one channel by agent": {
            "span": "90d", "account": str(account), "channel": "email", "by": "agent",
        },
        "30 days of one channel by agent": {"channel": "email", "by": "agent"},
        "30 days of one channel by account": {"channel": "email", "by": "account"},
        "90 days of one channel and priority by account": {
            "span": "90d", "channel": "email", "priority": 2, "by": "account",
        },
    }  # fmt: skip


async def _touched(ground: Ground, firm: Firm) -> None:
    async with ground.services.system(firm.id, reason="bench") as ctx:
        await ctx.execute(_TOUCH, firm.id, MARKED)


def _asking(ground: Ground, firm: Firm, question: Question) -> Callable[[], Awaitable[Any]]:
    return lambda: perform(ground.services, firm.admin, "insights.figures", body=question)


async def _timed(ask: Callable[[], Awaitable[Any]], times: int) -> list[float]:
    values = []
    for number in range(times + 2):
        began = time.perf_counter()
        await ask()
        if number >= 2:  # the first prepare the statements
            values.append((time.perf_counter() - began) * 1000)
    return values


async def _folded(ground: Ground, firm: Firm) -> float:
    began = time.perf_counter()
    async with ground.services.system(firm.id, reason="bench") as ctx:
        await counting_queries.hold_head(ctx)
        await counting_queries.fold(ctx, 2_000)
    return (time.perf_counter() - began) * 1000
