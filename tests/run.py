"""`make test`: first what can run side by side, then what needs the machine for itself.

Tests that drive a browser, kill servers or hold something to a time are marked `alone` by where
they lie (see conftest). Beside three other workers on two cores they would measure their
neighbours instead of the product.
"""

import os
import subprocess
import sys

NOTHING_RAN = 5


def main(arguments: list[str]) -> int:
    """The worst exit code of both parts; 5, as pytest has it, where neither ran a test."""
    workers = os.environ.get("WORKERS") or str((os.cpu_count() or 2) + 1)
    parts = (
        ["-m", "not alone", "-n", workers, "--dist", "loadscope"],
        ["-m", "alone", "-p", "no:xdist"],
    )
    codes = []
    for part in parts:
        command = [sys.executable, "-m", "pytest", *part, *arguments]
        codes.append(subprocess.call(command))
    failed = [code for code in codes if code not in {0, NOTHING_RAN}]
    if failed:
        return max(failed)
    return 0 if 0 in codes else NOTHING_RAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
