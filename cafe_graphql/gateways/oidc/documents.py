"""Fetches what an issuer publishes: small JSON documents, bounded in size, from the very place that was named."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import urlsplit

import httpx2
import orjson

from cafe_graphql.gateways.oidc.errors import Unreachable

MAX_BYTES = 256 * 1024
"""How large a document may be; the largest key sets in use are a tenth of that."""

MAX_URL_CHARACTERS = 2_000


def is_fetchable(url: object, *, loopback: bool) -> bool:
    """Whether a document may be fetched from there: by HTTPS, or on this very machine by HTTP too if `loopback`."""
    if not isinstance(url, str) or len(url) > MAX_URL_CHARACTERS or not url.isascii() or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        odd = " " in url or "\\" in url or "@" in parts.netloc or "#" in url or parts.port == 0
    except ValueError:
        return False
    if odd or not parts.hostname:
        return False
    return parts.scheme == "https" or (loopback and parts.scheme == "http" and _is_loopback(parts.hostname))


@asynccontextmanager
async def fetching(*, loopback: bool) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a client for a few documents; how long they may take together is for the caller to bound.

    The environment's proxy is not asked for what is on this machine.
    """
    # Reading the machine's trusted certificates takes a while, and must not hold up everybody else.
    create = partial(httpx2.AsyncClient, follow_redirects=False, timeout=None, trust_env=not loopback)
    client = await asyncio.to_thread(create)
    async with client:
        yield client


async def fetch(client: httpx2.AsyncClient, url: str) -> dict[str, object]:
    """Give the JSON object that is published there, or raise Unreachable."""
    try:
        body = await _body(client, url)
        document = orjson.loads(body)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Unreachable(f"{url} cannot be fetched: {error or type(error).__name__}") from error
    except ValueError:
        raise Unreachable(f"{url} is not JSON") from None
    if not isinstance(document, dict):
        raise Unreachable(f"{url} is not a JSON object")
    return document


async def _body(client: httpx2.AsyncClient, url: str) -> bytes:
    # Uncompressed, for a few compressed bytes could hold a gigabyte.
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    async with client.stream("GET", url, headers=headers) as response:
        if response.status_code != 200:
            raise Unreachable(f"{url} answered with the status {response.status_code}")
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Unreachable(f"{url} answered compressed, which was not asked for")
        body = bytearray()
        async for part in response.aiter_raw():
            body += part
            if len(body) > MAX_BYTES:
                raise Unreachable(f"{url} is larger than {MAX_BYTES} bytes")
        return bytes(body)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
