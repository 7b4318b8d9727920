"""`make test`: first what runs side by side, then what needs a database or the machine for itself.

Tests that drive a browser, kill servers or hold something to a time are marked `alone` by where
they lie (see `tests.alone`). Beside three other workers on two cores they would measure their
neighbours instead of the product.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from queue import SimpleQueue

from tests.alone import files, quiet
from tests.conftest import LANE, a_run

NOTHING_RAN = 5
LANES = 2
BESIDE = ["-m", "not alone", "--dist", "loadscope"]
ALONE = ["-m", "alone", "-p", "no:xdist"]


def main(arguments: list[str]) -> int:
    """The worst exit code of all parts; 5, as pytest has it, where none ran a test."""
    workers = os.environ.get("WORKERS") or str((os.cpu_count() or 2) + 1)
    with a_run():
        codes = [pytest(*BESIDE, "-n", workers, *arguments)]
        if any(not argument.startswith("-") for argument in arguments):
            codes.append(pytest(*ALONE, *arguments))
        else:
            names = files()
            codes += in_lanes([name for name in names if not quiet(name)], arguments)
            codes += [pytest(*ALONE, *arguments, name) for name in names if quiet(name)]
    failed = [code for code in codes if code not in {0, NOTHING_RAN}]
    if failed:
        return max(failed)
    return 0 if 0 in codes else NOTHING_RAN


def pytest(*arguments: str) -> int:
    """Run it, showing what it says as it says it."""
    print(f"pytest {' '.join(arguments)}", flush=True)
    return subprocess.call([sys.executable, "-m", "pytest", *arguments])


def in_lanes(names: list[str], arguments: list[str]) -> list[int]:
    """Run file by file, as many at a time as there are lanes; what one says is shown in one piece.

    Each is a process with a database of its own, so that what it does to its process or to the
    clock is nothing to the next.
    """
    free: SimpleQueue[int] = SimpleQueue()
    for lane in range(LANES):
        free.put(lane)
    done = count(1)

    def one(name: str) -> int:
        lane = free.get()
        try:
            ran = subprocess.run(
                [sys.executable, "-m", "pytest", *ALONE, *arguments, name],
                env=os.environ | {LANE: str(lane)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        finally:
            free.put(lane)
        print(f"[{next(done)}/{len(names)}] pytest {name}\n{ran.stdout.rstrip()}", flush=True)
        return ran.returncode

    with ThreadPoolExecutor(LANES) as pool:
        return list(pool.map(one, names))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
