"""Bodies and URLs that are not what they say, too large, or never whole."""

import time

import pytest

from tests.clients.latte import ASK_LATTE, ASK_LATTE_JSON, GRAPHQL, JSON, LATTE, endpoint, refusal
from tests.clients.raw import Reply, ask, post


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/graphql",
        "application/jsonp",
        "application/json+x",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json, application/json",
        f"text/plain; x={JSON}",
    ],
)
def test_a_body_that_does_not_say_it_is_json_is_not_read(content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    reply = ask(endpoint(), headers=headers, chunks=[ASK_LATTE_JSON])

    assert refusal(reply) == (
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        'Send the request as JSON, with the header "Content-Type: application/json".',
    )


@pytest.mark.parametrize(
    "content_type",
    [
        JSON,
        "Application/JSON",
        f"{JSON};charset=utf-8",
        f'{JSON} ; Charset="UTF-8"',
        f"{JSON};",
        f"{JSON}; odata=x",
    ],
)
def test_json_may_say_that_it_is_utf8(content_type: str) -> None:
    reply = ask(endpoint(), headers={"content-type": content_type}, chunks=[ASK_LATTE_JSON])

    assert reply.json == LATTE


def test_json_in_another_charset_or_packed_is_not_read() -> None:
    utf16 = ask(endpoint(), headers={"content-type": f"{JSON}; charset=utf-16"})
    packed = ask(endpoint(), headers={"content-type": JSON, "content-encoding": "gzip"})

    assert refusal(utf16)[:2] == refusal(packed)[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert packed.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"NaN",
        b"\xff",
        b'{"query": "\xff"}',
        b"\xef\xbb\xbf" + ASK_LATTE_JSON,
        "\ufeff{}".encode("utf-16"),
        b'{"query": "\\ud800"}',
        b'{"query": "{ guest }", "variables": {"n": ' + b"9" * 5_000 + b"}}",
        b"[" * 9_000,
        b'{"a":' * 1_500,
        b'{"query": "{ guest }"} {}',
        b"query={guest}",
    ],
)
def test_a_body_that_is_not_json_is_a_400(body: bytes) -> None:
    status, code, message = refusal(post(endpoint(), body))

    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith("The body is not JSON in UTF-8: ")


@pytest.mark.parametrize("body", [b"1", b"null", b"true", b'"{ guest }"', b"1.5"])
def test_json_that_is_not_an_object_is_a_400(body: bytes) -> None:
    assert refusal(post(endpoint(), body)) == (
        400,
        "BAD_REQUEST",
        "A request is a JSON object with a query.",
    )


@pytest.mark.parametrize("name", ["query", "operationName"])
@pytest.mark.parametrize("value", [0, False, ["array"], {"obj": "ect"}], ids=str)
def test_a_text_of_another_type_is_a_400(name: str, value: object) -> None:
    reply = post(endpoint(), {**ASK_LATTE, name: value}, accept=JSON)

    assert refusal(reply) == (400, "BAD_REQUEST", f"The parameter {name} must be a string.")


@pytest.mark.parametrize("name", ["variables", "extensions"])
@pytest.mark.parametrize("value", [0, False, ["array"], "string"], ids=str)
def test_an_object_of_another_type_is_a_400(name: str, value: object) -> None:
    reply = post(endpoint(), {**ASK_LATTE, name: value}, accept=JSON)

    assert refusal(reply) == (400, "BAD_REQUEST", f"The parameter {name} must be an object.")


@pytest.mark.parametrize("asked", [{}, {"query": None}, {"qeury": "{ guest }"}, {"extensions": {"trace": 1}}])
def test_a_request_without_a_query_is_a_400(asked: object) -> None:
    assert refusal(post(endpoint(), asked)) == (400, "BAD_REQUEST", "The request has no query.")


def test_the_hash_of_a_query_alone_is_refused_so_that_clients_send_the_whole() -> None:
    asked = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "ab" * 32}}}

    assert refusal(post(endpoint(), asked)) == (
        400,
        "PERSISTED_QUERY_NOT_SUPPORTED",
        "PersistedQueryNotSupported",
    )
    assert post(endpoint(), asked | ASK_LATTE).json == LATTE


@pytest.mark.parametrize(
    ("query_string", "message"),
    [
        (b"", "The request has no query."),
        (b"query=", "The request has no query."),
        (b"query={guest}&variables=[1]", "The parameter variables must be an object."),
        (b"query={guest}&variables={", "The parameter variables is not JSON: "),
        (b"query={guest}&extensions=1", "The parameter extensions must be an object."),
        (b"query={guest}&query={drink}", "A parameter is given twice in the URL."),
        (b"query=%ff", "The parameters in the URL are not UTF-8."),
        (b"query=\xff", "The parameters in the URL are not UTF-8."),
        (b"&".join(b"p%d=1" % n for n in range(30)), "The URL has more than 20 parameters."),
    ],
)
def test_a_url_that_is_no_request_is_a_400(query_string: bytes, message: str) -> None:
    reply = ask(endpoint(), "GET", query_string=query_string, headers={"accept": GRAPHQL})

    status, code, told = refusal(reply)
    assert (status, code) == (400, "BAD_REQUEST")
    assert told.startswith(message)


def test_a_body_of_the_largest_size_is_read_and_one_byte_more_is_not() -> None:
    body = ASK_LATTE_JSON

    assert post(endpoint(max_body_bytes=len(body)), body).json == LATTE
    assert refusal(post(endpoint(max_body_bytes=len(body) - 1), body)) == (
        413,
        "PAYLOAD_TOO_LARGE",
        f"The body is larger than the {len(body) - 1} bytes that are read here.",
    )


def test_a_body_that_never_ends_is_left_off_at_the_limit() -> None:
    chunks: list[bytes | None] = [b" " * 4_000] * 1_000

    reply = ask(endpoint(), headers={"content-type": JSON}, chunks=chunks)

    assert refusal(reply)[:2] == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("length", ["10001", "9" * 16, "9" * 5_000])
def test_a_body_that_announces_itself_as_too_large_is_not_even_begun(length: str) -> None:
    headers = {"content-type": JSON, "content-length": length}

    reply = ask(endpoint(), headers=headers, chunks=[None])

    assert refusal(reply)[:2] == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("chunks", [[None], [b'{"query": ', None]])
def test_a_caller_who_hangs_up_in_the_middle_is_let_go_in_silence(
    chunks: list[bytes | None], caplog: pytest.LogCaptureFixture
) -> None:
    reply = ask(endpoint(), headers={"content-type": JSON, "content-length": "100"}, chunks=chunks)

    assert reply == Reply(None, {}, b"")
    assert caplog.records == []


def test_a_url_is_no_larger_than_a_body() -> None:
    asked = endpoint(max_body_bytes=30)
    fits, too_long = b"query={drink{name}}&variables=", b"query={drink{name}}&variables={}"

    assert ask(asked, "GET", query_string=fits, headers={"accept": JSON}).json == LATTE
    assert refusal(ask(asked, "GET", query_string=too_long, headers={"accept": JSON})) == (
        414,
        "URI_TOO_LONG",
        "The URL has more than 30 bytes of parameters: use POST.",
    )


def test_thousands_of_headers_are_read_in_no_time() -> None:
    headers = [(b"x-%d" % (n % 20_000), b"latte") for n in range(40_000)] + [(b"content-type", b"application/json")]
    began = time.monotonic()

    assert ask(endpoint(), headers=headers, chunks=[ASK_LATTE_JSON]).json == LATTE
    assert time.monotonic() - began < 1
