"""How a tenant looks: its name, logo, colour and where else to find help."""

import re
import time
from dataclasses import dataclass
from typing import Any

from infra.kernel.services import Services
from portals.queries import brand_settings
from tenants.directory.hosts import Site

_KEEP_SECONDS = 30.0
_COLOR = re.compile(r"#[0-9a-fA-F]{6}|oklch\([0-9. %]{3,40}\)")
_PICTURE = re.compile(r"/[A-Za-z0-9_./-]{1,300}")


@dataclass(frozen=True)
class Brand:
    """What a tenant shows of itself; `color` is safe to write into a style sheet."""

    name: str
    color: str | None = None
    logo_url: str | None = None
    support_text: str | None = None
    support_phone: str | None = None

    def shown(self) -> dict[str, Any]:
        """As the templates know it."""
        return {
            "name": self.name,
            "logo_url": self.logo_url,
            "support_text": self.support_text,
            "support_phone": self.support_phone,
        }


class Brands:
    """The brands of tenants, remembered for some seconds. One per process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[str, tuple[float, Brand]] = {}

    async def of(self, site: Site) -> Brand:
        """The brand of a tenant; its bare name where it has chosen nothing."""
        key = site.tenant_id.hex
        known = self._known.get(key)
        if known and known[0] > time.monotonic():
            return known[1]
        async with self._services.system(site.tenant_id, reason="brand") as ctx:
            brand = brand_of(site.name, await brand_settings(ctx))
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[key] = (time.monotonic() + _KEEP_SECONDS, brand)
        return brand

    def forget(self) -> None:
        """Look all of them up anew."""
        self._known.clear()


def brand_of(name: str, told: dict[str, Any]) -> Brand:
    """A brand from settings; what cannot be shown safely is left out."""
    return Brand(
        name=name,
        color=_matching(_COLOR, told.get("color")),
        logo_url=_matching(_PICTURE, told.get("logo_url")),
        support_text=_text(told.get("support_text"), 300),
        support_phone=_text(told.get("support_phone"), 40),
    )


def brands_of(services: Services) -> Brands:
    """The brands of this process."""
    try:
        return services.get(Brands)
    except LookupError:
        services.provide(Brands(services))
        return services.get(Brands)


def _matching(pattern: re.Pattern[str], value: Any) -> str | None:
    return value if isinstance(value, str) and pattern.fullmatch(value) else None


def _text(value: Any, most: int) -> str | None:
    return value[:most] if isinstance(value, str) and value.strip() else None
