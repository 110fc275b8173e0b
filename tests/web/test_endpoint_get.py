"""A GET runs a query only if its sender meant one."""

import pytest

from tests.clients.latte import BROWSER, JSON, LATTE, endpoint, get, refusal
from tests.clients.raw import ask


def test_a_plain_get_is_refused_because_any_page_can_cause_one() -> None:
    status, code, message = refusal(get(accept="*/*"))

    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith("To query by GET, name application/graphql-response+json")


@pytest.mark.parametrize(
    "headers",
    [
        {"accept": "*/*", "graphql-require-preflight": "1"},
        {"accept": "*/*", "apollo-require-preflight": "true"},
        {"accept": "*/*", "x-apollo-operation-name": "Q"},
        {"accept": "*/*", "sec-fetch-mode": "cors"},
        {"accept": "*/*", "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin"},
        {"accept": JSON, "sec-fetch-site": "same-site"},
    ],
)
def test_a_get_that_somebody_meant_is_answered(headers: dict[str, str]) -> None:
    reply = ask(endpoint(), "GET", query_string=b"query={drink{name}}", headers=headers)

    assert (reply.status, reply.json) == (200, LATTE)


@pytest.mark.parametrize(
    "headers",
    [
        {"accept": JSON, "sec-fetch-site": "cross-site"},
        {"accept": "*/*", "sec-fetch-mode": "cors", "sec-fetch-site": "cross-site"},
        {"accept": "image/avif,*/*;q=0.8", "sec-fetch-mode": "no-cors", "sec-fetch-site": "same-origin"},
        {"accept": BROWSER, "sec-fetch-mode": "navigate"},
    ],
)
def test_a_get_from_elsewhere_or_by_accident_is_not(headers: dict[str, str]) -> None:
    reply = ask(endpoint(), "GET", query_string=b"query={drink{name}}", headers=headers)

    assert refusal(reply)[:2] == (400, "BAD_REQUEST")
