"""The only way out: HTTP to addresses that tenants choose, never into our own network.

The name is resolved here and the very address that was judged is the one connected to, so a name
that answers differently the second time (DNS rebinding) gains nothing. TLS still checks the name.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2
import structlog

from infra.kernel.config import Settings

log = structlog.get_logger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = frozenset({80, 443, *range(8000, 9001)})
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
ANSWER_BYTES_MAX = 1024 * 1024
URL_CHARS_MAX = 2048

_NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
            "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20",
            "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        ),
    )
)  # fmt: skip
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class EgressRefused(Exception):
    """The address is one that we do not go to; the message is fit for whoever entered it."""


class EgressFailed(Exception):
    """The other side could not be reached, or did not answer as it should."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet, seen through every way to wrap another."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(inner)
    if any(address.version == net.version and address in net for net in _NEVER):
        return False
    return address.is_global and not address.is_multicast


def url_fault(url: str, settings: Settings) -> str | None:
    """What is wrong with an address that somebody enters, as far as it can be told by looking."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is not a valid address"
    if len(url) > URL_CHARS_MAX or any(ord(c) <= 32 or ord(c) == 127 or c == "\\" for c in url):
        return "is not a valid address"
    allowed = _is_excepted(host or "", port or _default_port(parts.scheme), settings)
    schemes = ("https",) if settings.is_production and not allowed else ("http", "https")
    if parts.scheme not in schemes:
        return f"must begin with {' or '.join(schemes)}://"
    if not host:
        return "has no host"
    if "@" in parts.netloc:
        return "must not carry a user name or password"
    if allowed:
        return None
    if (port or _default_port(parts.scheme)) not in PORTS:
        return "must use port 80, 443 or 8000 to 9000"
    literal = _literal(host)
    if literal is not None and not is_public(literal):
        return "must be on the public internet"
    return None


class _Backend(httpcore2.AsyncNetworkBackend):
    """Connects to public addresses only."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        excepted = _is_excepted(host, port, self._settings)
        if port not in PORTS and not excepted:
            raise EgressRefused(f"port {port} is not allowed")
        addresses = await self._resolve(host, port)
        if not excepted and not all(map(is_public, addresses)):
            log.warning("egress.blocked", host=host, port=port)
            raise EgressRefused("the address is not on the public internet")
        failure: Exception = httpcore2.ConnectError("no address answers")
        for address in addresses[:3]:
            try:
                return await self._plain.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        raise EgressRefused("not a network address")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _resolve(self, host: str, port: int) -> list[Address]:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                found = await asyncio.get_running_loop().getaddrinfo(
                    host, port, type=socket.SOCK_STREAM
                )
        except (OSError, UnicodeError, TimeoutError) as error:
            raise httpcore2.ConnectError("the name does not resolve") from error
        # A zone (`fe80::1%eth0`) names one of our own links.
        names = dict.fromkeys(str(address[0]).partition("%")[0] for *_, address in found)
        return [ipaddress.ip_address(name) for name in names]


class Egress:
    """An HTTP client for addresses that are not ours to trust."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        transport = httpx2.AsyncHTTPTransport(trust_env=False, retries=0)
        # httpx2 has no parameter for it; the pool is made anew with our way to connect.
        transport._pool = httpcore2.AsyncConnectionPool(  # noqa: SLF001
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Backend(settings),
        )
        self.client = httpx2.AsyncClient(
            transport=transport,
            follow_redirects=False,
            trust_env=False,
            timeout=httpx2.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS),
            headers={"user-agent": "Atrium", "accept-encoding": "identity"},
        )

    async def aclose(self) -> None:
        await self.client.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        seconds_max: float = TOTAL_SECONDS,
        bytes_max: int = ANSWER_BYTES_MAX,
    ) -> Answer:
        """One request, no redirect followed, the answer cut off beyond `bytes_max`.

        Raises EgressRefused for where we do not go, EgressFailed for what did not work.
        """
        if fault := url_fault(url, self._settings):
            raise EgressRefused(f"the address {fault}")
        try:
            async with (
                asyncio.timeout(seconds_max),
                self.client.stream(method, url, headers=headers, content=content) as response,
            ):
                if response.headers.get("content-encoding", "identity") != "identity":
                    return Answer(response.status_code, dict(response.headers), b"")
                body = bytearray()
                async for chunk in response.aiter_raw():
                    body += chunk
                    if len(body) > bytes_max:
                        raise EgressFailed("the answer is too large")
                return Answer(response.status_code, dict(response.headers), bytes(body))
        except TimeoutError:
            raise EgressFailed("no answer in time") from None
        except httpx2.TimeoutException:
            raise EgressFailed("no answer in time") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpcore2.ConnectError, OSError) as error:
            raise EgressFailed(f"no connection ({type(error).__name__})") from error


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _is_excepted(host: str, port: int, settings: Settings) -> bool:
    return f"{host.lower()}:{port}" in settings.egress_allow_private


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:  # 127.1, 0x7f.1, 2130706433: what the resolver would take for an IPv4 address
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return ipaddress.ip_address("127.0.0.1") if _is_local_name(host) else None


def _is_local_name(host: str) -> bool:
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith((".localhost", ".local", ".internal"))
