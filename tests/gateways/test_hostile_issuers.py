"""Issuers that answer oddly, slowly, endlessly or elsewhere: nobody is let in, and nothing is kept waiting."""

import asyncio
import gzip
import logging
import socket
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from cafe_graphql.gateways.oidc import Issuer, Patience, Unreachable
from cafe_graphql.gateways.oidc.discovery import configuration_url
from tests.gateways.forge import CONFIGURATION, KEYS, Answer, Forge, drips, jwk, moves_to, pours, rsa_key, says

UNREACHABLE = "Who you are cannot be checked now: the identity provider does not answer. Try again later."


def reason(forge: Forge, patience: Patience | None = None) -> str:
    """Give why the issuer cannot be asked, of which whoever calls is told nothing."""
    with pytest.raises(Unreachable) as away:
        asyncio.run(forge.issuer(patience=patience).verify(forge.token()))
    assert str(away.value) == UNREACHABLE
    return away.value.reason


def test_an_issuer_must_name_itself_to_the_letter(forge: Forge) -> None:
    for other in ("https://elsewhere.example", forge.url + "/", forge.url.upper(), None, [forge.url]):
        forge.describe(issuer=other)

        assert reason(forge).endswith(f"which must be '{forge.url}' to the letter")
    assert forge.asked[KEYS] == 0


@pytest.mark.parametrize(
    ("issuer", "configuration"),
    [
        ("https://login.example.com", "https://login.example.com/.well-known/openid-configuration"),
        ("https://login.example.com/", "https://login.example.com/.well-known/openid-configuration"),
        ("https://login.example.com/cafe/", "https://login.example.com/cafe/.well-known/openid-configuration"),
    ],
)
def test_one_slash_at_the_end_of_an_issuer_is_not_doubled(issuer: str, configuration: str) -> None:
    assert configuration_url(issuer) == configuration


def test_an_issuer_with_a_slash_at_its_end_keeps_it_everywhere_else(forge: Forge) -> None:
    forge.url += "/"
    forge.describe(jwks_uri=forge.url + "keys")

    assert asyncio.run(forge.issuer().verify(forge.token())).issuer == forge.url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "cafe",
        "login.example.com",
        "http://login.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "http://[::2]",
        "ftp://login.example.com",
        "file:///etc/passwd",
        "https://",
        "https://ada:secret@login.example.com",
        "https://login.example.com?tenant=1",
        "https://login.example.com#cafe",
        "https://login.example.com:port",
        "https://login.example.com\n",
        "https://lögin.example.com",
        "https://[",
    ],
)
def test_what_cannot_be_an_issuer_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="an issuer is an https:// address"):
        Issuer(url, "cafe-web")


@pytest.mark.parametrize("url", ["http://localhost:8080", "http://127.8.0.1", "http://[::1]:9000/cafe"])
def test_this_machine_may_be_an_issuer_without_certificate(url: str) -> None:
    Issuer(url, "cafe-web")


@pytest.mark.parametrize("audience", ["", [], [""], ["cafe-web", ""]])
def test_tokens_for_anybody_are_not_accepted(audience: str | list[str]) -> None:
    with pytest.raises(ValueError, match="for a named audience only"):
        Issuer("https://login.example.com", audience)


@pytest.mark.parametrize(
    "place",
    [None, 5, "", "/keys", "file:///etc/passwd", "http://169.254.169.254/keys", "http://keys.example.com", "data:,{}"],
)
def test_keys_are_not_fetched_from_just_anywhere(forge: Forge, place: object) -> None:
    forge.describe(jwks_uri=place)

    assert reason(forge) == "its document names no place for its keys that could be trusted"


@pytest.mark.parametrize("path", [CONFIGURATION, KEYS])
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (moves_to("/elsewhere"), "answered with the status 302"),
        (says({}, 404), "answered with the status 404"),
        (says({}, 500), "answered with the status 500"),
        (says(b"<html>Sign in</html>"), "is not JSON"),
        (says(b'{"keys": NaN}'), "is not JSON"),
        (says(b"[" * 100_000), "is not JSON"),
        (says(b"\xff\xfe"), "is not JSON"),
        (says([]), "is not a JSON object"),
        (
            says(gzip.compress(b" " * 1_000_000), Content_Encoding="gzip"),
            "answered compressed, which was not asked for",
        ),
        (says(b" " * 300_000), "is larger than 262144 bytes"),
        (pours, "is larger than 262144 bytes"),
        (says(b"{}", Content_Length="9"), "cannot be fetched"),
        (lambda request: request.wfile.write(b"220 mail.example.com ESMTP\r\n"), "cannot be fetched"),
        (lambda request: None, "cannot be fetched"),
    ],
)
def test_what_an_issuer_does_not_answer_like_is_no_answer(forge: Forge, path: str, answer: Answer, said: str) -> None:
    forge.answers[path] = answer
    forge.answers["/elsewhere"] = says({"issuer": forge.url, "jwks_uri": forge.url + KEYS, "keys": [jwk("spring")]})

    told = reason(forge)

    assert told.startswith(f"{forge.url}{path} {said}")
    assert forge.asked["/elsewhere"] == 0


@pytest.mark.parametrize("path", [CONFIGURATION, KEYS])
@pytest.mark.parametrize("answer", [drips, lambda request: time.sleep(2)])
def test_a_slow_issuer_is_waited_for_only_so_long(forge: Forge, path: str, answer: Answer) -> None:
    forge.answers[path] = answer

    assert reason(forge, Patience(timeout=0.2)) == "it takes longer than 0.2 seconds"


def test_a_slow_issuer_holds_up_nobody_else(forge: Forge) -> None:
    released = asyncio.Event()

    async def others() -> int:
        counted = 0
        while not released.is_set():
            await asyncio.sleep(0)
            counted += 1
        return counted

    async def slowly() -> int:
        forge.answers[KEYS] = lambda request: time.sleep(0.5)
        counting = asyncio.create_task(others())
        with pytest.raises(Unreachable):
            await forge.issuer().verify(forge.token())
        released.set()
        return await counting

    assert asyncio.run(slowly()) > 1_000  # a loop that was blocked for the wait turns but a few times


@pytest.mark.parametrize(
    "keys",
    [
        [],
        {},
        None,
        ["spring"],
        [jwk("spring")] * 101,
        [jwk("spring", use="enc")],
        [jwk("spring", key_ops=["encrypt"])],
        [jwk("spring", alg="RSA-OAEP")],
        [jwk("spring", alg="ES256")],
        [jwk("spring", kty="EC")],
        [jwk("spring", n=None)],
        [jwk("spring", n="!")],
        [jwk("spring", n=5)],
        [jwk("spring", kid=5)],
        [RSAAlgorithm.to_jwk(rsa_key("spring"), as_dict=True)],
        [{**RSAAlgorithm.to_jwk(rsa_key("spring"), as_dict=True), "key_ops": ["verify"]}],
        [RSAAlgorithm.to_jwk(rsa_key("short", 1024).public_key(), as_dict=True)],
        [ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256K1()).public_key(), as_dict=True)],
    ],
)
def test_a_key_set_without_a_usable_key_is_none(forge: Forge, keys: object) -> None:
    forge.answers[KEYS] = says({"keys": keys})

    assert reason(forge) in (
        "its key set holds no key that can check a signature",
        "its key set is no list of at most 100 keys",
    )


def test_one_broken_key_does_not_take_the_others_with_it(forge: Forge) -> None:
    forge.publish("odd", jwk("broken", n="!"), {"kty": "unheard of"}, {"kty": ["RSA"]}, jwk("spring"))

    assert asyncio.run(forge.issuer().verify(forge.token())).subject == "ada"


def test_why_an_issuer_cannot_be_asked_is_logged_once(forge: Forge, caplog: pytest.LogCaptureFixture) -> None:
    async def a_bad_morning() -> None:
        issuer = forge.issuer()
        for answer in (says({}, 500), says({}, 500), says({}, 404), says({"keys": [jwk("spring")]})):
            forge.answers[KEYS] = answer
            forge.ticks.now += 5
            try:
                await issuer.warm_up()
            except Unreachable:
                continue

    with caplog.at_level(logging.INFO, "cafe_graphql"):
        asyncio.run(a_bad_morning())

    away = f"The identity provider {forge.url} cannot be asked for its keys: {forge.url}/keys answered with the status"
    assert caplog.messages == [f"{away} 500", f"{away} 404", f"The identity provider {forge.url} answers again"]


def test_an_issuer_that_nobody_answers_for_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    issuer = Issuer(f"http://127.0.0.1:{port}", "cafe-web")

    with pytest.raises(Unreachable) as away:
        asyncio.run(issuer.warm_up())
    assert "cannot be fetched" in away.value.reason
