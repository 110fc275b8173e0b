"""Pages of other sites: none may read or change anything unless its site is configured."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from tests.clients.latte import GRAPHQL
from tests.clients.streaming import Address, knocking
from tests.clients.wire import Answered, ask_graphql, exchange
from tests.running import running_cafe

SHOP = "https://shop.example"
STRANGER = "https://evil.example"
ORDER = json.dumps({"item_id": 1, "size": "small"}).encode()
NAME = "{ cafe { name } }"


def served(folder: Path, **variables: str) -> Iterator[Address]:
    with running_cafe(folder / "cafe.db", **variables) as url:
        host, port = url.removeprefix("http://").split(":")
        yield host, int(port)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    yield from served(tmp_path_factory.mktemp("closed"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    yield from served(tmp_path_factory.mktemp("shop"), CAFE_CORS_ORIGINS=f"{SHOP}, https://till.example:8443")


def preflight(address: Address, path: str, origin: str) -> Answered:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,authorization"}
    return exchange(address, "OPTIONS", path, Origin=origin, **asked)


def allowed(answered: Answered) -> dict[str, str]:
    return {name: value for name, value in answered.headers.items() if name.startswith("access-control-")}


class TestWithoutOrigins:
    @pytest.mark.parametrize("path", ["/graphql", "/orders", "/menu"])
    def test_no_page_of_another_site_is_allowed_anything(self, closed: Address, path: str) -> None:
        assert allowed(preflight(closed, path, SHOP)) == {}
        assert allowed(exchange(closed, "GET", path, Origin=SHOP, Accept="application/json")) == {}

    @pytest.mark.parametrize(
        "content_type",
        [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/plain; a=application/json",
            "",
        ],
    )
    @pytest.mark.parametrize("path", ["/graphql", "/orders"])
    def test_what_a_page_can_send_unasked_is_not_read(self, closed: Address, path: str, content_type: str) -> None:
        bodies = {"/graphql": json.dumps({"query": "mutation { __typename }"}).encode(), "/orders": ORDER}
        sent = {"Origin": STRANGER, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
        before = exchange(closed, "GET", "/orders").json

        answered = exchange(closed, "POST", path, bodies[path], **sent, **{"Content-Type": content_type})

        assert answered.status == 415
        assert exchange(closed, "GET", "/orders").json == before

    def test_nor_is_a_body_that_says_nothing_of_itself(self, closed: Address) -> None:
        assert exchange(closed, "POST", "/orders", ORDER).status == 415

    @pytest.mark.parametrize("body", [b"query=%7B__typename%7D", b'{"query":"{__typename}"}'])
    def test_a_form_posted_to_graphql_runs_nothing(self, closed: Address, body: bytes) -> None:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answered = exchange(closed, "POST", "/graphql?query={__typename}", body, **form)

        assert answered.status == 415 and b"__typename" not in answered.body

    def test_a_mutation_by_get_runs_nothing(self, closed: Address) -> None:
        answered = exchange(closed, "GET", "/graphql?query=mutation{__typename}", Accept=GRAPHQL)

        assert answered.status == 405

    def test_a_socket_is_opened_by_our_own_pages_and_by_programs(self, closed: Address) -> None:
        host, port = closed
        with knocking(closed), knocking(closed, origin=f"http://{host}:{port}"):
            pass
        for origin in (STRANGER, "null", "http://[", f"http://{host}:{port}.evil.example"):
            with pytest.raises(InvalidStatus), knocking(closed, origin=origin):
                pass


class TestWithOrigins:
    @pytest.mark.parametrize("path", ["/graphql", "/orders", "/menu"])
    def test_a_page_of_theirs_may_ask_before_it_sends(self, shop: Address, path: str) -> None:
        answered = preflight(shop, path, SHOP)

        assert answered.status == 204
        assert allowed(answered) == {
            "access-control-allow-origin": SHOP,
            "access-control-expose-headers": "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, ETag",
            "access-control-allow-methods": "GET, HEAD, POST",
            "access-control-allow-headers": (
                "Authorization, Content-Type, X-API-Key, GraphQL-Cost, GraphQL-Require-Preflight, "
                "Apollo-Require-Preflight, "
                "X-Apollo-Operation-Name, Apollographql-Client-Name, Apollographql-Client-Version, X-Requested-With"
            ),
            "access-control-max-age": "7200",
        }

    def test_it_reads_answers_errors_and_what_is_left_of_its_budget(self, shop: Address) -> None:
        for answered in (
            ask_graphql(shop, NAME, Origin=SHOP),
            ask_graphql(shop, "{", Origin=SHOP),
            exchange(shop, "GET", "/menu", Origin="https://till.example:8443"),
            exchange(shop, "POST", "/orders", b"{}", Origin=SHOP, **{"Content-Type": "text/plain"}),
        ):
            assert answered.headers["access-control-allow-origin"] in (SHOP, "https://till.example:8443")
            assert "RateLimit-Remaining" in answered.headers["access-control-expose-headers"]
            assert "access-control-allow-credentials" not in answered.headers
            assert "Origin" in answered.headers["vary"]

    @pytest.mark.parametrize(
        "origin", [STRANGER, f"{SHOP}.evil.example", "https://SHOP.example", f"{SHOP}:444", "null"]
    )
    def test_no_other_page_may(self, shop: Address, origin: str) -> None:
        for answered in (preflight(shop, "/graphql", origin), ask_graphql(shop, NAME, Origin=origin)):
            assert allowed(answered) == {}
            assert "Origin" in answered.headers["vary"]
        with pytest.raises(InvalidStatus), knocking(shop, origin=origin):
            pass

    def test_it_may_open_sockets_and_query_by_get(self, shop: Address) -> None:
        sent = {"Accept": GRAPHQL, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
        path = "/graphql?query={cafe{name}}"

        with knocking(shop, origin=SHOP):
            pass
        assert exchange(shop, "GET", path, Origin=SHOP, **sent).status == 200
        assert exchange(shop, "GET", path, Origin=STRANGER, **sent).status == 400


def test_in_development_all_origins_may_be_let_in(tmp_path: Path) -> None:
    for address in served(tmp_path, CAFE_CORS_ORIGINS="*"):
        assert ask_graphql(address, NAME, Origin=STRANGER).headers["access-control-allow-origin"] == "*"
        with knocking(address, origin=STRANGER):
            pass
