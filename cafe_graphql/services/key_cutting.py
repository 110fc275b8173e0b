"""Cutting keys: making, listing and revoking those that programs call with, and changing what signs sessions."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cafe_graphql.core import accounts, permissions
from cafe_graphql.core.errors import Forbidden, Rejected
from cafe_graphql.core.people import HOUSE, Actor, ApiKey, Scope
from cafe_graphql.core.permissions import Act
from cafe_graphql.core.problems import Problem, ProblemCode
from cafe_graphql.services import sessions
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import keys
from cafe_graphql.store.database import Connection

MARK = "cafe_"
"""How every key begins, so that people and scanners of leaked secrets know one when they see it."""

PREFIX_LENGTH = len(MARK) + 6


@dataclass(frozen=True, slots=True)
class Cut:
    """A new key, and its secret: this is the only moment at which it is known."""

    key: ApiKey
    secret: str


def digest(secret: str) -> str:
    """Give what of a key is kept. A plain hash will do: nobody can go through 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


async def cut(
    cafe: Cafe, actor: Actor, name: str, scopes: Collection[Scope], expires_at: datetime | None = None
) -> Cut:
    """Make a key; `Rejected` says what is wrong with it. Nobody gives a key more than they may do themselves."""
    permissions.require(actor, Act.CUT_KEYS)
    if beyond := frozenset(scopes) - actor.scopes:
        raise Forbidden(f"You cannot give {', '.join(sorted(scope.name for scope in beyond))}: you do not have it.")
    if actor.key_id is not None and actor.until is not None and (expires_at is None or expires_at > actor.until):
        raise Forbidden(f"A key makes none that outlives it: say when it expires, {actor.until} at the latest.")
    now = cafe.clock()
    if problems := list(accounts.key_problems(name, scopes, expires_at, now)):
        raise Rejected(problems)
    return await cafe.store.write(_cut, actor, name, frozenset(scopes), now, expires_at)


async def cut_first(cafe: Cafe) -> Cut | None:
    """Make a manager's key for a café that has never had any; None when it has."""
    return await cafe.store.write(_cut_first, cafe.clock())


async def revoke(cafe: Cafe, actor: Actor, public_id: str) -> ApiKey:
    """Let a key open nothing from now on; `Rejected` when there is no such key."""
    permissions.require(actor, Act.CUT_KEYS)
    return await cafe.store.write(_revoke, cafe, actor, public_id)


async def every(cafe: Cafe, actor: Actor) -> list[ApiKey]:
    """Give all keys that open something, for whoever may cut them; nobody else is told of any."""
    if permissions.reach(actor, Act.CUT_KEYS) is None:
        return []
    return await cafe.store.read(keys.every)


async def find(cafe: Cafe, actor: Actor, public_id: str) -> ApiKey | None:
    """Find one key by its id, for whoever may cut them."""
    permissions.require(actor, Act.CUT_KEYS)
    return await cafe.store.read(keys.by_public_id, public_id)


async def ensure_signing_key(cafe: Cafe) -> None:
    """Give a café something to sign sessions with."""
    await cafe.store.write(_ensure_signing_key, cafe)


async def change_signing_key(cafe: Cafe) -> None:
    """Sign with a new secret from now on; sessions under way are believed until they end by themselves."""
    await cafe.store.write(_add_signing_key, cafe)


def _cut(
    connection: Connection,
    actor: Actor,
    name: str,
    scopes: frozenset[Scope],
    now: datetime,
    expires_at: datetime | None,
) -> Cut:
    secret = MARK + secrets.token_urlsafe(32)
    key = ApiKey(0, secrets.token_urlsafe(12), name, secret[:PREFIX_LENGTH], scopes, now, None, expires_at)
    return Cut(keys.add(connection, key, digest(secret), actor.id), secret)


def _cut_first(connection: Connection, now: datetime) -> Cut | None:
    if keys.have_ever_been(connection):
        return None
    return _cut(connection, HOUSE, "manager", frozenset(Scope), now, None)


def _revoke(connection: Connection, cafe: Cafe, actor: Actor, public_id: str) -> ApiKey:
    key = keys.by_public_id(connection, public_id)
    if key is None:
        raise Rejected([Problem(ProblemCode.NOT_FOUND, "There is no such key.", ("id",))])
    keys.revoke(connection, key, actor.id, cafe.clock())
    return key


def _ensure_signing_key(connection: Connection, cafe: Cafe) -> None:
    if not keys.signing_keys(connection, cafe.clock()):
        _add_signing_key(connection, cafe)


def _add_signing_key(connection: Connection, cafe: Cafe) -> None:
    now = cafe.clock()
    keys.drop_signing_keys(connection, now - sessions.LIFE)
    keys.add_signing_key(connection, secrets.token_hex(4), secrets.token_urlsafe(32), now)
