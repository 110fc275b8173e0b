"""Sessions: the short-lived, signed word that somebody has signed in (a JSON Web Token, RFC 7519)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from cafe_graphql.core.errors import SessionEnded, Unauthenticated
from cafe_graphql.core.people import Person
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import keys

LIFE = timedelta(hours=1)
ALGORITHM = "HS256"
"""The one algorithm that is believed, whatever a token says of itself."""

OURS = "cafe-graphql"
"""Both who issues a session and whom it is for."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's word for an hour."""

    token: str
    expires_at: datetime
    person: Person


def begin(cafe: Cafe, person: Person) -> Session:
    """Give somebody who has proved who they are a session, signed with the newest key."""
    now = cafe.clock().replace(microsecond=0)
    expires_at = now + LIFE
    kid, secret = list(cafe.store.read_now(keys.signing_keys, now).items())[-1]
    claims = {"iss": OURS, "aud": OURS, "sub": person.public_id, "iat": now, "exp": expires_at}
    return Session(jwt.encode(claims, secret, ALGORITHM, headers={"kid": kid}), expires_at, person)


def read(cafe: Cafe, token: str) -> tuple[str, datetime]:
    """Give the public id of whose session this is, and when it ends; `Unauthenticated` if it cannot be believed."""
    try:
        kid = str(jwt.get_unverified_header(token).get("kid"))
        # Nothing that is still believed was signed earlier: a secret that got out and was replaced soon opens nothing.
        secret = cafe.store.read_now(keys.signing_keys, cafe.clock() - LIFE)[kid]
        # The café's own clock decides what has expired, below.
        checks = {"require": ["exp", "iat", "sub"], "verify_exp": False, "verify_iat": False}
        claims = jwt.decode(token, secret, [ALGORITHM], options=checks, audience=OURS, issuer=OURS)  # type: ignore[arg-type]
        expires_at = datetime.fromtimestamp(claims["exp"], tz=cafe.clock().tzinfo)
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, OverflowError, OSError):
        raise Unauthenticated("This token is none of ours: sign in again, without sending it.") from None
    if expires_at <= cafe.clock():
        raise SessionEnded("Your session has ended: sign in again, without sending its token.")
    return claims["sub"], expires_at


def issuer_of(token: str) -> str | None:
    """Give who a token says it is from, believed or not; None if it is no token at all."""
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except (jwt.InvalidTokenError, ValueError, TypeError):
        return None
    return issuer if isinstance(issuer, str) else None
