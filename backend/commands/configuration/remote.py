"""The tenant whose configuration it is, asked over its API."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2

from infra.embedded.place import default_home

SECONDS_MAX = 120.0


class Refused(Exception):
    """An answer that is no success, in the API's own words."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or f"status {status}")
        self.status = status
        self.faults: list[dict[str, str]] = list(problem.get("errors", ()))


class Remote:
    """A client with an admin's key. Raises Refused, and httpx2.HTTPError where nobody answers."""

    def __init__(self, url: str, key: str) -> None:
        base, host = reachable(url)
        headers = {"Authorization": f"Bearer {key}"} | ({"Host": host} if host else {})
        self._http = httpx2.Client(base_url=base, headers=headers, timeout=SECONDS_MAX)

    def close(self) -> None:
        self._http.close()

    def get(self, place: str) -> Any:
        return self._told(self._http.get(f"/api/v1/config{place}"))

    def post(self, place: str, body: Mapping[str, Any]) -> Any:
        return self._told(self._http.post(f"/api/v1/config{place}", json=dict(body)))

    @staticmethod
    def _told(answer: httpx2.Response) -> Any:
        try:
            told = answer.json()
        except ValueError:
            told = {"detail": f"{answer.request.url} does not answer as Atrium does"}
        if answer.is_success:
            return told
        raise Refused(answer.status_code, told if isinstance(told, dict) else {})


def reachable(url: str) -> tuple[str, str]:
    """Where to connect, and the host to name there: a name below localhost is this machine."""
    parts = urlsplit(url.rstrip("/"))
    if not (parts.hostname or "").endswith(".localhost"):
        return urlunsplit(parts), ""
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"localhost{port}", parts.path, "", "")), parts.netloc


def demo_tenant() -> tuple[str, str]:
    """Address and key of the demo's first tenant; empty where no demo was run."""
    try:
        told = json.loads((default_home() / "demo.json").read_text(encoding="utf-8"))
        first = told["tenants"][0]
    except (OSError, ValueError, LookupError):
        return "", ""
    return str(first["url"]), str(first["api_key"])


def read_folder(folder: Path) -> dict[str, str]:
    """The bundle in a folder."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}


def write_folder(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Write what is different; answers which files those were. Other files stay as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in files.items():
        path = folder / Path(name).name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            written.append(path.name)
    return written
