"""`python -m bench [--quick] [--only a,b,i]`."""

import argparse
import signal
import sys
import time
import traceback
from collections.abc import Awaitable, Callable

import uvloop

from bench import (
    access,
    growth,
    lists,
    managers,
    memory,
    requests,
    routing,
    searching,
    slas,
    streaming,
    transfers,
    working,
)
from bench.ground import Ground, load_cases, opened
from bench.results import HEADER, Result, broken, line, write

Measure = Callable[[Ground], Awaitable[list[Result]]]

PATHS: dict[str, tuple[Measure, ...]] = {
    "memory": (memory.at_rest,),
    "a": (requests.create,),
    "b": (requests.read,),
    "i": (lists.five_paths,),
    "access": (access.responsibilities, access.hierarchy),
    "growth": (growth.by_cases, growth.by_tenants),
    "c": (routing.batches, routing.latency),
    "jobs": (working.jobs,),
    "g": (streaming.live,),
    "f": (searching.hybrid,),
    "slas": (slas.firing, slas.deadlines),
    "import": (transfers.imported,),
    "managers": (managers.views,),
}
MANY_CASES = frozenset({"b", "i", "access", "growth", "managers"})
SIZES = [10_000, 100_000, 1_000_000]
QUICK_SIZES = [1_000, 10_000, 100_000]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, short rounds")
    parser.add_argument("--only", default="", help=f"some of {','.join(PATHS)}")
    arguments = parser.parse_args()
    names = [name for name in arguments.only.split(",") if name] or list(PATHS)
    if unknown := set(names) - set(PATHS):
        parser.error(f"no such path: {', '.join(sorted(unknown))}")
    # Ended from outside, the servers and their data go as they do on Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    results = uvloop.run(run(names, quick=arguments.quick))
    whole = set(names) == set(PATHS) and not arguments.quick
    show(results)
    if whole:
        write(results)
    else:
        say("bench/latest.json is kept: this was not the whole of it")


async def run(names: list[str], *, quick: bool) -> list[Result]:
    """The paths' results in the order of the table."""
    results: list[Result] = []
    began = time.monotonic()
    async with opened(say, quick=quick) as ground:
        sizes = QUICK_SIZES if quick else SIZES
        await load_cases(ground, sizes if MANY_CASES.intersection(names) else sizes[:1])
        for name, measures in PATHS.items():
            for measure in measures if name in names else ():
                started = time.monotonic()
                found = await attempt(name, measure, ground)
                results += found
                say(f"{name}: {time.monotonic() - started:.0f} s")
                for result in found:
                    say("  " + line(result))
    say(f"{time.monotonic() - began:.0f} s in all")
    return results


async def attempt(name: str, measure: Measure, ground: Ground) -> list[Result]:
    """The path's results; a path that breaks misses its goal and does not take the others along."""
    try:
        return await measure(ground)
    except Exception:  # noqa: BLE001  whatever it was, the run goes on and says so
        say(traceback.format_exc())
        return [broken(f"{name}  {measure.__module__}.{measure.__name__} broke")]


def show(results: list[Result]) -> None:
    """The table."""
    sys.stdout.write(f"\n{HEADER}\n")
    for result in results:
        sys.stdout.write(line(result) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Progress goes beside the table."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
