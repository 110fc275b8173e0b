"""What a good token says of a person: their address, their name, their roles; all else about them is dropped."""

import asyncio
from typing import Any

import pytest

from cafe_graphql.gateways.oidc import Identity, Untrusted
from tests.gateways.forge import Forge


def verified(forge: Forge, token: str, **options: Any) -> Identity:
    return asyncio.run(forge.issuer(**options).verify(token))


def test_what_a_token_says_of_a_person_is_kept_only_if_it_can_be_shown(forge: Forge) -> None:
    odd: dict[str, Any] = {"name": "\u202eada", "email": ["ada@example.com"], "email_verified": True}
    roles: dict[str, Any] = {"https://cafe.example/roles": ["BARISTA", 7, "", "x" * 256, "ROOT\ud800"]}

    with pytest.raises(Untrusted, match="no signed token"):
        verified(forge, forge.token(**roles))  # half a character is no JSON
    roles["https://cafe.example/roles"].pop()
    ada = verified(forge, forge.token(**odd, **roles), roles_claim="https://cafe.example/roles")

    assert (ada.name, ada.email, ada.email_verified, ada.roles) == (None, None, False, frozenset({"BARISTA"}))


@pytest.mark.parametrize(
    ("said", "verified_by_issuer"), [(True, True), ("true", True), (False, False), ("no", False), (1, False)]
)
def test_an_address_is_theirs_only_if_the_issuer_says_so(forge: Forge, said: object, verified_by_issuer: bool) -> None:
    ada = verified(forge, forge.token(email="ada@example.com", email_verified=said))

    assert (ada.email, ada.email_verified) == ("ada@example.com", verified_by_issuer)


@pytest.mark.parametrize(
    ("claims", "roles"),
    [
        ({"realm": {"roles": ["BARISTA", "MANAGER"]}}, {"BARISTA", "MANAGER"}),
        ({"realm": {"roles": "BARISTA"}}, {"BARISTA"}),
        ({"realm.roles": ["BARISTA"], "realm": {"roles": ["MANAGER"]}}, {"BARISTA"}),
        ({"realm": {"roles": {"BARISTA": True}}}, set()),
        ({"realm": ["roles"]}, set()),
        ({}, set()),
    ],
)
def test_roles_are_found_where_they_are_said_to_be(forge: Forge, claims: dict[str, Any], roles: set[str]) -> None:
    assert verified(forge, forge.token(**claims), roles_claim="realm.roles").roles == roles
