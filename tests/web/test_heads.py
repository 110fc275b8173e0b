"""The head of a request is whole soon and not endless, or the connection is over."""

import socket
import time
from collections.abc import Iterator

import pytest

from cafe_graphql.web import wire
from tests.clients.latte import JSON
from tests.clients.streaming import Address, serving
from tests.clients.wire import ask_graphql

QUERY = b'{"query": "{ guest }"}'
START = b"POST /graphql HTTP/1.1\r\nHost: cafe\r\n"
WHOLE = START + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(QUERY)


@pytest.fixture
def address() -> Iterator[Address]:
    with serving() as (address, _):
        yield address


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.2)


def to_the_end(caller: socket.socket) -> bytes:
    answer = b""
    while more := caller.recv(65_536):
        answer += more
    return answer


def test_who_connects_and_says_nothing_is_let_go(hurry: None, address: Address) -> None:
    with socket.create_connection(address, timeout=5) as caller:
        assert to_the_end(caller).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("said", [b"G", START, START + b"X-Slow: a"])
def test_so_is_who_never_comes_to_the_end_of_a_head(hurry: None, address: Address, said: bytes) -> None:
    with socket.create_connection(address, timeout=5) as caller:
        caller.sendall(said)
        assert to_the_end(caller).startswith(b"HTTP/1.1 408 ")


def test_a_second_request_on_a_connection_is_waited_for_no_longer(hurry: None, address: Address) -> None:
    with socket.create_connection(address, timeout=5) as caller:
        caller.sendall(WHOLE + QUERY)
        assert b'{"guest":"Ada"}' in caller.recv(65_536)
        caller.sendall(START)
        assert to_the_end(caller).startswith(b"HTTP/1.1 408 ")


def test_a_head_that_is_whole_may_have_a_slow_body(hurry: None, address: Address) -> None:
    with socket.create_connection(address, timeout=5) as caller:
        caller.sendall(WHOLE + QUERY[:5])
        caller.settimeout(0.5)
        with pytest.raises(TimeoutError):
            caller.recv(1)
        caller.settimeout(5)
        caller.sendall(QUERY[5:])
        assert b'{"guest":"Ada"}' in caller.recv(65_536)


@pytest.mark.parametrize("header", [b"X-Long: " + b"x" * 1_000_000, b"X-Many: y\r\n" * 100_000])
def test_a_head_is_not_kept_beyond_its_bounds(address: Address, header: bytes) -> None:
    with socket.create_connection(address, timeout=5) as caller:
        try:
            caller.sendall(START + header)
            answer = to_the_end(caller)
        except ConnectionError:  # it was closed while we were still talking
            answer = b""
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
    assert ask_graphql(address, "{ guest }").status == 200


def test_trailers_are_not_kept_beyond_their_bounds(address: Address) -> None:
    head = START + b"Content-Type: " + JSON.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(address, timeout=5) as caller:
        try:
            caller.sendall(head + b"1\r\n{\r\n0\r\n" + b"X-Late: y\r\n" * 10_000)
            to_the_end(caller)
        except ConnectionError:
            pass
    assert ask_graphql(address, "{ guest }").status == 200


def test_an_honest_head_may_come_in_pieces(address: Address) -> None:
    with socket.create_connection(address, timeout=5) as caller:
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for index in range(0, len(WHOLE), 7):
            caller.sendall(WHOLE[index : index + 7])
        caller.sendall(QUERY)
        assert b'{"guest":"Ada"}' in caller.recv(65_536)


def test_a_head_is_not_taken_for_longer_by_what_came_before_it(address: Address) -> None:
    long = QUERY.ljust(wire.HEAD_BYTES + 5_000)
    whole = START + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(long) + long
    with socket.create_connection(address, timeout=5) as caller:
        caller.sendall(whole + WHOLE[:50])
        time.sleep(0.3)
        caller.sendall(WHOLE[50:] + QUERY)
        answers = b""
        while answers.count(b'{"guest":"Ada"}') < 2:
            answers += caller.recv(65_536)
