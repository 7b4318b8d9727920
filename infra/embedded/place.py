"""Where the embedded servers keep what they need.

`home` (`.atrium` in the clone) belongs to whoever started us: lock files, logs, the note of what
runs. The data directory lies in it too when the servers' user can reach it. Where it cannot, data
goes below the `shelter`, a directory of ours outside any home, under a token kept in `home`: with
`.atrium` removed the next start finds no old data. Sockets always live in a short path, because a
socket's path has at most 107 bytes.
"""

import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from infra.embedded.errors import StackError
from infra.embedded.servant import Servant, servant

CLONE = Path(__file__).resolve().parents[2]
ROOT_SHELTERS = ("/var/lib/atrium-embedded", "/var/tmp/atrium-0", "/tmp/atrium-0")  # noqa: S108


@dataclass(frozen=True)
class Place:
    """The directories of one stack."""

    home: Path
    data: Path
    sockets: Path
    servant: Servant

    @property
    def is_at_home(self) -> bool:
        """Whether the data lies in the home, and not in a directory of its own in the shelter."""
        return self.data.parent == self.home

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def note(self) -> Path:
        """The file that says what runs and where to reach it."""
        return self.home / "stack.json"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"


def default_home() -> Path:
    """`ATRIUM_HOME`, or `.atrium` in the clone, or where there is none a folder of the user's."""
    if configured := os.environ.get("ATRIUM_HOME"):
        return Path(configured).expanduser().resolve()
    if (CLONE / "pyproject.toml").exists():
        return CLONE / ".atrium"
    return Path.home() / ".local" / "share" / "atrium"


def find_place(home: Path) -> Place:
    """Choose and make the directories for a stack with this home."""
    who = servant()
    home.mkdir(parents=True, exist_ok=True)
    (home / "logs").mkdir(exist_ok=True)
    token = home_token(home)
    sockets = who.own(find_short_directory(who) / token)
    data = find_data(home, token, who)
    return Place(home=home, data=data, sockets=sockets, servant=who)


def find_data(home: Path, token: str, who: Servant) -> Path:
    """Where the data is or goes: it stays in the shelter once there, and at home if it can."""
    if who.uid is not None:
        for shelter in ROOT_SHELTERS:
            if (sheltered := Path(shelter) / token / "pg18").exists():
                return sheltered
    at_home = home / "pg18"
    if who.can_enter(home):
        return at_home
    sheltered = find_shelter(who, home) / token / "pg18"
    sheltered.parent.mkdir(exist_ok=True)
    return sheltered


def home_token(home: Path) -> str:
    """The name of this home outside itself, made once and valid for this path only."""
    kept = home / "token"
    here = hashlib.sha256(str(home).encode()).hexdigest()[:6]
    if kept.exists() and (token := kept.read_text().strip()).startswith(here):
        return token
    token = f"{here}{secrets.token_hex(4)}"
    kept.write_text(token)
    return token


def find_shelter(who: Servant, home: Path) -> Path:
    """A directory of ours that the servers' user can enter, and from which programs may run."""
    if who.uid is None:
        return home
    for candidate in ROOT_SHELTERS:
        try:
            shelter = private_directory(Path(candidate), 0o711)
        except (OSError, StackError):
            continue
        if not os.statvfs(shelter).f_flag & os.ST_NOEXEC and who.can_enter(shelter):
            return shelter
    raise StackError(f"None of {', '.join(ROOT_SHELTERS)} can be made and run programs from.")


def find_short_directory(who: Servant) -> Path:
    """Where sockets go: a path short enough for any of them."""
    mode = 0o700 if who.uid is None else 0o711
    return private_directory(Path(f"/tmp/atrium-{os.geteuid()}"), mode)  # noqa: S108


def private_directory(path: Path, mode: int) -> Path:
    """Make a directory, or take the one that is there if it is ours alone.

    The parents are open to all users, so another could have put a directory or a link of theirs
    there first.
    """
    path.mkdir(mode=mode, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise StackError(f"{path} belongs to somebody else; remove it or have it removed.")
    if stat.S_IMODE(found.st_mode) != mode:
        path.chmod(mode)
    return path
