"""The playground, as its files are served and as a guest sees it in a real browser."""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import (
    GraphQLSchema,
    OperationDefinitionNode,
    build_client_schema,
    get_introspection_query,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values
from playwright.sync_api import Browser, Page, WebSocketRoute, expect
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from cafe_graphql.app import create_app
from cafe_graphql.web import playground
from tests import programs
from tests.running import WITH_KEY
from tests.web.browsing import (
    answer,
    editor,
    model_of,
    place_a_latte,
    read_until,
    run,
    visit,
    wait_until,
    write,
)

SOURCES = Path(playground.__file__).with_name("playground")
TABS = [
    *("BrowseTheMenu", "OneLatte", "QuoteALatte", "PlaceAnOrder", "FollowMyOrder"),  # for every guest
    *("SignUp", "OrderHistory", "FollowTheKitchen"),
]


def test_the_page_has_no_inline_script_and_a_strict_policy() -> None:
    response = door().get("/graphql", headers={"Accept": "text/html"})

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; font-src 'self'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["vary"] == "Accept"
    assert re.findall(r"<script[^>]*>(.*?)</script>", response.text, re.DOTALL) == [""]
    assert "http" not in response.text


def test_every_file_the_page_names_is_served_from_where_the_page_was_told() -> None:
    app = Starlette(routes=[Mount("/corner/assets", app=playground.assets)])
    html = bytes(playground.page("/corner/assets").body).decode()

    named = re.findall(r'(?:href|src)="([^"]+)"', html)
    types = [TestClient(app).get(path).headers["content-type"] for path in named]

    assert types == ["image/svg+xml", "text/css; charset=utf-8", "text/javascript; charset=utf-8"]


def test_every_built_file_can_be_had_zipped_and_unzipped() -> None:
    client = door()
    stored = sorted(playground.STATIC.glob("*.gz"))
    assert len(stored) > 20

    for file in stored:
        path = f"/graphql/assets/{file.name.removesuffix('.gz')}"
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        assert plain.status_code == 200
        assert plain.content == gzip.decompress(file.read_bytes())
        assert "content-encoding" not in plain.headers
        zipped = client.get(path, headers={"Accept-Encoding": "br, gzip"})
        assert zipped.headers["content-encoding"] == "gzip"
        assert int(zipped.headers["content-length"]) == file.stat().st_size
        assert zipped.content == plain.content
        assert zipped.headers["vary"] == "Accept-Encoding"
        assert zipped.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("accept_encoding", "is_zipped"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("*", True),
        ("br", False),
        ("gzip;q=0", False),
        ("*, gzip; q=0", False),
    ],
)
def test_a_file_is_zipped_only_for_who_can_unzip_it(accept_encoding: str, is_zipped: bool) -> None:
    response = door().get(script(), headers={"Accept-Encoding": accept_encoding})

    assert ("content-encoding" in response.headers) is is_zipped


def test_a_head_request_tells_the_size_and_sends_nothing() -> None:
    client = door()

    response = client.head(script())

    assert response.content == b""
    assert response.headers["content-length"] == client.get(script()).headers["content-length"]


@pytest.mark.parametrize(
    "name",
    [
        "index.html",
        "LICENSES.txt",
        "nothing.js",
        "",
        "../playground.py",
        "..%2Fplayground.py",
        "%2e%2e/%2e%2e/config.py",
        "deeper/icon.svg",
        "%00",
    ],
)
def test_a_name_that_was_not_built_is_not_found(name: str) -> None:
    assert door().get(f"/graphql/assets/{name}").status_code == 404


def test_files_are_only_read() -> None:
    response = door().post(script())

    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_the_committed_files_are_what_the_sources_build(tmp_path: Path) -> None:
    npm = programs.require("npm")
    for name in ("package.json", "package-lock.json", ".npmrc", "build.mjs"):
        shutil.copy(SOURCES / name, tmp_path)
    shutil.copytree(SOURCES / "src", tmp_path / "src")

    install = subprocess.run([npm, "ci"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    if "npm error network" in install.stderr:
        programs.missing("npm cannot reach its registry")
    assert install.returncode == 0, install.stderr
    subprocess.run([npm, "run", "build", "--", "built"], cwd=tmp_path, capture_output=True, timeout=120, check=True)

    assert hashes(tmp_path / "built") == hashes(playground.STATIC)


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_text())

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert [name for name, package in lock["packages"].items() if name and "integrity" not in package] == []


def test_every_example_tab_is_a_valid_question_to_this_cafe(cafe_server: str) -> None:
    schema = schema_of(cafe_server)
    documents = sorted((SOURCES / "src" / "tabs").glob("*.graphql"))

    assert [problems_of(file, schema) for file in documents] == [[]] * len(TABS)


def test_a_newcomer_reads_the_menu_with_one_click_and_no_network(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    assert page.title() == "Café GraphQL"
    assert page.locator(".graphiql-tab-button").all_text_contents() == TABS

    run(page)

    items = [item for category in answer(page)["data"]["menu"]["categories"] for item in category["items"]]
    assert {"name": "Latte", "price": {"formatted": "$3.50"}} in items
    expect(page.locator(".result-window")).to_contain_text("Latte")
    assert seen.complaints == []
    assert [url for url in seen.requests if not url.startswith((f"{cafe_server}/graphql", "data:"))] == []
    if picture := os.environ.get("CAFE_SCREENSHOT"):
        page.screenshot(path=picture)


def test_docs_history_and_explorer_open_without_a_complaint(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    run(page)

    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.locator(".graphiql-plugin")).to_contain_text("Root Types")
    page.get_by_role("button", name="Show History").click()
    expect(page.locator(".graphiql-plugin")).to_contain_text("BrowseTheMenu")
    page.get_by_role("button", name="Show GraphiQL Explorer").click()
    expect(page.locator(".graphiql-plugin")).to_contain_text("categories")

    assert seen.complaints == []


def test_one_latte_is_just_its_name_and_price(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    page.get_by_role("tab", name="OneLatte").click()

    run(page, until='"menuItem"')

    assert answer(page) == {"data": {"menuItem": {"name": "Latte", "price": {"formatted": "$3.50"}}}}
    assert seen.complaints == []


def test_the_quote_tab_brings_its_order_in_the_variables_and_prices_it(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    page.get_by_role("tab", name="QuoteALatte").click()

    order = json.loads(editor(page, "variables"))["input"]["lines"]
    run(page)

    choices = [{"group": "size", "option": "medium"}, {"group": "milk", "option": "oat"}]
    assert order == [{"item": "latte", "quantity": 1, "options": choices}]
    quote = answer(page)["data"]["quote"]
    assert [choice["optionName"] for choice in quote["lines"][0]["choices"]] == ["Medium", "Oat milk"]
    assert quote["totals"]["total"] == {"formatted": "$4.00", "minorUnits": 400}
    assert (quote["problems"], quote["warnings"]) == ([], [])
    assert seen.complaints == []


def test_an_order_is_placed_once_however_often_play_is_pressed(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    page.get_by_role("tab", name="PlaceAnOrder").click()
    run(page)
    placed = answer(page)["data"]["placeOrder"]
    run(page, until='"replayed": true')
    again = answer(page)["data"]["placeOrder"]

    page.get_by_role("tab", name="OrderHistory").click()
    write(page, "request-headers", json.dumps(WITH_KEY))
    run(page, until='"orders"')
    newest, *older = answer(page)["data"]["orders"]["nodes"]

    assert re.fullmatch(r"A-\d{3}", placed["order"]["number"])
    assert (placed["problems"], placed["replayed"]) == ([], False)
    assert again == {**placed, "replayed": True}
    assert newest["number"] == placed["order"]["number"]
    assert newest["totals"]["total"] == {"formatted": "$4.00"}
    sold = [{"quantity": 1, "name": "Latte", "choices": [{"optionName": "Medium"}, {"optionName": "Oat milk"}]}]
    assert newest["lines"] == sold
    assert newest["number"] not in [order["number"] for order in older]
    assert seen.complaints == []


def test_a_guest_follows_the_order_just_placed_without_copying_its_token(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    placed = place_in_the_page(page)
    page.get_by_role("tab", name="FollowMyOrder").click()

    run(page, until='"orderUpdated"')
    at_once = answer(page)["data"]["orderUpdated"]
    cancel(cafe_server, placed["trackingToken"])
    read_until(page, '"CANCELLED"')
    told = answer(page)["data"]["orderUpdated"]

    assert json.loads(editor(page, "variables")) == {"token": placed["trackingToken"]}
    assert (at_once["order"]["number"], at_once["event"]) == (placed["order"]["number"], None)
    assert told["order"]["status"] == told["event"]["to"] == "CANCELLED"
    expect(page.get_by_role("button", name="Execute query")).to_be_visible()  # a cancelled order tells nothing more
    assert seen.complaints == []


def test_the_next_order_is_followed_next_but_never_in_place_of_a_token_of_ones_own(
    browser: Browser, cafe_server: str
) -> None:
    page, _seen = visit(browser, cafe_server)
    for key in ("a latte", "and one more"):
        placed = place_in_the_page(page, key)
        page.get_by_role("tab", name="FollowMyOrder").click()
        wait_until(page, f"{model_of('variables')}.getValue().includes('{placed['trackingToken']}')")

    write(page, "variables", '{"token": "one that a friend gave me"}')
    page.wait_for_timeout(300)  # until GraphiQL has noted it
    place_in_the_page(page, "a third")
    page.get_by_role("tab", name="FollowMyOrder").click()
    page.wait_for_timeout(300)

    assert editor(page, "variables") == '{"token": "one that a friend gave me"}'


def test_who_follows_before_ordering_is_told_that_there_is_nothing(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    page.get_by_role("tab", name="FollowMyOrder").click()

    run(page, until='"errors"')

    message = "It ended before it told anything: there is no such thing, or nothing new about it."
    assert answer(page) == {"errors": [{"message": message}]}
    expect(page.get_by_role("button", name="Execute query")).to_be_visible()
    assert seen.complaints == []


def test_an_order_placed_elsewhere_appears_in_the_followed_kitchen(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    open_the_kitchen(page)
    place_a_latte(cafe_server)

    with page.expect_websocket() as socket:
        run(page)
    waiting = answer(page)["data"]["kitchenQueueUpdated"]
    number = place_a_latte(cafe_server)
    read_until(page, f'"number": "{number}"')
    told = answer(page)["data"]["kitchenQueueUpdated"]

    assert socket.value.url == f"{cafe_server.replace('http', 'ws')}/graphql"
    assert waiting["event"] is None
    assert told["order"]["status"] == told["event"]["to"] == "PLACED"
    assert told["order"]["lines"] == [{"quantity": 1, "name": "Latte"}]
    assert seen.complaints == []
    if picture := os.environ.get("CAFE_SCREENSHOT_FOLLOWING"):
        page.screenshot(path=picture)


def test_who_stops_following_hears_no_more(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    open_the_kitchen(page)
    place_a_latte(cafe_server)
    with page.expect_websocket() as socket:
        run(page)
    last_heard = place_a_latte(cafe_server)
    read_until(page, last_heard)

    with socket.value.expect_event("close"):
        page.get_by_role("button", name="Stop query").click()
    place_a_latte(cafe_server)
    page.wait_for_timeout(300)

    assert answer(page)["data"]["kitchenQueueUpdated"]["order"]["number"] == last_heard
    expect(page.get_by_role("button", name="Execute query")).to_be_visible()
    assert seen.complaints == []


def test_following_goes_on_when_the_line_was_cut(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    open_the_kitchen(page)
    place_a_latte(cafe_server)
    lines: list[WebSocketRoute] = []

    def cut_the_first(line: WebSocketRoute) -> None:
        lines.append(line)
        if len(lines) == 1:
            line.close(code=1001, reason="The server is stopping.")
        else:
            line.connect_to_server()

    page.route_web_socket("**/graphql", cut_the_first)
    run(page)
    number = place_a_latte(cafe_server)

    read_until(page, f'"number": "{number}"')
    assert len(lines) == 2
    assert seen.complaints == []


def test_following_sends_the_headers_and_shows_what_is_wrong(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    open_the_kitchen(page)
    write(page, "operation", 'subscription { kitchenQueueUpdated(after: "yesterday") { cursor } }')
    said: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: said.append(frame)))

    run(page, until='"errors"')

    assert json.loads(said[0]) == {"type": "connection_init", "payload": WITH_KEY}
    assert [error["extensions"]["code"] for error in answer(page)["errors"]] == ["BAD_USER_INPUT"]
    assert seen.complaints == []


def test_play_may_be_pressed_the_moment_a_tab_is_open(browser: Browser, cafe_server: str) -> None:
    page, _seen = visit(browser, cafe_server)

    page.get_by_role("tab", name="QuoteALatte").click()
    run(page, until='"quote"')

    assert answer(page)["data"]["quote"]["totals"]["total"]["formatted"] == "$4.00"


def test_an_untidy_order_is_tidied_by_the_prettify_button(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    page.get_by_role("tab", name="QuoteALatte").click()
    write(page, "variables", '{"input":{"lines":[]}, /* nothing yet */}')

    page.get_by_role("button", name="Prettify").click()

    wait_until(page, f"{model_of('variables')}.getValue().includes('  \"input\": {{')")
    assert seen.complaints == []


def test_what_has_a_default_may_be_left_out_of_the_variables(browser: Browser, cafe_server: str) -> None:
    page, _seen = visit(browser, cafe_server)
    page.get_by_role("tab", name="QuoteALatte").click()

    write(page, "variables", '{"input": {"lines": [{"item": "latte"}]}, "sugar": 1}')

    # The editor checks against the tab before, for a moment.
    markers = f"globalThis.__MONACO.editor.getModelMarkers({{resource: {model_of('variables')}.uri}})"
    complaints = f"{markers}.map((marker) => marker.message).join()"
    wait_until(page, f"{complaints} === 'Property sugar is not allowed.'")


def test_every_visitor_gets_an_idempotency_key_of_their_own(browser: Browser, cafe_server: str) -> None:
    keys = []
    for _ in range(2):
        page, _seen = visit(browser, cafe_server)
        page.get_by_role("tab", name="PlaceAnOrder").click()
        keys.append(json.loads(editor(page, "variables"))["idempotencyKey"])

    assert all(re.fullmatch(r"playground-[0-9a-z]+", key) for key in keys)
    assert keys[0] != keys[1]


def open_the_kitchen(page: Page) -> None:
    page.get_by_role("tab", name="FollowTheKitchen").click()
    write(page, "request-headers", json.dumps(WITH_KEY))


def place_in_the_page(page: Page, idempotency_key: str | None = None) -> dict[str, Any]:
    page.get_by_role("tab", name="PlaceAnOrder").click()
    variables = json.loads(editor(page, "variables"))
    if idempotency_key:
        write(page, "variables", json.dumps({**variables, "idempotencyKey": idempotency_key}))
    with page.expect_response("**/graphql") as told:
        page.get_by_role("button", name="Execute query").click()
    placed: dict[str, Any] = told.value.json()["data"]["placeOrder"]
    read_until(page, placed["trackingToken"])
    return placed


def cancel(base_url: str, token: str) -> None:
    document = "mutation ($by: OrderRef!) { cancelOrder(by: $by) { problems { code } } }"
    asked = {"query": document, "variables": {"by": {"token": token}}}
    answered = httpx2.post(f"{base_url}/graphql", json=asked).json()
    assert answered == {"data": {"cancelOrder": {"problems": []}}}


def problems_of(file: Path, schema: GraphQLSchema) -> list[str]:
    document = parse(file.read_text())
    invalid = [error.message for error in validate(schema, document)]
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    variables = file.with_suffix(".json")
    given = json.loads(variables.read_text()) if variables.exists() else {}
    coerced = get_variable_values(schema, operation.variable_definitions or (), given)
    return invalid + ([error.message for error in coerced] if isinstance(coerced, list) else [])


def schema_of(base_url: str) -> GraphQLSchema:
    answer = httpx2.post(f"{base_url}/graphql", json={"query": get_introspection_query()}).json()
    return build_client_schema(answer["data"])


def door() -> TestClient:
    """Give the real server in process; not started, as its pages need no books."""
    return TestClient(create_app())


def script() -> str:
    html = bytes(playground.page().body).decode()
    return str(re.findall(r'src="([^"]+)"', html)[0])


def hashes(folder: Path) -> dict[str, str]:
    """Hash what is inside the zipped files: another version of zlib may pack the same text otherwise."""
    contents = {file.name: file.read_bytes() for file in folder.iterdir()}
    unpacked = {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in contents.items()}
    return {name: hashlib.sha256(data).hexdigest() for name, data in unpacked.items()}
