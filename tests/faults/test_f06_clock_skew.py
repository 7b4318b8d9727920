"""F6: a server's clock is ten minutes off; what is promised and leased follows the database's."""

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from shutil import which

import asyncpg
import pytest

from infra.kernel.config import Settings
from tests.faults.journal import journal_of, nothing_lost_or_doubled
from tests.faults.process import Server

# Loaded before libc: the wall clock as this process sees it is off by OFFSET seconds.
SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long offset(void) { const char *o = getenv("OFFSET"); return o ? atol(o) : 0; }

int clock_gettime(clockid_t which, struct timespec *at) {
  int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
  int answer = real(which, at);
  if (which == CLOCK_REALTIME) at->tv_sec += offset();
  return answer;
}
int gettimeofday(struct timeval *at, void *zone) {
  int (*real)(struct timeval *, void *) = dlsym(RTLD_NEXT, "gettimeofday");
  int answer = real(at, zone);
  if (at) at->tv_sec += offset();
  return answer;
}
time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
"""
OFF = """
SELECT count(*) FROM (
  SELECT opened_at AS at FROM cases WHERE tenant_id = $1
  UNION ALL SELECT created_at FROM activity_entries WHERE tenant_id = $1
  UNION ALL SELECT at FROM audit_entries WHERE tenant_id = $1
  UNION ALL SELECT at FROM events WHERE tenant_id = $1
  UNION ALL SELECT finished_at FROM jobs WHERE tenant_id = $1 AND finished_at IS NOT NULL) told
 WHERE abs(extract(epoch FROM at - clock_timestamp())) > $2
"""
TWICE = """
SELECT name, count(*) FROM jobs WHERE tenant_id = $1 AND name LIKE 'periodic:%'
 GROUP BY name, dedupe_key, run_at HAVING count(*) > 1
"""


@pytest.fixture
def shim(tmp_path: Path) -> Path:
    """A library that lies about the time."""
    compiler = which("cc")
    if compiler is None:
        pytest.skip("no C compiler to make a clock that lies")
    source, library = tmp_path / "skew.c", tmp_path / "skew.so"
    source.write_text(SHIM)
    build = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"]
    subprocess.run(build, check=True)
    return library


@pytest.mark.parametrize("offset", [600, -600], ids=["ahead", "behind"])
async def test_f6_a_wrong_clock_moves_no_promise_no_lease_and_no_trail(
    harmed: Settings, process: Callable[..., Server], shim: Path, offset: int
) -> None:
    server = process(harmed, LD_PRELOAD=str(shim), OFFSET=str(offset))
    journal = await journal_of(server.base_url, harmed, "ahead" if offset > 0 else "behind")
    async with journal.client() as client:
        for number in range(10):
            assert await journal.ask(client, f"case-{number}"), journal.refusals
    await nothing_lost_or_doubled(journal, harmed, seconds=9)  # sooner than a sweep
    owner = await asyncpg.connect(harmed.owner_dsn)
    try:
        late = timedelta(seconds=120).total_seconds()
        assert await owner.fetchval(OFF, journal.tenant_id, late) == 0
        assert await owner.fetch(TWICE, journal.tenant_id) == []
    finally:
        await owner.close()
