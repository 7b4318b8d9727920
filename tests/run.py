"""`make test`: first what can run side by side, then what needs the machine for itself.

Tests that drive a browser, kill servers or hold something to a time are marked `alone` by where
they lie (see conftest). Beside three other workers on two cores they would measure their
neighbours instead of the product.
"""

import os
import subprocess
import sys

from tests.alone import files

NOTHING_RAN = 5


def parts(arguments: list[str]) -> list[list[str]]:
    """What pytest is asked for, one part after the other.

    The second half goes file by file, each in a process with servers of its own, so that what one
    does to a server or to the clock is nothing to the next.
    """
    workers = os.environ.get("WORKERS") or str((os.cpu_count() or 2) + 1)
    beside = ["-m", "not alone", "-n", workers, "--dist", "loadscope"]
    alone = ["-m", "alone", "-p", "no:xdist"]
    if any(not argument.startswith("-") for argument in arguments):
        return [[*beside, *arguments], [*alone, *arguments]]
    return [[*beside, *arguments], *([*alone, *arguments, name] for name in files())]


def main(arguments: list[str]) -> int:
    """The worst exit code of all parts; 5, as pytest has it, where none ran a test."""
    codes = []
    for part in parts(arguments):
        print(f"pytest {' '.join(part)}", flush=True)
        codes.append(subprocess.call([sys.executable, "-m", "pytest", *part]))
    failed = [code for code in codes if code not in {0, NOTHING_RAN}]
    if failed:
        return max(failed)
    return 0 if 0 in codes else NOTHING_RAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
