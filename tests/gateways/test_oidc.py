"""Signing in with a certified OpenID Connect provider: tokens of real sign-ins, and keys that change."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cafe_graphql.gateways.oidc import Identity, Issuer, Patience, Unreachable, Untrusted
from tests.gateways.provider import Provider, running_provider

PATIENCE = Patience(cooldown=0, timeout=30)
LEEWAY = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def in_spring(provider: Provider) -> Iterator[None]:
    yield
    provider.publish("spring")


def issuer(provider: Provider, audience: str = "cafe-web", roles_claim: str | None = "realm_access.roles") -> Issuer:
    return Issuer(provider.url, audience, roles_claim=roles_claim, patience=PATIENCE)


def verified(issuer: Issuer, token: str) -> Identity:
    return asyncio.run(issuer.verify(token))


def refusal(issuer: Issuer, token: str) -> str:
    with pytest.raises(Untrusted) as refused:
        verified(issuer, token)
    return str(refused.value)


@pytest.mark.parametrize("client", ["cafe-web", "cafe-ps", "cafe-es", "cafe-ed"])
def test_ada_is_known_by_her_sign_in_however_it_is_signed(provider: Provider, client: str) -> None:
    before = datetime.now(UTC)
    token = provider.sign_in("ada", client)["id_token"]

    ada = verified(issuer(provider, client), token)

    roles = frozenset({"BARISTA"})
    assert ada == Identity(provider.url, "ada", "ada@example.com", True, "Ada Lovelace", roles, ada.expires_at)
    assert before + timedelta(minutes=50) < ada.expires_at < before + timedelta(minutes=70)


def test_without_a_claim_for_roles_nobody_has_any(provider: Provider) -> None:
    token = provider.sign_in("grace")["id_token"]

    grace = verified(issuer(provider, roles_claim=None), token)

    assert (grace.subject, grace.roles, grace.email_verified) == ("grace", frozenset(), False)


def test_a_sign_in_is_good_until_it_expires(provider: Provider) -> None:
    token = provider.sign_in("ada")["id_token"]
    end = verified(issuer(provider), token).expires_at + LEEWAY

    def at(moment: datetime) -> Issuer:
        return Issuer(provider.url, "cafe-web", leeway=LEEWAY, clock=lambda: moment)

    assert verified(at(end - timedelta(seconds=1)), token).subject == "ada"
    assert refusal(at(end), token) == "The token has expired."


def test_a_sign_in_at_the_bakery_is_none_here(provider: Provider) -> None:
    token = provider.sign_in("ada", "bakery")["id_token"]

    assert verified(issuer(provider, "bakery"), token).subject == "ada"
    assert refusal(issuer(provider), token) == "The token is meant for another audience."


def test_an_access_token_for_us_is_no_sign_in(provider: Provider) -> None:
    token = provider.sign_in("ada")["access_token"]

    assert refusal(issuer(provider), token) == "Only ID tokens are accepted: this one was made for something else."


def test_another_providers_word_is_not_taken(provider: Provider, tmp_path: Path) -> None:
    with running_provider(tmp_path / "other.log") as other:
        token = other.sign_in("ada")["id_token"]

        assert verified(issuer(other), token).subject == "ada"
    assert refusal(issuer(provider), token) == "The token comes from another issuer."


def test_a_changed_letter_breaks_the_signature(provider: Provider) -> None:
    header, claims, signature = provider.sign_in("ada")["id_token"].split(".")
    changed = ("A" if signature[0] != "A" else "B") + signature[1:]

    assert refusal(issuer(provider), f"{header}.{claims}.{changed}") == "The token's signature is wrong."


def test_new_keys_are_found_and_old_ones_hold_while_they_are_published(provider: Provider) -> None:
    ours = issuer(provider)
    old = provider.sign_in("ada")["id_token"]
    assert verified(ours, old).subject == "ada"

    provider.publish("summer", "spring")
    new = provider.sign_in("grace")["id_token"]

    assert (verified(ours, new).subject, verified(ours, old).subject) == ("grace", "ada")


def test_a_token_of_keys_that_were_taken_back_is_refused(provider: Provider) -> None:
    ours = issuer(provider)
    old = provider.sign_in("ada")["id_token"]
    assert verified(ours, old).subject == "ada"

    provider.publish("summer")

    assert verified(ours, provider.sign_in("grace")["id_token"]).subject == "grace"
    assert refusal(ours, old) == "The token is signed with a key, or in a way, that its issuer does not publish."


def test_a_provider_that_has_closed_cannot_be_asked_but_is_remembered(tmp_path: Path) -> None:
    with running_provider(tmp_path / "closing.log") as closing:
        ours, token = issuer(closing), closing.sign_in("ada")["id_token"]
        assert verified(ours, token).subject == "ada"

    assert verified(ours, token).subject == "ada"
    with pytest.raises(Unreachable, match="Try again later"):
        verified(issuer(closing), token)
