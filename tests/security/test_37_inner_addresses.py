"""#37: no address that a tenant enters leads into our own network."""

import ipaddress
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from infra.kernel.config import Settings
from infra.kernel.egress import Egress, EgressFailed, EgressRefused, is_public, url_fault
from infra.kernel.services import Services
from tests.kernel import workshop
from tests.kernel.sink import Sink, listening, status
from tests.kernel.test_webhooks import a_book, a_webhook, deliveries, in_state
from tests.kernel.workshop import until, working

NOWHERE = Settings(app_dsn="", redis_url="")


@pytest_asyncio.fixture
async def sink() -> AsyncIterator[Sink]:
    async with listening() as found:
        yield found


@pytest_asyncio.fixture
async def egress(sink: Sink) -> AsyncIterator[Egress]:
    """A way out with one exception: the sink."""
    client = Egress(Settings(app_dsn="", redis_url="", egress_allow_private=(sink.place,)))
    yield client
    await client.aclose()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1", "2001::1", "100::1",
        "fec0::1",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::"]
)
def test_addresses_outside_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://0/", "http://0x7f.1/", "http://2130706433/",
        "http://127.1/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/meta-data",
        "http://10.1.2.3/", "http://localhost/", "http://LOCALHOST./", "http://db.internal/",
        "file:///etc/passwd", "gopher://x/", "ftp://example.com/", "//example.com/", "",
        "http://user:pw@example.com/", "http://example.com:5432/", "http://example.com:6379/",
        "http://example.com:22/", "http://example.com:99999/", "http://[::1", "http:///path",
        "http://example.com/\r\nHost: x", "http://example.com\\@127.0.0.1/", "http://a b/",
        "https://example.com/" + "a" * 3000,
    ],
)  # fmt: skip
async def test_an_address_that_leads_inside_is_refused(egress: Egress, url: str) -> None:
    assert url_fault(url, NOWHERE)
    with pytest.raises(EgressRefused):
        await egress.request("GET", url)


def test_an_ordinary_address_is_accepted_and_production_wants_https() -> None:
    production = Settings(app_dsn="", redis_url="", environment="production")
    assert url_fault("https://hooks.example.com/a?b=c", NOWHERE) is None
    assert url_fault("https://hooks.example.com:8443/", production) is None
    assert url_fault("http://hooks.example.com/", NOWHERE) is None
    assert url_fault("http://hooks.example.com/", production) == "must begin with https://"


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.7", "::1", "::ffff:169.254.169.254"])
async def test_a_name_that_resolves_inside_is_blocked_where_it_connects(
    egress: Egress, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    family = socket.AF_INET6 if ":" in inside else socket.AF_INET

    def resolve(_host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        outside = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", port))
        return [outside, (family, socket.SOCK_STREAM, 6, "", (inside, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(EgressRefused, match="not on the public internet"):
        await egress.request("GET", "http://rebind.example.com/")


async def test_a_redirect_is_told_and_not_followed(egress: Egress, sink: Sink) -> None:
    sink.answer = lambda _: status(302, "location: http://127.0.0.1:1/\r\n")
    assert (await egress.request("POST", sink.url, content=b"x")).status == 302
    assert len(sink.heard) == 1


async def test_the_host_header_is_the_one_asked_for(egress: Egress, sink: Sink) -> None:
    await egress.request("POST", sink.url, content=b"hello")
    headers, body = sink.heard[0]
    assert (headers["host"], body) == (sink.place, b"hello")


async def test_an_endless_answer_is_cut_off(egress: Egress, sink: Sink) -> None:
    sink.answer = lambda _: status(200, body=b"x" * 300_000)
    with pytest.raises(EgressFailed, match="too large"):
        await egress.request("GET", sink.url, bytes_max=100_000)


async def test_a_packed_answer_is_not_unpacked(egress: Egress, sink: Sink) -> None:
    sink.answer = lambda _: status(200, "content-encoding: gzip\r\n", b"\x1f\x8b")
    assert (await egress.request("GET", sink.url)).body == b""


async def test_a_hanging_endpoint_is_left(egress: Egress, sink: Sink) -> None:
    sink.pause_seconds = 5
    with pytest.raises(EgressFailed, match="no answer in time"):
        await egress.request("GET", sink.url, seconds_max=0.2)


async def test_a_closed_port_is_a_failure_not_an_error(sink: Sink) -> None:
    client = Egress(Settings(app_dsn="", redis_url="", egress_allow_private=("127.0.0.1:1",)))
    with pytest.raises(EgressFailed):
        await client.request("GET", "http://127.0.0.1:1/")
    await client.aclose()


@pytest_asyncio.fixture
async def services(
    library: Services, kernel_settings: Settings, sink: Sink
) -> AsyncIterator[Services]:
    settings = replace(kernel_settings, egress_allow_private=(sink.place,))
    async with workshop.opened(library, settings) as services:
        yield services


async def test_37_a_webhook_into_our_network_is_blocked_and_says_so(
    services: Services, tenant: UUID, sink: Sink
) -> None:
    await a_webhook(services, tenant, "http://127.0.0.1:8000/")
    async with working(services):
        await a_book(services, tenant)
        await until(lambda: in_state(services, tenant, "failed"))
    [row] = await deliveries(services, tenant)
    assert row["error"] == "blocked: the address must be on the public internet"
    assert sink.heard == []
