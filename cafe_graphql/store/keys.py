"""Keys in the store: those that programs call with, and those that sessions are signed with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from cafe_graphql.core.people import ApiKey, Scope
from cafe_graphql.store.hot import Hot
from cafe_graphql.store.tables import ApiKeyRow, SigningKeyRow, table
from cafe_graphql.store.times import from_micros, to_micros

keys = table(ApiKeyRow)
signing = table(SigningKeyRow)

_ADD = insert(keys)
_BY_DIGEST = Hot(select(keys).where(keys.c.digest == bindparam("digest"), keys.c.revoked_at.is_(None)))
_BY_ID = select(keys).where(keys.c.id == bindparam("id"), keys.c.revoked_at.is_(None))
_BY_PUBLIC_ID = select(keys).where(keys.c.public_id == bindparam("public_id"), keys.c.revoked_at.is_(None))
_ALL = select(keys).where(keys.c.revoked_at.is_(None)).order_by(keys.c.id)
_SIGNING = select(signing).order_by(signing.c.created_at, signing.c.kid)
_FIRST_BELIEVED = select(func.max(signing.c.created_at)).where(signing.c.created_at <= bindparam("since"))


def add(connection: Connection, key: ApiKey, digest: str, created_by: str) -> ApiKey:
    """Write a key down, whatever its `id` says, and give it with the number it has in the store."""
    row = {
        "public_id": key.public_id,
        "name": key.name,
        "prefix": key.prefix,
        "digest": digest,
        "scopes": sorted(key.scopes),
        "created_at": to_micros(key.created_at),
        "created_by": created_by,
        "expires_at": key.expires_at and to_micros(key.expires_at),
    }
    connection.execute(_ADD, row)
    found = by_digest(connection, digest)
    assert found is not None
    return found


def by_digest(connection: Connection, digest: str) -> ApiKey | None:
    """Give the key whose secret has this digest, unless it was revoked."""
    found = _BY_DIGEST.mappings(connection, {"digest": digest})
    return _key(found[0]) if found else None


def by_id(connection: Connection, key_id: int) -> ApiKey | None:
    """Give the key with this number in the store, unless it was revoked."""
    row = connection.execute(_BY_ID, {"id": key_id}).mappings().first()
    return None if row is None else _key(row)


def by_public_id(connection: Connection, public_id: str) -> ApiKey | None:
    """Give the key that callers know by this id, unless it was revoked."""
    row = connection.execute(_BY_PUBLIC_ID, {"public_id": public_id}).mappings().first()
    return None if row is None else _key(row)


def every(connection: Connection) -> list[ApiKey]:
    """Give all keys that were not revoked, oldest first."""
    return [_key(row) for row in connection.execute(_ALL).mappings()]


def have_ever_been(connection: Connection) -> bool:
    """Whether there has ever been a key, revoked ones included."""
    return connection.execute(select(func.count()).select_from(keys)).scalar_one() > 0


def revoke(connection: Connection, key: ApiKey, by: str, at: datetime) -> None:
    """Let a key open nothing from now on."""
    connection.execute(update(keys).where(keys.c.id == key.id).values(revoked_at=to_micros(at), revoked_by=by))


def touch(connection: Connection, key_id: int, at: datetime) -> None:
    """Note when a key was last used."""
    connection.execute(update(keys).where(keys.c.id == key_id).values(last_used_at=to_micros(at)))


def signing_keys(connection: Connection, since: datetime) -> dict[str, str]:
    """Give the secrets that sessions have been signed with since then by their `kid`, the newest last."""
    first = connection.execute(_FIRST_BELIEVED, _at(since)).scalar() or 0
    return {row["kid"]: row["secret"] for row in connection.execute(_SIGNING).mappings() if row["created_at"] >= first}


def add_signing_key(connection: Connection, kid: str, secret: str, at: datetime) -> None:
    """Sign with this secret from now on; should the clock have been set back, it is the newest all the same."""
    last: int = connection.execute(select(func.coalesce(func.max(signing.c.created_at), 0))).scalar_one()
    row = {"kid": kid, "secret": secret, "created_at": max(to_micros(at), last + 1)}
    connection.execute(insert(signing), row)


def drop_signing_keys(connection: Connection, since: datetime) -> None:
    """Forget those that nothing has been signed with since then, for another had replaced them."""
    connection.execute(delete(signing).where(signing.c.created_at < _FIRST_BELIEVED.scalar_subquery()), _at(since))


def _at(since: datetime) -> dict[str, int]:
    return {"since": to_micros(since)}


def _key(row: Mapping[Any, Any]) -> ApiKey:
    return ApiKey(
        id=row["id"],
        public_id=row["public_id"],
        name=row["name"],
        prefix=row["prefix"],
        scopes=frozenset(map(Scope, row["scopes"])),
        created_at=from_micros(row["created_at"]),
        last_used_at=None if row["last_used_at"] is None else from_micros(row["last_used_at"]),
        expires_at=None if row["expires_at"] is None else from_micros(row["expires_at"]),
    )
