"""Trusted documents: what was published with the clients is run, by whichever name they know it, and nothing else."""

import asyncio
import json
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

from cafe_graphql.execution.answers import Answer, Outcome
from cafe_graphql.execution.cost import Costs
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.persisted import sha256_of
from cafe_graphql.execution.subscriptions import Subscription
from cafe_graphql.execution.trusted import BrokenManifest, TrustedDocuments
from tests.execution import board, corner

LATTE = "query Latte { drink { name } }"
MD5 = md5(LATTE.encode(), usedforsecurity=False).hexdigest()
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": sha256_of(LATTE), "body": LATTE, "name": "Latte", "type": "query"}],
}
RELAY = {MD5: LATTE}
CODEGEN = {sha256_of(LATTE): LATTE}
ANSWER = {"data": {"drink": {"name": "Latte"}}}


def manifest(folder: Path, content: object) -> Path:
    path = folder / "documents.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def ask(trusted: TrustedDocuments, query: str | None = None, **request: Any) -> Answer:
    engine = Engine(corner.schema._schema, persisted=trusted, hide_schema=True)
    return asyncio.run(engine.run(Request(query, **request), "Ada"))


@pytest.mark.parametrize("content", [APOLLO, RELAY, CODEGEN], ids=["Apollo", "Relay", "graphql-codegen"])
def test_the_lists_of_three_tools_are_read(content: object, tmp_path: Path) -> None:
    trusted = TrustedDocuments.read(manifest(tmp_path, content))

    assert len(trusted) == 1
    by_hash = {"persistedQuery": {"version": 1, "sha256Hash": sha256_of(LATTE)}}
    assert ask(trusted, extensions=by_hash).payload == ANSWER
    assert ask(trusted, document_id=f"sha256:{sha256_of(LATTE)}").payload == ANSWER
    assert ask(trusted, document_id=sha256_of(LATTE)).payload == ANSWER
    assert ask(trusted, LATTE).payload == ANSWER
    assert ask(trusted, LATTE, extensions=by_hash).payload == ANSWER


def test_a_document_is_known_by_any_id_that_its_list_gives_it() -> None:
    trusted = TrustedDocuments({MD5: LATTE, "sha256:short": "{ guest }"})

    assert ask(trusted, document_id=MD5).payload == ANSWER
    assert ask(trusted, extensions={"persistedQuery": {"version": 1, "sha256Hash": MD5}}).payload == ANSWER
    assert ask(trusted, document_id="sha256:short").payload == {"data": {"guest": "Ada"}}


@pytest.mark.parametrize(
    "request_",
    [
        {"query": "{ guest }"},
        {"query": f"{LATTE} "},
        {"query": LATTE, "document_id": "another"},
        {"query": "{", "document_id": MD5},
        {"query": None, "document_id": "another"},
        {"query": None, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256_of("{ guest }")}}},
    ],
)
def test_anything_else_is_refused_and_never_learnt(request_: dict[str, Any]) -> None:
    trusted = TrustedDocuments({MD5: LATTE})

    for _ in range(2):
        assert ask(trusted, **request_) == Answer(
            Outcome.UNSUPPORTED,
            {
                "errors": [
                    {
                        "message": "Only documents that were published with the clients are run here, "
                        "and this is none of them.",
                        "extensions": {"code": "PERSISTED_QUERY_NOT_IN_LIST"},
                    }
                ]
            },
        )


def test_who_asks_for_nothing_is_told_so() -> None:
    assert ask(TrustedDocuments({MD5: LATTE})).payload["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


def test_streams_are_opened_for_trusted_documents_only() -> None:
    text = "subscription { counted(to: 1) }"
    engine = Engine(board.schema._schema, persisted=TrustedDocuments({"counted": text}))

    async def opened(request: Request) -> Answer | Subscription:
        return await engine.open(request, "", lambda: "")

    assert isinstance(asyncio.run(opened(Request(None, document_id="counted"))), Subscription)
    refused = asyncio.run(opened(Request("subscription { counted(to: 2) }")))
    assert isinstance(refused, Answer) and refused.outcome is Outcome.UNSUPPORTED


@pytest.mark.parametrize(
    ("content", "mistakes"),
    [
        (b"{", ["is not JSON in UTF-8: unexpected end of data: line 1 column 2 (char 1)."]),
        ([], [": it must be a JSON object: a manifest of Apollo, or documents by their ids."]),
        (
            {**APOLLO, "version": 2},
            [": of manifests with a format, only version 1 of “apollo-persisted-query-manifest” is known, "
             "with its operations."],
        ),
        (
            {**APOLLO, "operations": [1, {"id": "a"}, {"id": "b", "body": "{ a }"}, {"id": "b", "body": "{ b }"}]},
            [": operation 0 is not an object.", ": document 'a' must have an id and a text.",
             ": document b is there twice, with different texts."],
        ),
        ({"": "{ a }", "b": 1}, [f": document {name!r} must have an id and a text." for name in ("", "b")]),
    ],
    ids=["no JSON", "a list", "another version", "broken operations", "broken entries"],
)  # fmt: skip
def test_a_file_that_is_no_list_is_told_all_its_mistakes(content: object, mistakes: list[str], tmp_path: Path) -> None:
    path = manifest(tmp_path, content)

    with pytest.raises(BrokenManifest) as broken:
        TrustedDocuments.read(path)

    assert [mistake.replace(f"{path} ", "").replace(str(path), "") for mistake in broken.value.mistakes] == mistakes


def test_so_is_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BrokenManifest) as broken:
        TrustedDocuments.read(tmp_path / "gone.json")

    assert str(broken.value) == f"{tmp_path}/gone.json cannot be read: No such file or directory."


def test_an_engine_does_not_start_with_documents_that_cannot_be_run() -> None:
    trusted = TrustedDocuments(
        {
            "good": LATTE,
            "torn": "{ drink {",
            "wrong": "{ drinc { name } }",
            "deep": "{" + " drink {" * 17 + " name" + " }" * 18,
            "dear": "{ drinks(count: 1) { name } }",
        }
    )

    with pytest.raises(BrokenManifest) as broken:
        Engine(
            corner.schema._schema,
            persisted=trusted,
            costs=Costs(sizes={"Query.drinks": 99}, limit=99),
            hide_schema=True,
        )

    assert broken.value.mistakes == (
        "document torn: Syntax Error: Expected Name, found <EOF>.",
        "document wrong: Cannot query field 'drinc' on type 'Query'. Did you mean 'drink', 'drinks', or 'price'?",
        "document deep: Fields are nested 18 deep here; at most 16 are allowed. Ask for the inner ones apart.",
        "document dear: This operation is estimated to cost 100; at most 99 is allowed. "
        "Ask for fewer fields within lists, or for shorter lists.",
    )
