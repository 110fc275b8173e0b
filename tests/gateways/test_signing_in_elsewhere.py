"""Somebody signs in at a certified provider, and comes to the café with its word: the whole way, over HTTP."""

from pathlib import Path
from typing import Any

from tests.gateways.provider import Provider
from tests.running import running_cafe
from tests.web.test_rest import ask

VIEWER = "{ viewer { role scopes customer { name email orders { nodes { number } } } } }"
PLACE = 'mutation { placeOrder(input: { lines: [{ item: "latte" }] }) { order { number customer { name } } } }'


def test_a_barista_of_the_provider_is_one_here_and_her_orders_are_hers(provider: Provider, tmp_path: Path) -> None:
    settings = {
        "CAFE_OIDC_ISSUER": provider.url,
        "CAFE_OIDC_AUDIENCE": "cafe-web",
        "CAFE_OIDC_ROLES_CLAIM": "realm_access.roles",
    }
    with running_cafe(tmp_path / "cafe.db", **settings) as url:
        tokens = provider.sign_in("ada")
        ada = {"Authorization": f"Bearer {tokens['id_token']}"}
        placed = asked(url, PLACE, ada)["placeOrder"]["order"]
        viewer = asked(url, VIEWER, ada)["viewer"]
        refused = ask(f"{url}/graphql", {"query": VIEWER}, Authorization=f"Bearer {tokens['access_token']}")

    assert placed == {"number": "A-001", "customer": {"name": "Ada Lovelace"}}
    assert viewer["role"] == "BARISTA" and "KITCHEN" in viewer["scopes"]
    assert viewer["customer"] == {
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "orders": {"nodes": [{"number": "A-001"}]},
    }
    assert refused[0] == 401
    assert refused[1]["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


def asked(url: str, query: str, headers: dict[str, str]) -> Any:
    status, answer = ask(f"{url}/graphql", {"query": query}, **headers)
    assert status == 200 and "errors" not in answer, answer
    return answer["data"]
