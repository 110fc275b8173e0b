"""One HTTP exchange with a real server, whatever its status."""

import http.client
import json
from dataclasses import dataclass
from typing import Any

Address = tuple[str, int]


@dataclass(frozen=True)
class Answered:
    """What came back; the names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def exchange(address: Address, method: str, path: str, body: bytes | None = None, /, **headers: str) -> Answered:
    """Send a request and read the answer."""
    connection = http.client.HTTPConnection(*address, timeout=30)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answered(response.status, told, response.read())
    finally:
        connection.close()


def ask_graphql(address: Address, query: str, /, **headers: str) -> Answered:
    """Send a query by POST."""
    body = json.dumps({"query": query}).encode()
    return exchange(address, "POST", "/graphql", body, **{"Content-Type": "application/json", **headers})
