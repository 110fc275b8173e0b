"""An OpenID Connect issuer whose word we take: its ID tokens are turned into identities, or refused."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
from jwt import PyJWS, PyJWTError
from jwt.algorithms import OKPAlgorithm

from cafe_graphql.gateways.oidc import discovery
from cafe_graphql.gateways.oidc.errors import Untrusted
from cafe_graphql.gateways.oidc.identities import Claims, Expected, Identity
from cafe_graphql.gateways.oidc.key_cache import KeyCache, Patience
from cafe_graphql.gateways.oidc.key_sets import ALGORITHMS

MAX_CHARACTERS = 16_384
"""How long a token may be; one with the 200 groups that large providers put in at most has two thirds of that."""

_TYPES = ("jwt", "application/jwt")
_JWS = PyJWS(algorithms=sorted(ALGORITHMS))
_JWS.register_algorithm("Ed25519", OKPAlgorithm())


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Issuer:
    """One issuer, as configured: `url` to the letter as it writes itself, and who we are to it (`audience`).

    `roles_claim` names the claim with a person's roles, with dots into objects; without it nobody has any. ValueError
    says what of this cannot be.
    """

    def __init__(
        self,
        url: str,
        audience: str | Iterable[str],
        *,
        roles_claim: str | None = None,
        leeway: timedelta = timedelta(seconds=30),
        clock: Callable[[], datetime] = _utc_now,
        patience: Patience = Patience(),  # noqa: B008 - it is frozen
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        discovery.check_issuer(url)
        audiences = frozenset([audience] if isinstance(audience, str) else audience)
        if not audiences or not all(audiences):
            raise ValueError("an issuer's tokens are accepted for a named audience only")
        self._expected = Expected(url, audiences, leeway, roles_claim)
        self._keys = KeyCache(url, patience, monotonic)
        self._clock = clock
        self.url = url
        self.leeway = leeway
        self.gives_roles = roles_claim is not None

    async def verify(self, token: str) -> Identity:
        """Give whom the token speaks of; raise Untrusted if it proves nothing, Unreachable if nobody can tell now.

        With the keys at hand this asks nobody. What the token says is read before its signature is checked, so that
        only one that would do can make us ask for a key; nothing of it is told before the signature holds.
        """
        opened = _open(token)
        kid, algorithm = _read_header(opened.header)
        identity = self._expected.identity(opened.claims, self._clock())
        key = await self._keys.find(kid, algorithm)
        if key is None:
            raise Untrusted("The token is signed with a key, or in a way, that its issuer does not publish.")
        # The key was picked by this algorithm from those that its own kind allows.
        if not _JWS.get_algorithm_by_name(algorithm).verify(opened.signed, key.public, opened.signature):
            raise Untrusted("The token's signature is wrong.")
        return identity

    async def warm_up(self) -> None:
        """Fetch the keys before the first token needs them; raise Unreachable if the issuer does not answer."""
        await self._keys.refresh()


@dataclass(frozen=True, slots=True)
class _Opened:
    """A token taken apart, of which nothing is proven yet."""

    header: Mapping[str, object]
    claims: Claims
    signed: bytes
    signature: bytes


def _open(token: str) -> _Opened:
    if len(token) > MAX_CHARACTERS:
        raise Untrusted(f"The token is longer than {MAX_CHARACTERS} characters.")
    try:
        parts = _JWS.decode_complete(token, options={"verify_signature": False})
        claims = orjson.loads(parts["payload"])
    except (PyJWTError, ValueError):
        raise Untrusted("This is no signed token (JWT).") from None
    if not isinstance(claims, dict):
        raise Untrusted("This is no signed token (JWT).")
    return _Opened(parts["header"], claims, token.rpartition(".")[0].encode(), parts["signature"])


def _read_header(header: Mapping[str, object]) -> tuple[str | None, str]:
    """Give the name of the key and the algorithm; only ID tokens pass, not `at+jwt` (RFC 9068) or `logout+jwt`."""
    algorithm, kind, kid = header.get("alg"), header.get("typ", "JWT"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Untrusted("Tokens signed with this algorithm, or with none, are not accepted.")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise Untrusted("Only ID tokens are accepted: this one was made for something else.")
    return kid if isinstance(kid, str) else None, algorithm
