"""What is sent by those who pretend to be somebody: nearly the right keys and tokens, in all places."""

import json
from dataclasses import dataclass
from typing import Any

import jwt
from hypothesis import strategies as st

from tests.security.inside import Headers
from tests.web.test_headers_bear_anything import values

GUEST: dict[str, Any] = {"scopes": [], "customer": None}
WHO = "{ viewer { scopes customer { email } } }"
SIGN_UP = 'mutation { signUp(email: "EMAIL", password: "correct horse", name: "X") { accessToken } }'
CUT = 'mutation { createApiKey(name: "till", scopes: [KITCHEN]) { secret } }'

letters = st.characters(max_codepoint=255, exclude_characters="\r\n")


@dataclass(frozen=True)
class People:
    """Whom the café knows: what each is known by, and how `viewer` shows them."""

    known: dict[str, Any]

    def may_be(self, viewer: Any, sent: Headers) -> bool:
        """Whether whoever has sent these headers may be shown to be that viewer."""
        named = [value.decode("latin-1") for name, value in sent if name in (b"authorization", b"x-api-key")]
        if viewer == GUEST:
            return not named
        return any(_is_in(credential, named) for credential, who in self.known.items() if who == viewer)


def _is_in(credential: str, named: list[str]) -> bool:
    # The last letter of a signature holds two bits that mean nothing.
    told = credential[:-1] if credential.count(".") == 2 else credential
    return any(told in value for value in named)


@st.composite
def credentials(draw: st.DrawFn, known: list[str]) -> bytes:
    """Draw what somebody is known by, mostly changed a little."""
    text, other = draw(st.sampled_from(known)), draw(st.sampled_from(known))
    place = draw(st.integers(0, len(text) - 1))
    spliced = ".".join(draw(st.sampled_from(pair)) for pair in zip(text.split("."), other.split("."), strict=False))
    drawn = st.sampled_from(
        [
            text,
            text[:place] + text[place + 1 :],
            text[:place] + draw(letters) + text[place + 1 :],
            text[:place],
            text.swapcase(),
            text + other,
            f"{text}, {other}",
            f"{text} {other}",
            f'"{text}"',
            f"\t{text}\t",
            spliced,
        ]
    )
    return draw(drawn | forged() | st.text(letters, max_size=30)).encode("latin-1")


@st.composite
def forged(draw: st.DrawFn) -> str:
    """Draw a token that is well made, and signed by nobody who matters."""
    issuer = draw(st.sampled_from(["cafe-graphql", "https://issuer.example", ""]))
    until: Any = draw(st.sampled_from([2**33, 0, -1, 10**30, 1e300, "soon", None, [1]]))
    claims = {"iss": issuer, "aud": draw(st.sampled_from([issuer, "x", ["x"], 1])), "sub": draw(st.text(max_size=5))}
    header: dict[str, Any] = {"kid": draw(st.sampled_from(["", "0", "../x", 1, None, {}]) | st.text(max_size=8))}
    try:
        return str(jwt.api_jws.encode(_json({**claims, "exp": until, "iat": 0}), "x" * 32, "HS256", headers=header))
    except (jwt.PyJWTError, TypeError, ValueError):
        return str(jwt.api_jws.encode(_json(claims), "x" * 32, "HS256"))


def _json(claims: dict[str, Any]) -> bytes:
    return json.dumps(claims).encode()


@st.composite
def headers(draw: st.DrawFn, known: list[str]) -> Headers:
    """Draw the headers of somebody who says who they are in one way, or in several, or not at all."""
    credential = credentials(known)
    schemes = st.sampled_from([b"Bearer ", b"bearer ", b"Bearer  ", b"Basic ", b"Bearer", b""])
    one = st.one_of(
        st.tuples(st.just(b"x-api-key"), credential),
        st.tuples(st.just(b"authorization"), st.tuples(schemes, credential).map(b"".join)),
        st.tuples(st.sampled_from([b"authorization", b"x-api-key"]), values),
        st.tuples(st.just(b"cookie"), credential.map(lambda text: b"session=" + text + b"; authorization=" + text)),
        st.tuples(st.sampled_from([b"x-forwarded-for", b"x-forwarded-user", b"forwarded", b"origin"]), credential),
    )
    return draw(st.lists(one, max_size=3))
