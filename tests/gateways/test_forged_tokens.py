"""Tokens that prove nothing: each is refused in words that say why, and none of it is shown."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, SECP521R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

from cafe_graphql.gateways.oidc import Identity, Untrusted
from tests.gateways.forge import CONFIGURATION, KEYS, Forge, jwk, later, rsa_key

CURVES = (SECP256R1(), SECP384R1(), SECP521R1())
NO_ALGORITHM = "Tokens signed with this algorithm, or with none, are not accepted."
NO_KEY = "The token is signed with a key, or in a way, that its issuer does not publish."
NO_ID_TOKEN = "Only ID tokens are accepted: this one was made for something else."
NO_TOKEN = "This is no signed token (JWT)."
OTHER_AUDIENCE = "The token is meant for another audience."
EXPIRED = "The token has expired."
NOT_YET = "The token is not valid yet."

OTHER_KEYS = [
    *(ECAlgorithm.to_jwk(generate_private_key(curve).public_key(), as_dict=True) for curve in CURVES),
    OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate().public_key(), as_dict=True),
]


def malformed(claim: str) -> str:
    return f"The token's claim “{claim}” is missing or malformed."


def verified(forge: Forge, token: str, **options: Any) -> Identity:
    return asyncio.run(forge.issuer(**options).verify(token))


def refusal(forge: Forge, token: str) -> str:
    with pytest.raises(Untrusted) as refused:
        verified(forge, token)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    return str(refused.value)


def part(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def by_hand(forge: Forge, header: dict[str, Any], secret: bytes | None) -> str:
    """Write a good token under another header, signed with a secret or not at all; no library would."""
    signed = f"{part(header)}.{part(forge.claims())}"
    proof = b"" if secret is None else hmac.digest(secret, signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode()}"


def test_a_good_token_is_told_from_all_that_follow(forge: Forge) -> None:
    assert verified(forge, forge.token()).subject == "ada"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, 5, ["RS256"], "HS256", "RS1", "ES256K"])
def test_a_token_must_be_signed_as_only_its_issuer_can(forge: Forge, algorithm: object) -> None:
    token = by_hand(forge, {"typ": "JWT", "kid": "spring", "alg": algorithm}, None)

    assert refusal(forge, token) == NO_ALGORITHM
    assert not forge.asked


def test_a_token_without_algorithm_or_signature_is_none(forge: Forge) -> None:
    header, claims, _ = forge.token().split(".")

    assert refusal(forge, by_hand(forge, {"kid": "spring"}, None)) == NO_ALGORITHM
    assert refusal(forge, f"{header}.{claims}.") == "The token's signature is wrong."
    assert refusal(forge, f"{header}.{claims}") == NO_TOKEN


@pytest.mark.parametrize("algorithm", ["HS256", "RS256"])
@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_the_published_key_is_no_secret_to_sign_with(forge: Forge, encoding: Encoding, algorithm: str) -> None:
    public = rsa_key("spring").public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    token = by_hand(forge, {"typ": "JWT", "kid": "spring", "alg": algorithm}, public)

    assert refusal(forge, token) == (NO_ALGORITHM if algorithm == "HS256" else "The token's signature is wrong.")


def test_a_secret_that_an_issuer_publishes_signs_nothing(forge: Forge) -> None:
    secret = {"kty": "oct", "kid": "shared", "alg": "HS256", "k": "c2VjcmV0LW9mLXRoZS1jYWZl"}
    forge.publish(jwk("spring"), secret)
    token = by_hand(forge, {"typ": "JWT", "kid": "shared", "alg": "HS256"}, b"secret-of-the-cafe")

    assert refusal(forge, token) == NO_ALGORITHM
    assert refusal(forge, forge.token(header={"kid": "shared"})) == NO_KEY


def test_a_key_of_ones_own_under_the_issuers_name_is_seen_through(forge: Forge) -> None:
    assert refusal(forge, forge.token("forger", {"kid": "spring"})) == "The token's signature is wrong."


@pytest.mark.parametrize("kind", ["ES256", "ES384", "ES512", "EdDSA", "Ed25519"])
@pytest.mark.parametrize("signature", [b"", b"\0" * 64, b"\xff" * 64, b"\0" * 96, b"\0" * 132, b"\x01" * 300])
def test_a_made_up_signature_of_any_kind_is_wrong(forge: Forge, kind: str, signature: bytes) -> None:
    forge.publish(*OTHER_KEYS)
    signed = f"{part({'alg': kind})}.{part(forge.claims())}"

    token = f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    assert refusal(forge, token) == "The token's signature is wrong."


def test_a_key_that_a_token_brings_along_is_not_used(forge: Forge) -> None:
    brought: dict[str, Any] = {
        "jwk": jwk("forger"),
        "jku": f"{forge.url}/forgers-keys",
        "x5u": f"{forge.url}/forgers-keys",
    }

    assert refusal(forge, forge.token("forger", brought)) == NO_KEY
    assert set(forge.asked) == {CONFIGURATION, KEYS}


def test_a_key_signs_only_as_it_is_published_for(forge: Forge) -> None:
    token = jwt.encode(forge.claims(), rsa_key("spring"), algorithm="PS256", headers={"kid": "spring"})
    assert refusal(forge, token) == NO_KEY

    forge.publish(jwk("spring", alg=None))
    assert verified(forge, token).subject == "ada"


def test_a_token_may_leave_its_key_unnamed_only_where_there_is_no_choice(forge: Forge) -> None:
    token = forge.token(header={"kid": None})
    assert verified(forge, token).subject == "ada"

    forge.publish(jwk("spring"), jwk("summer"))
    assert refusal(forge, token) == NO_KEY


@pytest.mark.parametrize(
    "header", [{"typ": "at+jwt"}, {"typ": "application/at+jwt"}, {"typ": "logout+jwt"}, {"typ": 1}]
)
def test_other_kinds_of_tokens_are_no_sign_in(forge: Forge, header: dict[str, Any]) -> None:
    assert refusal(forge, forge.token(header=header)) == NO_ID_TOKEN


@pytest.mark.parametrize("claim", [{"scope": "openid"}, {"scp": ["menu"]}, {"events": {}}, {"typ": "Bearer"}])
def test_other_kinds_of_tokens_are_known_by_their_claims_too(forge: Forge, claim: dict[str, Any]) -> None:
    assert refusal(forge, forge.token(**claim)) == NO_ID_TOKEN


@pytest.mark.parametrize("header", [{"typ": "jwt"}, {"typ": "application/jwt"}, {"typ": None}])
def test_the_kind_of_a_token_may_be_written_as_the_standard_lets_it(forge: Forge, header: dict[str, Any]) -> None:
    assert verified(forge, forge.token(header=header)).subject == "ada"


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"exp": later(timedelta(seconds=-30))}, EXPIRED),
        ({"exp": 0}, EXPIRED),
        ({"exp": None}, malformed("exp")),
        ({"exp": "4000000000"}, malformed("exp")),
        ({"exp": True}, malformed("exp")),
        ({"exp": 1e300}, malformed("exp")),
        ({"exp": -1}, malformed("exp")),
        ({"iat": later(timedelta(seconds=31))}, NOT_YET),
        ({"iat": None}, malformed("iat")),
        ({"iat": "noon"}, malformed("iat")),
        ({"nbf": later(timedelta(seconds=31))}, NOT_YET),
        ({"nbf": [1]}, malformed("nbf")),
        ({"sub": None}, malformed("sub")),
        ({"sub": ""}, malformed("sub")),
        ({"sub": 7}, malformed("sub")),
        ({"sub": "a" * 256}, malformed("sub")),
        ({"sub": "ada\n"}, malformed("sub")),
        ({"sub": "ädä"}, malformed("sub")),
        ({"aud": None}, malformed("aud")),
        ({"aud": {"cafe-web": 1}}, malformed("aud")),
        ({"aud": ["cafe-web", 1]}, malformed("aud")),
        ({"aud": []}, OTHER_AUDIENCE),
        ({"aud": "bakery"}, OTHER_AUDIENCE),
        ({"aud": "CAFE-WEB"}, OTHER_AUDIENCE),
        ({"aud": ["cafe-web", "bakery"]}, OTHER_AUDIENCE),
        ({"aud": ["cafe-web", "bakery"], "azp": "bakery"}, OTHER_AUDIENCE),
        ({"aud": ["cafe-web", "bakery"], "azp": ["cafe-web"]}, OTHER_AUDIENCE),
        ({"aud": ["florist", "bakery"], "azp": "cafe-web"}, OTHER_AUDIENCE),
        ({"iss": "https://elsewhere.example"}, "The token comes from another issuer."),
        ({"iss": None}, "The token comes from another issuer."),
    ],
)
def test_a_claim_that_does_not_hold_is_named(forge: Forge, claims: dict[str, Any], message: str) -> None:
    assert refusal(forge, forge.token(**claims)) == message
    assert not forge.asked  # a token that would not do anyway makes nobody fetch a key


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": later(timedelta(seconds=-29))},
        {"iat": later(timedelta(seconds=30)), "nbf": later(timedelta(seconds=30))},
        {"exp": later(timedelta(hours=1)) + 0.5},
        {"aud": ["cafe-web"]},
        {"aud": ["bakery", "cafe-web"], "azp": "cafe-web"},
        {"aud": "cafe-web", "azp": "cafe-phone"},
        {"typ": "ID"},
    ],
)
def test_a_claim_at_the_edge_of_what_holds_does(forge: Forge, claims: dict[str, Any]) -> None:
    assert verified(forge, forge.token(**claims)).subject == "ada"


def test_a_token_may_be_long_but_not_endless(forge: Forge) -> None:
    assert verified(forge, forge.token(groups=["x" * 100] * 100)).subject == "ada"
    assert refusal(forge, forge.token(groups=["x" * 100] * 200)) == "The token is longer than 16384 characters."
