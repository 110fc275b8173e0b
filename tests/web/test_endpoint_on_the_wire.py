"""The endpoint on a real socket, with callers who announce one length and send another."""

import json
import socket
import time
from collections.abc import Iterator

import pytest

from cafe_graphql.web.endpoint import GraphQLEndpoint
from tests.clients.called import ada
from tests.clients.serving import serve
from tests.execution import corner

Address = tuple[str, int]

BODY = json.dumps({"query": "{ drink { name } }"}).encode()


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    with serve(GraphQLEndpoint(corner.engine(), ada)) as where:
        yield where


def send(address: Address, length: int, body: bytes) -> socket.socket:
    caller = socket.create_connection(address, timeout=5)
    headers = f"Host: cafe\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
    caller.sendall(f"POST /graphql HTTP/1.1\r\n{headers}\r\n".encode() + body)
    return caller


def answer(caller: socket.socket) -> bytes:
    with caller:
        return caller.recv(65_536)


def test_an_honest_caller_is_answered(address: Address) -> None:
    head, _, body = answer(send(address, len(BODY), BODY)).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 ")
    assert body == b'{"data":{"drink":{"name":"Latte"}}}'


def test_a_caller_who_promises_more_and_leaves_makes_no_noise(
    address: Address, caplog: pytest.LogCaptureFixture
) -> None:
    for length in (len(BODY) + 1, 900_000):
        send(address, length, BODY).close()
    time.sleep(0.2)

    assert answer(send(address, len(BODY), BODY)).startswith(b"HTTP/1.1 200 ")
    assert [record for record in caplog.records if record.exc_info or record.levelname == "ERROR"] == []


def test_a_caller_who_promises_less_gets_what_the_shorter_body_is_worth(
    address: Address, caplog: pytest.LogCaptureFixture
) -> None:
    assert answer(send(address, 5, BODY)).startswith(b"HTTP/1.1 400 ")
    assert [record for record in caplog.records if record.exc_info or record.levelname == "ERROR"] == []


def test_a_caller_who_announces_too_much_is_answered_before_sending_it(address: Address) -> None:
    assert answer(send(address, 2**30, b"")).startswith(b"HTTP/1.1 413 ")


def test_a_caller_who_leaves_before_the_answer_makes_no_noise(
    address: Address, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        send(address, len(BODY), BODY).close()
    time.sleep(0.2)

    assert answer(send(address, len(BODY), BODY)).startswith(b"HTTP/1.1 200 ")
    assert [record for record in caplog.records if record.exc_info or record.levelname == "ERROR"] == []
