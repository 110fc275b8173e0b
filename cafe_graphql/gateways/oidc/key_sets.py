"""The keys that an issuer publishes (RFC 7517), each held to the algorithms that its own kind allows."""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from jwt import PyJWK, PyJWTError
from jwt.algorithms import AllowedPublicKeys

from cafe_graphql.gateways.oidc.errors import Unreachable

MAX_KEYS = 100
"""How many keys of one issuer are looked at."""

_OF_KIND: Mapping[str, frozenset[str]] = {
    "RSA": frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}),
    "EC P-256": frozenset({"ES256"}),
    "EC P-384": frozenset({"ES384"}),
    "EC P-521": frozenset({"ES512"}),
    "OKP Ed25519": frozenset({"EdDSA", "Ed25519"}),  # one signature with two names (RFC 9864)
}

ALGORITHMS = frozenset[str]().union(*_OF_KIND.values())
"""The signatures that are accepted: only those that the issuer alone can make, so neither `none` nor `HS256`."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, and the signatures that it may check."""

    kid: str | None
    algorithms: frozenset[str]
    public: AllowedPublicKeys


@dataclass(frozen=True, slots=True)
class KeySet:
    """All keys of an issuer that can check signatures."""

    keys: tuple[Key, ...]

    def pick(self, kid: str | None, algorithm: str) -> Key | None:
        """Give the key that a token names; a token may name none if there is just one (OpenID Connect Core, 10.1)."""
        fitting = [key for key in self.keys if algorithm in key.algorithms and kid in (None, key.kid)]
        return fitting[0] if len(fitting) == 1 else None


def read(document: Mapping[str, object]) -> KeySet:
    """Read a published set, leaving out what cannot check signatures; Unreachable when nothing is left."""
    published = document.get("keys")
    if not isinstance(published, list) or len(published) > MAX_KEYS:
        raise Unreachable(f"its key set is no list of at most {MAX_KEYS} keys")
    keys = tuple(key for jwk in published if isinstance(jwk, dict) and (key := _key(jwk)) is not None)
    if not keys:
        raise Unreachable("its key set holds no key that can check a signature")
    return KeySet(keys)


def _key(jwk: dict[str, object]) -> Key | None:
    kind = " ".join(str(jwk[name]) for name in ("kty", "crv") if name in jwk)
    algorithms = _OF_KIND.get(kind, frozenset())
    if isinstance(jwk.get("alg"), str):
        algorithms &= {jwk["alg"]}
    kid = jwk.get("kid")
    if not algorithms or not _is_for_checking(jwk) or not isinstance(kid, str | None):
        return None
    try:
        key = PyJWK(jwk, "EdDSA" if "Ed25519" in algorithms else min(algorithms))
    except (PyJWTError, UnsupportedAlgorithm, ValueError, TypeError, KeyError, AttributeError):
        return None  # one broken key must not take the others with it
    if key.Algorithm.check_key_length(key.key):
        return None
    return Key(kid, algorithms, key.key)


def _is_for_checking(jwk: dict[str, object]) -> bool:
    """Whether it checks signatures; a private key that was published lets anybody make them."""
    operations = jwk.get("key_ops", ["verify"])
    return jwk.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations and "d" not in jwk
