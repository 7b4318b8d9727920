"""Tests cannot leave the machine by accident."""

import asyncio
import socket

import pytest

from tests.guards import LeftTheMachine


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.com"])
def test_a_socket_to_another_machine_is_refused(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as client, pytest.raises(LeftTheMachine):
        client.connect((host, 80))


async def test_a_connection_of_the_event_loop_to_another_machine_is_refused() -> None:
    with pytest.raises(LeftTheMachine):
        await asyncio.open_connection("192.0.2.1", 80)


def test_loopback_is_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()
