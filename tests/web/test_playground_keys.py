"""Keys in the playground: where they are written, what remembers them, and what a reader is told who lacks one."""

import json
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.running import KEY, WITH_KEY
from tests.web.browsing import answer, editor, place_a_latte, run, visit, wait_until, write

NEEDED = "This needs a key. Write one into Headers, such as the one that cafe serve printed on its first start."
NOT_ACCEPTED = "What Headers sends is not accepted. Write in a key that is valid, or delete it to come as a guest."
NOT_ENOUGH = "What Headers sends does not open this. Write in a key that does."

OPENS_NOTHING = "This key opens nothing: it is wrong, has expired, or was revoked."
UNAUTHORIZED = "Failed to load resource: the server responded with a status of 401 (Unauthorized)"

NOTED = 300
"""Milliseconds in which GraphiQL has noted what was written or opened; it needs a hundred."""

SIGN_UP = 'mutation { signUp(email: "grace@example.com", password: "correct horse", name: "Grace") { accessToken } }'


def test_a_key_in_the_headers_tab_is_sent_and_remembered(browser: Browser, cafe_server: str) -> None:
    page, _seen = visit(browser, cafe_server)
    open_headers(page)
    assert '"X-API-Key": "cafe_…"' in editor(page, "request-headers")

    write(page, "request-headers", json.dumps(WITH_KEY))
    with page.expect_request(is_operation) as sent:
        run(page)
    assert sent.value.headers["x-api-key"] == KEY
    assert sent.value.headers["accept"] == "application/graphql-response+json, application/json"

    remembered(page)
    tabs = page.locator(".graphiql-tab-button").all_text_contents()
    page.reload()
    assert json.loads(editor(page, "request-headers")) == WITH_KEY
    assert page.locator(".graphiql-tab-button").all_text_contents() == tabs


@pytest.mark.parametrize("uncommented", ["nothing", '"X-API-Key"', '"Authorization"'])
def test_the_hint_in_the_headers_tab_is_never_sent_as_a_key(
    browser: Browser, cafe_server: str, uncommented: str
) -> None:
    page, seen = visit(browser, cafe_server)
    write(page, "request-headers", editor(page, "request-headers").replace(f"// {uncommented}", uncommented))

    with page.expect_request(is_operation) as sent:
        run(page)

    assert {"x-api-key", "authorization"} & sent.value.headers.keys() == set()
    assert seen.complaints == []


def test_a_key_written_once_is_there_in_every_tab_and_after_a_reload(browser: Browser, cafe_server: str) -> None:
    page, _seen = visit(browser, cafe_server)
    tab(page, "OrderHistory").click()
    write(page, "request-headers", json.dumps(WITH_KEY))

    tabs = page.locator(".graphiql-tab-button")
    names = tabs.all_text_contents()
    in_every_tab = [headers_of(page, name) for name in names]
    page.get_by_role("button", name="New tab").click()
    page.wait_for_timeout(NOTED)
    in_a_new_tab = json.loads(editor(page, "request-headers"))
    remembered(page, times=len(names) + 1)  # in each tab
    page.reload()
    expect(tabs).to_have_text([*names, "<untitled>"])
    after_a_reload = [headers_of(page, name) for name in tabs.all_text_contents()]

    assert in_every_tab == [WITH_KEY] * len(names)
    assert in_a_new_tab == WITH_KEY
    assert after_a_reload == [WITH_KEY] * (len(names) + 1)


def test_a_remembered_key_opens_the_socket_too(browser: Browser, cafe_server: str) -> None:
    page, _seen = visit(browser, cafe_server)
    tab(page, "FollowTheKitchen").click()
    write(page, "request-headers", json.dumps(WITH_KEY))
    remembered(page)
    page.reload()
    assert json.loads(editor(page, "request-headers")) == WITH_KEY
    said: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: said.append(frame)))

    place_a_latte(cafe_server)
    run(page)

    assert json.loads(said[0]) == {"type": "connection_init", "payload": WITH_KEY}
    expect(hint(page)).to_be_empty()


def test_a_tab_with_headers_of_its_own_keeps_them(browser: Browser, cafe_server: str) -> None:
    page, _seen = visit(browser, cafe_server)
    tab(page, "QuoteALatte").click()
    write(page, "request-headers", '{"X-API-Key": "of the till"}')
    page.wait_for_timeout(NOTED)
    tab(page, "OrderHistory").click()
    write(page, "request-headers", json.dumps(WITH_KEY))
    page.wait_for_timeout(NOTED)

    assert headers_of(page, "QuoteALatte") == {"X-API-Key": "of the till"}
    assert headers_of(page, "OrderHistory") == WITH_KEY


def test_a_guest_is_told_of_the_key_and_led_to_where_it_goes(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    tab(page, "OrderHistory").click()
    before = page.locator(".result-window").bounding_box()
    expect(hint(page)).to_be_empty()

    run(page, until='"errors"')
    expect(hint(page)).to_contain_text(NEEDED)
    after = page.locator(".result-window").bounding_box()
    page.get_by_role("button", name="Open Headers").click()
    wait_until(page, "document.activeElement.closest('section')?.ariaLabel === 'Headers'")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")  # the editor would put the braces typed next around what is selected
    page.keyboard.type(json.dumps(WITH_KEY))
    run(page, until='"nodes"')

    assert before and after
    assert (after["x"], after["y"], after["width"]) == (before["x"], before["y"], before["width"])  # nothing jumps
    expect(hint(page)).to_be_empty()
    assert "errors" not in answer(page)
    assert seen.complaints == []


def test_the_button_of_the_hint_opens_what_was_folded_away(browser: Browser, cafe_server: str) -> None:
    page, _seen = visit(browser, cafe_server)
    tab(page, "OrderHistory").click()
    page.get_by_role("button", name="Hide editor tools").click()
    run(page, until='"errors"')

    page.get_by_role("button", name="Open Headers").click()

    expect(page.get_by_role("region", name="Headers")).to_contain_text("Guests need no key.")


def test_a_wrong_key_is_told_in_words(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    tab(page, "OrderHistory").click()
    write(page, "request-headers", '{"x-api-key": "wrong"}')

    run(page, until='"errors"')

    refused = {"message": OPENS_NOTHING, "extensions": {"code": "UNAUTHENTICATED"}}
    assert answer(page) == {"errors": [refused]}
    expect(hint(page)).to_contain_text(NOT_ACCEPTED)
    assert seen.complaints == [UNAUTHORIZED]


def test_a_wrong_key_for_a_socket_is_told_in_words(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    tab(page, "FollowTheKitchen").click()
    write(page, "request-headers", '{"Authorization": "Bearer wrong"}')

    run(page, until='"errors"')

    message = f"The server closed the socket: {OPENS_NOTHING}"
    assert answer(page) == {"errors": [{"message": message, "extensions": {"code": "UNAUTHENTICATED"}}]}
    expect(hint(page)).to_contain_text(NOT_ACCEPTED)
    expect(page.get_by_role("button", name="Execute query")).to_be_visible()
    assert seen.complaints == []


def test_a_customer_is_told_that_the_kitchen_takes_more(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    tab(page, "FollowTheKitchen").click()
    session = httpx2.post(f"{cafe_server}/graphql", json={"query": SIGN_UP}).json()["data"]["signUp"]
    write(page, "request-headers", json.dumps({"Authorization": f"Bearer {session['accessToken']}"}))

    run(page, until='"errors"')

    assert [error["extensions"]["code"] for error in answer(page)["errors"]] == ["FORBIDDEN"]
    expect(hint(page)).to_contain_text(NOT_ENOUGH)
    assert seen.complaints == []


def test_a_proxys_own_refusal_is_shown_with_the_hint(browser: Browser, cafe_server: str) -> None:
    page, _seen = visit(browser, cafe_server)
    page.route("**/graphql", lambda route: route.fulfill(status=401, body="<h1>Who are you?</h1>"))

    run(page, until='"errors"')

    [error] = answer(page)["errors"]
    assert error["message"] == "The server answered 401 without JSON: <h1>Who are you?</h1>"
    expect(hint(page)).to_contain_text(NEEDED)


def test_the_hint_belongs_to_the_answer_that_is_shown(browser: Browser, cafe_server: str) -> None:
    page, _seen = visit(browser, cafe_server)
    tab(page, "OrderHistory").click()
    run(page, until='"errors"')
    expect(hint(page)).to_contain_text(NEEDED)

    tab(page, "OneLatte").click()
    expect(hint(page)).to_be_empty()
    tab(page, "OrderHistory").click()
    expect(hint(page)).to_contain_text(NEEDED)


def test_who_signs_up_sees_the_orders_of_their_own(browser: Browser, cafe_server: str) -> None:
    page, seen = visit(browser, cafe_server)
    tab(page, "SignUp").click()
    run(page, until='"accessToken"')
    signed_up = answer(page)["data"]["signUp"]

    write(page, "request-headers", json.dumps({"Authorization": f"Bearer {signed_up['accessToken']}"}))
    tab(page, "PlaceAnOrder").click()
    run(page, until='"replayed"')
    number = answer(page)["data"]["placeOrder"]["order"]["number"]
    tab(page, "OrderHistory").click()
    run(page, until='"nodes"')

    assert signed_up["viewer"] == {"role": "CUSTOMER", "customer": {"name": "Ada"}}
    assert signed_up["problems"] == []
    assert [order["number"] for order in answer(page)["data"]["orders"]["nodes"]] == [number]
    assert seen.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_hint_can_be_read_in_either_theme(browser: Browser, cafe_server: str, scheme: str) -> None:
    page, _seen = visit(browser, cafe_server)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    tab(page, "OrderHistory").click()
    run(page, until='"errors"')

    assert contrast(page, ".key-hint span") > 4.5  # WCAG 2.2, success criterion 1.4.3
    assert contrast(page, ".key-hint button") > 4.5


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("tab", name=name)


def hint(page: Page) -> Locator:
    return page.locator(".graphiql-response").get_by_role("status")


def open_headers(page: Page) -> None:
    page.get_by_role("button", name="Headers", exact=True).click()


def headers_of(page: Page, name: str) -> dict[str, Any]:
    tab(page, name).click()
    page.wait_for_timeout(NOTED)
    headers: dict[str, Any] = json.loads(editor(page, "request-headers"))
    return headers


def remembered(page: Page, times: int = 1) -> None:
    """Wait until the browser has stored the key in so many tabs, which GraphiQL does half a second later."""
    wait_until(page, f"localStorage['cafe:graphiql:tabState'].split('{KEY}').length > {times}")


def contrast(page: Page, selector: str) -> float:
    """Measure the contrast of a text to what lies under it, from 1 to 21, by WCAG 2.2's formula."""
    return float(page.locator(selector).evaluate(CONTRAST))


CONTRAST = """(element) => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  let under = [255, 255, 255];
  const layers = [];
  for (let each = element; each; each = each.parentElement) layers.unshift(getComputedStyle(each).backgroundColor);
  for (const [red, green, blue, alpha = 1] of layers.map(numbers)) {
    under = [red, green, blue].map((part, index) => part * alpha + under[index] * (1 - alpha));
  }
  const linear = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const pair = [luminance(numbers(getComputedStyle(element).color)), luminance(under)];
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}"""


def is_operation(request: Any) -> bool:
    return request.method == "POST" and "BrowseTheMenu" in (request.post_data or "")
