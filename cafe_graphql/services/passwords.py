"""Passwords: hashed and checked with Argon2id, beside the event loop, two at once and not many in the queue."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cafe_graphql.core.errors import Busy

T = TypeVar("T")

MAX_WAITING = 50
"""Two seconds' work: whoever comes then would only take a place that others need, such as those who order."""

# RFC 9106's second recommendation, which is the library's default: 64 MiB and about 50 ms each.
_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_under_way: set[asyncio.Future[Any]] = set()


async def hashed(password: str) -> str:
    """Give what of a password is kept."""
    return await _run(lambda: _hasher.hash(_text(password)))


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password that the hash was made of. Without a hash it is not, and takes as long to say so."""
    if password_hash is None:
        return await _run(lambda: _verified(_nobodys(), _text(password)) and False)
    return await _run(lambda: _verified(password_hash, _text(password)))


def is_outdated(password_hash: str) -> bool:
    """Whether hashes are made in another way by now."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _nobodys() -> str:
    return _hasher.hash(b"nobody's password")


def _verified(password_hash: str, password: bytes) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _text(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


async def _run(act: Callable[[], T]) -> T:
    if len(_under_way) >= MAX_WAITING:
        raise Busy("Too many are signing in just now. Try again in a moment.")
    done = asyncio.get_running_loop().run_in_executor(_threads, act)
    _under_way.add(done)
    done.add_done_callback(_under_way.discard)
    return await done
