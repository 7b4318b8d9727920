"""Which tenant a host name is: only verified rows and subdomains decide, never a header's word."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from infra.kernel.config import Settings
from infra.kernel.database import Database
from tenants.directory.addresses import base_name, host_name, slug_of

_KEEP_SECONDS = 15.0
_KEEP_MOST = 20_000


@dataclass(frozen=True)
class Site:
    """A tenant as a browser reaches it."""

    tenant_id: UUID
    slug: str
    name: str
    state: str
    host: str


class Hosts:
    """Looks tenants up by host, and remembers for some seconds what it found."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._base = base_name(settings.base_url)
        self._known: OrderedDict[str, tuple[float, Site | None]] = OrderedDict()

    async def site(self, header: str | None) -> Site | None:
        """The tenant whose host this is; None for the installation's own and for unknown ones."""
        name = host_name(header)
        if name is None or name == self._base:
            return None
        found = self._known.get(name)
        if found and found[0] > time.monotonic():
            return found[1]
        site = await self._look_up(name)
        self._known[name] = (time.monotonic() + _KEEP_SECONDS, site)
        if len(self._known) > _KEEP_MOST:
            self._known.popitem(last=False)
        return site

    def is_base(self, header: str | None) -> bool:
        """Whether this is the installation's own address, which belongs to no tenant."""
        name = host_name(header)
        return name == self._base or name in {"localhost", "127.0.0.1"}

    def forget(self) -> None:
        """Look everything up anew, after hosts or tenants changed."""
        self._known.clear()

    async def _look_up(self, name: str) -> Site | None:
        slug = slug_of(name, self._base)
        async with self._database.transaction(None, read_only=True) as connection:
            if slug is not None:
                row = await connection.fetchrow(
                    """SELECT id, slug, name, state FROM tenants
                       WHERE slug = $1 AND state <> 'erased'""",
                    slug,
                )
            else:
                row = await connection.fetchrow(
                    """SELECT t.id, t.slug, t.name, t.state FROM tenant_hosts h
                         JOIN tenants t ON t.id = h.tenant_id
                       WHERE h.host = $1 AND h.verified_at IS NOT NULL AND h.released_at IS NULL
                         AND t.state <> 'erased'""",
                    name,
                )
        return Site(row["id"], row["slug"], row["name"], row["state"], name) if row else None
