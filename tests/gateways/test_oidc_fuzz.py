"""Anything at all as a token or a key set: it is refused in our words, or it is good; nothing else comes of it."""

import asyncio
import base64
import json

import jwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cafe_graphql.gateways.oidc import Identity, Issuer, Unreachable, Untrusted, key_sets
from tests.gateways.forge import Forge, jwk, rsa_key

FUZZED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CLAIMS = st.sampled_from(["iss", "sub", "aud", "azp", "exp", "iat", "nbf", "typ", "email", "email_verified", "roles"])
HEADERS = st.sampled_from(["alg", "kid", "typ", "crit", "b64", "cty", "zip", "jwk"])
MEMBERS = st.sampled_from(["kty", "crv", "n", "e", "x", "y", "d", "alg", "use", "key_ops", "kid", "x5c"])


def told(issuer: Issuer, token: str) -> Identity | Untrusted:
    """Give what comes of a token, and see that no part of it is said again."""
    try:
        return asyncio.run(issuer.verify(token))
    except Untrusted as error:
        refused = error
    assert not any(part in str(refused) for part in token.split(".") if len(part) > 20)
    return refused


def part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@FUZZED
@given(text=st.text() | st.from_regex(r"[A-Za-z0-9_=-]*(\.[A-Za-z0-9_=-]*){0,4}", fullmatch=True))
def test_any_text_is_refused(forge: Forge, text: str) -> None:
    assert isinstance(told(forge.issuer(), text), Untrusted)
    assert not forge.asked


@FUZZED
@given(text=st.text(st.characters()) | st.just("\ud800"), place=st.integers(0, 400))
def test_any_text_inside_a_good_token_is_refused(forge: Forge, text: str, place: int) -> None:
    token = forge.token()
    spoilt = token[:place] + text + token[place + 1 :]

    assert spoilt == token or isinstance(told(forge.issuer(), spoilt), Untrusted)


@FUZZED
@given(header=st.binary() | JSON, claims=st.binary() | JSON, signature=st.binary())
def test_anything_encoded_as_a_token_is_refused(forge: Forge, header: object, claims: object, signature: bytes) -> None:
    raw = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in (header, claims)]

    assert isinstance(told(forge.issuer(), ".".join(map(part, [*raw, signature]))), Untrusted)


@FUZZED
@given(header=st.dictionaries(HEADERS, JSON, max_size=3))
def test_any_header_on_a_good_token_is_good_or_refused(forge: Forge, header: dict[str, object]) -> None:
    named = json.dumps({"alg": "RS256", "kid": "spring", **header}).encode()
    signed = f"{part(named)}.{part(json.dumps(forge.claims()).encode())}"
    proof = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(signed.encode(), rsa_key("spring"))

    came = told(forge.issuer(), f"{signed}.{part(proof)}")

    assert isinstance(came, Untrusted) or came.subject == "ada"


@FUZZED
@given(claims=st.dictionaries(CLAIMS, JSON, min_size=1, max_size=3))
def test_any_claims_well_signed_are_good_or_refused(forge: Forge, claims: dict[str, object]) -> None:
    signed = jwt.api_jws.encode(
        json.dumps({**forge.claims(), **claims}).encode(), rsa_key("spring"), "RS256", {"kid": "spring"}
    )

    came = told(forge.issuer(roles_claim="roles"), signed)

    assert isinstance(came, Untrusted) or came.issuer == forge.url


@FUZZED
@given(keys=JSON | st.lists(st.dictionaries(MEMBERS, JSON).map(lambda odd: {**jwk("spring"), **odd}), max_size=3))
def test_any_key_set_gives_keys_or_none(keys: object) -> None:
    try:
        found = key_sets.read({"keys": keys})
    except Unreachable:
        return

    assert all(key.algorithms <= key_sets.ALGORITHMS for key in found.keys)
