"""Makes `.venv` from a hashed lock file: `python3 infra/venv.py run|dev`.

Run by make before anything is installed, so it needs only the standard library, and an old Python
must come as far as the refusal. A second run that has nothing to do takes no time. The code itself
is not built: a `.pth` file puts the clone on the path and `.venv/bin/atrium` calls it, so no build
tool is fetched.
"""

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

NEEDED = (3, 11)
if sys.version_info < NEEDED:
    sys.exit(
        "Atrium needs Python %d.%d or later, and `%s` is %s. "  # noqa: UP031  an older Python reads this
        "Say which to use: make PYTHON=python3.12 ..."
        % (*NEEDED, sys.executable, sys.version.split(maxsplit=1)[0])
    )

CLONE = Path(__file__).resolve().parents[1]
VENV = CLONE / ".venv"
STAMP = VENV / "atrium-venv.json"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}

# The first line of a script has at most 127 bytes on older kernels, and a clone's path may hold
# spaces: let the shell read the path. Python takes the second line for a string and goes on below
# it.
SCRIPT = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from backend.cli import main

if __name__ == "__main__":
    sys.exit(main())
"""


def main(kind: str) -> None:
    """Bring `.venv` to what the lock file says, if it is not there yet."""
    wanted = {"clone": str(CLONE), "python": sys.version.split()[0]}
    with (CLONE / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if satisfied(kind, wanted):
            return
        began = time.monotonic()
        print(f"Installing {LOCKS[kind]} into .venv ...", file=sys.stderr, flush=True)
        make_venv(wanted)
        install(kind)
        connect_clone()
        STAMP.write_text(json.dumps({**wanted, **read_stamp(wanted), kind: digest(kind)}))
        print(f"Installed in {time.monotonic() - began:.0f} s.", file=sys.stderr, flush=True)


def satisfied(kind: str, wanted: dict[str, str]) -> bool:
    """Whether this lock file is installed; the one for development holds all of the other."""
    stamp = read_stamp(wanted)
    return any(stamp.get(each) == digest(each) for each in {kind, "dev"})


def read_stamp(wanted: dict[str, str]) -> dict[str, str]:
    """What was installed here, nothing if it was for another place or another Python."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if wanted.items() <= stamp.items() else {}


def digest(kind: str) -> str:
    return hashlib.sha256((CLONE / LOCKS[kind]).read_bytes()).hexdigest()


def make_venv(wanted: dict[str, str]) -> None:
    """Make the environment anew unless a usable one of this Python is there."""
    if usable() and (not STAMP.exists() or read_stamp(wanted)):
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    run(
        [sys.executable, "-m", "venv", str(VENV)],
        "Python's `venv` failed. Debian and Ubuntu have it apart: apt install python3-venv",
    )


def usable() -> bool:
    python = VENV / "bin" / "python"
    asked = [str(python), "-c", "import pip, sys; print(sys.version.split()[0])"]
    if not python.exists():
        return False
    told = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    return told.stdout.strip() == sys.version.split()[0]


def install(kind: str) -> None:
    """The lock file names every package, so pip resolves nothing and checks each file's hash."""
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "-qq", "--no-input"]
    command += ["--disable-pip-version-check", "--require-hashes", "--no-deps"]
    command += ["-r", str(CLONE / LOCKS[kind])]
    run(command, "pip could not install the lock file; is the package index reachable?")


def connect_clone() -> None:
    python = VENV / "bin" / "python"
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True)  # noqa: S603
    (Path(told.stdout.strip()) / "atrium.pth").write_text(f"{CLONE}\n")
    script = VENV / "bin" / "atrium"
    script.write_text(SCRIPT.format(python=python))
    script.chmod(0o755)


def run(command: list[str], advice: str) -> None:
    if subprocess.run(command, check=False).returncode:  # noqa: S603
        sys.exit(advice)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:
        sys.exit("usage: python3 infra/venv.py run|dev")
    main(sys.argv[1])
