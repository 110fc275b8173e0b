"""The playground in a real browser: opening it, pressing play, and reading and writing its editors."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import programs

# As good as a cut cable: no name but this machine's own address can be found.
NETWORK_CUT = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
BROWSER_ARGUMENTS = [
    NETWORK_CUT,
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; for no longer than one module's tests, as its event loop lets no other run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=programs.require("chromium"), args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Seen:
    """What a page did behind its reader's back."""

    complaints: list[str] = field(default_factory=list)  # console errors, policy violations, failed requests
    requests: list[str] = field(default_factory=list)


def visit(browser: Browser, base_url: str) -> tuple[Page, Seen]:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
    page.set_default_timeout(20_000)
    seen = watch(page)
    page.goto(f"{base_url}/graphql")
    page.locator(".graphiql-query-editor .view-line").first.wait_for()
    return page, seen


def watch(page: Page) -> Seen:
    seen = Seen()
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("requestfailed", lambda request: seen.complaints.append(f"failed: {request.url}"))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    # A violated Content-Security-Policy and an answer of 404 are console errors too.
    page.on(
        "console",
        lambda line: seen.complaints.append(line.text) if line.type in {"error", "warning"} else None,
    )
    return seen


def run(page: Page, until: str = '"data"') -> None:
    """Press play, and wait until the answer shows a text that the one before it had not."""
    page.get_by_role("button", name="Execute query").click()
    read_until(page, until)


def read_until(page: Page, text: str) -> None:
    expect(page.locator(".result-window")).to_contain_text(text, timeout=20_000)


def place_a_latte(base_url: str) -> str:
    """Place an order as another guest would, and give its number."""
    latte = 'mutation { placeOrder(input: { lines: [{ item: "latte" }] }) { order { number } } }'
    placed = httpx2.post(f"{base_url}/graphql", json={"query": latte}).json()
    return str(placed["data"]["placeOrder"]["order"]["number"])


def answer(page: Page) -> dict[str, Any]:
    response: dict[str, Any] = json.loads(editor(page, "response"))
    return response


def editor(page: Page, name: str) -> str:
    """Read all of an editor: on the screen stand only the lines that fit."""
    wait_until(page, f"Boolean({model_of(name)}?.getValue())")
    return str(page.evaluate(f"{model_of(name)}.getValue()"))


def wait_until(page: Page, condition: str) -> None:
    # Not wait_for_function: that evaluates its text inside the page, where our policy forbids it.
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never true: {condition}")


def write(page: Page, name: str, text: str) -> None:
    page.evaluate(f"{model_of(name)}.setValue({json.dumps(text)})")


def model_of(name: str) -> str:
    """Find an editor's text by the file name that GraphiQL gives it."""
    return f"globalThis.__MONACO?.editor.getModels().find((model) => model.uri.path.includes('{name}.'))"
