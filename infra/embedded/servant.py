"""Who the servers run as: ourselves, or a user without rights when we are root.

PostgreSQL refuses to run as root, so root starts it as `nobody`. That user often cannot see what
root can (a clone below a 0700 home), and we never widen the rights of a directory that is not ours.
So each path is tried as that user before it is used.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.embedded.errors import StackError


@dataclass(frozen=True)
class Servant:
    """The user whose rights the servers have; `uid` is None where no drop is needed."""

    uid: int | None = None
    gid: int | None = None

    @property
    def popen(self) -> dict[str, Any]:
        """The arguments that make `subprocess` start a process as this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_run(self, binary: Path) -> bool:
        """Whether this user can start the binary and find its libraries."""
        try:
            return self.run([str(binary), "--version"]).returncode == 0
        except OSError:
            return False

    def can_enter(self, directory: Path) -> bool:
        """Whether this user may traverse the directory and all above it."""
        if self.uid is None:
            return os.access(directory, os.X_OK)
        return self.run(["/usr/bin/env", "test", "-x", str(directory)]).returncode == 0

    def run(self, command: list[str], feed: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command to its end as this user, with a bare environment."""
        return subprocess.run(  # noqa: S603  the commands are our own binaries
            command,
            input=feed,
            stdin=None if feed is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            env=BARE_ENVIRONMENT,
            check=False,
            **self.popen,
        )

    def own(self, directory: Path, mode: int = 0o700) -> Path:
        """Make a directory that belongs to this user."""
        directory.mkdir(parents=True, exist_ok=True)
        if self.uid is not None:
            os.chown(directory, self.uid, self.gid or 0)
        directory.chmod(mode)
        return directory


BARE_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/"}


def servant() -> Servant:
    """The user for the servers of this process."""
    if os.geteuid() != 0:
        refuse_nameless()
        return Servant()
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise StackError(
            "PostgreSQL does not run as root and this machine has no user `nobody` to run it as. "
            "Add that user, or start as an ordinary user."
        ) from None
    return Servant(nobody.pw_uid, nobody.pw_gid)


def refuse_nameless() -> None:
    """PostgreSQL asks for its user's name, which a container run under any number may lack."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise StackError(
            f"The user number {os.geteuid()} has no name here, and PostgreSQL needs one. "
            "Add it to /etc/passwd, or name servers in ATRIUM_OWNER_DSN, ATRIUM_APP_DSN and "
            "ATRIUM_REDIS_URL."
        ) from None
