"""Which pages may ask. An origin is compared whole (RFC 6454): no suffix, wildcard or `null`."""

import ipaddress
import re
from urllib.parse import urlsplit

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_USUAL_PORTS = {"https": 443, "http": 80}


def origin_fault(text: str, *, production: bool) -> str | None:
    """What is wrong with an origin that an admin lists, or None."""
    if len(text) > 255 or not text.isascii():
        return "must be ASCII (a domain in its xn-- form) and at most 255 characters"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "must be scheme://host or scheme://host:port"
    if parts.scheme not in _USUAL_PORTS or not _is_host(host):
        return "must be scheme://host or scheme://host:port, without a wildcard"
    shown = f"[{host}]" if ":" in host else host
    whole = f"{parts.scheme}://{shown}" + (f":{port}" if port is not None else "")
    if text != whole or port == _USUAL_PORTS[parts.scheme]:
        return "must be lower-case scheme://host, with a port only where it is not the usual one"
    if parts.scheme == "http" and production and not _is_loopback(host):
        return "must be https"
    return None


def _is_host(host: str) -> bool:
    if _HOST.fullmatch(host):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
