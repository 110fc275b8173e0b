"""An issuer made by hand, on a real socket, that publishes and signs whatever a test wants."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from cafe_graphql.gateways.oidc import Issuer, Patience

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
CONFIGURATION = "/.well-known/openid-configuration"
KEYS = "/keys"

Answer = Callable[[BaseHTTPRequestHandler], None]


@cache
def rsa_key(name: str, bits: int = 2048) -> RSAPrivateKey:
    """Give the key of that name, the same one all along."""
    return generate_private_key(65537, bits)


def jwk(name: str, **members: object) -> dict[str, object]:
    """Give the public half of a key as it is published; a member that is None is left out."""
    public = jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key(name).public_key(), as_dict=True)
    told = {**public, "kid": name, "use": "sig", "alg": "RS256", **members}
    return {member: value for member, value in told.items() if value is not None}


class Ticks:
    """A clock for the age of keys, in seconds, that moves when told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Forge:
    """The issuer: `answers` says what each path gives, `asked` how often it was asked for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.ticks = Ticks()
        self.asked: Counter[str] = Counter()
        self.answers: dict[str, Answer] = {}
        self.describe()
        self.publish(jwk("spring"))

    def describe(self, **members: object) -> None:
        """Change its discovery document."""
        self.answers[CONFIGURATION] = says({"issuer": self.url, "jwks_uri": self.url + KEYS, **members})

    def publish(self, *keys: object) -> None:
        """Change its key set."""
        self.answers[KEYS] = says({"keys": keys})

    def issuer(self, audience: str = "cafe-web", *, patience: Patience | None = None, **options: Any) -> Issuer:
        """Give it as the café sees it, at noon; nothing takes longer than it needs to on a busy machine."""
        calm = patience or Patience(timeout=30)
        return Issuer(self.url, audience, clock=lambda: NOON, monotonic=self.ticks, patience=calm, **options)

    def claims(self, **changed: object) -> dict[str, object]:
        """Give what a good token says at noon; a claim that is None is left out."""
        issued = NOON.timestamp()
        good = {"iss": self.url, "sub": "ada", "aud": "cafe-web", "iat": issued, "exp": issued + 3600}
        return {name: value for name, value in {**good, **changed}.items() if value is not None}

    def token(self, key: str = "spring", header: dict[str, object] | None = None, **changed: object) -> str:
        """Sign a token by RS256 with a key of ours."""
        named = {"kid": key, **(header or {})}
        told = {member: value for member, value in named.items() if value is not None}
        return jwt.encode(self.claims(**changed), rsa_key(key), algorithm="RS256", headers=told)


def says(document: object, status: int = 200, **headers: str) -> Answer:
    """Answer with a document: JSON, unless it is bytes already."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return lambda request: _send(request, status, {"Content-Length": str(len(body)), **headers}, body)


def moves_to(place: str) -> Answer:
    """Answer that it is elsewhere."""
    return says(b"", 302, Location=place)


def drips(request: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, for ever, so that no single read takes long."""
    _send(request, 200, {}, b"{")
    while True:
        request.wfile.write(b" ")
        time.sleep(0.02)


def pours(request: BaseHTTPRequestHandler) -> None:
    """Answer with more than anybody could keep."""
    _send(request, 200, {}, b'{"keys": [')
    while True:
        request.wfile.write(b" " * 65_536)


@contextmanager
def running_forge() -> Iterator[Forge]:
    """Run one until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    forge = Forge(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = _handler(forge)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(forge: Forge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            forge.asked[self.path] += 1
            try:
                forge.answers.get(self.path, says(b"", 404))(self)
            except OSError:
                self.close_connection = True  # whoever asked has had enough

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _send(request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


def later(moment: timedelta) -> float:
    """Give a time of day as a token says it: so long after noon."""
    return (NOON + moment).timestamp()
