"""How many sockets a gateway takes, and what clients that mean harm can take of it."""

import asyncio
import json
import socket as plain_socket
import threading
import time
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect as connect_many
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect

from arbitrax.api.websocket import protocol
from arbitrax.api.websocket.limits import SocketLimits, allowed_descriptors
from arbitrax.services.identity_ports import User
from arbitrax.settings import Settings
from tests.gateway import Gateway, running_gateway
from tests.socket_client import Socket

MANY = 600
NOBODYS = '{"op": "subscribe", "id": 1, "channel": "account", "account": "nobodys"}'
"""Refused, and yet it has asked for something."""


def becomes(holds) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        threading.Event().wait(0.02)


@pytest.fixture
def limited(gateway: Gateway, monkeypatch: pytest.MonkeyPatch):
    """Return what sets the limits, once sockets of earlier tests are gone."""
    becomes(lambda: not gateway.parts.hub.sessions)

    def limit(**counts: int) -> None:
        monkeypatch.setattr(
            gateway.parts.hub, "limits", SocketLimits(**{"process": 9, "user": 9, "address": 9} | counts)
        )

    return limit


@pytest.mark.parametrize(("limit", "reason"), [("process", "connections"), ("address", "connections of this address")])
def test_sockets_beyond_a_limit_are_closed_and_fit_again_when_others_went(
    gateway: Gateway, limited, limit: str, reason: str
) -> None:
    limited(**{limit: 2})
    with closing(Socket(gateway.url)) as first, closing(Socket(gateway.url)) as second:
        for each in (first, second):
            each.wait_for(lambda message: message["type"] == "hello")
        assert Socket(gateway.url).wait_closed() == (1013, f"too many {reason}")
        first.close()
        becomes(lambda: len(gateway.parts.hub.sessions) == 1)
        with closing(Socket(gateway.url)) as third:
            third.wait_for(lambda message: message["type"] == "hello")


def test_a_user_has_so_many_sockets(gateway: Gateway, limited, trader: User, viewer: User) -> None:
    limited(user=1)
    with closing(Socket(gateway.url, gateway.key(trader))) as first, closing(Socket(gateway.url)) as second:
        refused = second.ask(op="authenticate", token=gateway.key(trader))
        assert (refused["code"], refused["retryable"]) == ("access.rate_limited", True)
        assert second.ask(op="authenticate", token=gateway.key(viewer))["type"] == "ack"
        assert first.ask(op="authenticate", token=gateway.key(trader))["type"] == "ack"  # the same socket anew
        first.close()
        becomes(lambda: len(gateway.parts.hub.sessions) == 1)
        with closing(Socket(gateway.url, gateway.key(trader))):
            pass


def test_a_message_in_too_many_parts_ends_the_connection(gateway: Gateway) -> None:
    with closing(Socket(gateway.url)) as socket:
        socket.connection.send(iter(["", *[""] * protocol.MOST_FRAGMENTS, "x"]))
        assert socket.wait_closed()[0] == protocol.VIOLATED


def test_a_message_that_does_not_end_ends_the_connection(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MESSAGE_SECONDS", 0.2)
    with closing(Socket(gateway.url)) as socket:
        begun = Frame(Opcode.TEXT, b'{"op":', fin=False).serialize(mask=True)
        socket.connection.socket.sendall(begun)
        assert socket.wait_closed()[0] == protocol.VIOLATED


def test_a_frame_that_comes_byte_by_byte_ends_the_connection(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MESSAGE_SECONDS", 0.3)
    with closing(Socket(gateway.url)) as socket:
        frame = Frame(Opcode.TEXT, b" " * 60_000).serialize(mask=True)
        for at in range(len(frame)):
            try:
                socket.connection.socket.sendall(frame[at : at + 1])
            except OSError:
                break
            threading.Event().wait(0.02)
            assert at < 500, "It may go on for ever."
            if socket.closed is not None:
                break
        assert socket.wait_closed()[0] == protocol.VIOLATED


def test_a_socket_that_says_nothing_more_stays(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MESSAGE_SECONDS", 0.1)
    with closing(Socket(gateway.url)) as socket:
        socket.wait_for(lambda message: message["type"] == "hello")
        for _ in range(2):
            threading.Event().wait(0.5)
            assert socket.ask(op="ping")["type"] == "pong"
        assert socket.closed is None


def test_frames_that_end_in_time_may_come_in_any_pieces(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long that goes on: what has ended takes nothing from the time of the next."""
    monkeypatch.setattr(protocol, "MESSAGE_SECONDS", 0.5)
    ping = Frame(Opcode.PING, b"x" * 10).serialize(mask=True)
    message = Frame(Opcode.TEXT, b'{"op": "ping", "id": 1}').serialize(mask=True)
    with closing(Socket(gateway.url)) as socket:
        for frame in (ping, message):
            begun = time.monotonic()
            socket.connection.socket.sendall(frame[:3])
            while time.monotonic() < begun + 1.2:
                socket.connection.socket.sendall(frame[3:] + frame[:3])
                threading.Event().wait(0.1)
            socket.connection.socket.sendall(frame[3:])
        assert socket.ask(op="ping")["type"] == "pong"


@pytest.mark.parametrize("frames", [[b"\xff\xff"], [b"\xc3", b"\x28"]], ids=["whole", "in parts"])
def test_text_that_is_none_ends_the_connection_without_a_word_in_the_log(
    gateway: Gateway, frames: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Socket(gateway.url)) as socket:
        for place, data in enumerate(frames):
            kind, last = Opcode.CONT if place else Opcode.TEXT, place == len(frames) - 1
            socket.connection.socket.sendall(Frame(kind, data, fin=last).serialize(mask=True))
        assert socket.wait_closed()[0] == protocol.NO_TEXT
    assert not caplog.records


def test_a_frame_that_does_not_end_ends_the_connection(
    gateway_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(protocol.SOCKET_OPTIONS, "ws_ping_interval", 0.2)
    monkeypatch.setitem(protocol.SOCKET_OPTIONS, "ws_ping_timeout", 0.2)
    with running_gateway(gateway_settings) as gateway, closing(Socket(gateway.url)) as socket:
        assert socket.ask(op="ping")["type"] == "pong"
        # What answers pings goes into the frame from now on.
        socket.connection.socket.sendall(Frame(Opcode.TEXT, b" " * 200_000).serialize(mask=True)[:100])
        assert socket.wait_closed()[0] in (1006, 1011)


def test_pings_whose_answers_nobody_reads_take_no_memory(gateway: Gateway, trader: User, limited) -> None:
    limited()
    host, port = urlsplit(gateway.url).netloc.split(":")
    plain = plain_socket.socket()
    plain.setsockopt(plain_socket.SOL_SOCKET, plain_socket.SO_RCVBUF, 4096)
    plain.connect((host, int(port)))
    pings = Frame(Opcode.PING, b"x" * 100).serialize(mask=True) * 1000
    headers = {"Authorization": f"Bearer {gateway.key(trader)}"}
    url = f"ws://{host}:{port}/api/v1/ws"
    with connect(url, sock=plain, compression=None, max_queue=1, additional_headers=headers) as client:
        client.send(NOBODYS)  # a client that follows something may stay
        becomes(lambda: gateway.parts.hub.sessions)
        (session,) = gateway.parts.hub.sessions
        waiting = []
        for _ in range(100):
            plain.sendall(pings)
            waiting.append(session.wire.transport.get_write_buffer_size())
        assert session.wire.full
        assert max(waiting) < 1 << 20  # of 10 MB
        session.wire.abort()


def test_who_reads_no_answers_is_not_read_from_and_then_has_them_all(gateway: Gateway, trader: User, limited) -> None:
    limited()
    host, port = urlsplit(gateway.url).netloc.split(":")
    plain = plain_socket.socket()
    plain.setsockopt(plain_socket.SOL_SOCKET, plain_socket.SO_RCVBUF, 4096)
    plain.connect((host, int(port)))
    headers, asked = {"Authorization": f"Bearer {gateway.key(trader)}"}, 20_000
    url = f"ws://{host}:{port}/api/v1/ws"
    with connect(url, sock=plain, compression=None, max_queue=1, additional_headers=headers) as client:
        client.send(NOBODYS)
        pings = (b'{"op": "ping", "id": %d}' % number for number in range(asked))
        frames = b"".join(Frame(Opcode.TEXT, each).serialize(mask=True) for each in pings)
        sender = threading.Thread(target=plain.sendall, args=[frames])
        sender.start()
        becomes(lambda: gateway.parts.hub.sessions)
        (session,) = gateway.parts.hub.sessions
        becomes(lambda: session.wire.full)
        pongs: list[int] = []
        while len(pongs) < asked:
            found = json.loads(client.recv())
            pongs += [each["id"] for each in (found if isinstance(found, list) else [found]) if each["type"] == "pong"]
        sender.join(60)
        assert pongs == list(range(asked))


def test_many_idle_sockets_have_their_heartbeats_while_requests_are_answered(
    gateway: Gateway, trader: User, limited
) -> None:
    """10,000 of them are a row of `make bench-api`."""
    if allowed_descriptors() < 3 * MANY:
        pytest.skip(f"needs {3 * MANY} open files")
    limited(process=MANY, user=MANY, address=MANY)
    url = gateway.url.replace("http", "ws", 1) + "/api/v1/ws"
    headers = {"Authorization": f"Bearer {gateway.key(trader)}"}

    async def follow() -> int:
        async def one() -> int:
            async with connect_many(url, compression=None, additional_headers=headers, ping_interval=None) as socket:
                await socket.send(NOBODYS)
                beats = 0
                while beats < 3:
                    message = await socket.recv()
                    beats += b'"heartbeat"' in (message if isinstance(message, bytes) else message.encode())
                return beats

        return sum(await asyncio.gather(*(one() for _ in range(MANY))))

    found = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(follow())))
    thread.start()
    with gateway.client(gateway.key(trader)) as client:
        becomes(lambda: len(gateway.parts.hub.sessions) == MANY or found)
        assert client.get("/api/v1/instruments").status_code == 200
    thread.join(60)
    assert found == [3 * MANY]
    becomes(lambda: not gateway.parts.hub.sessions)
    assert not gateway.parts.hub._of_user
    assert not gateway.parts.hub._of_address
