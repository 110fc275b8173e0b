"""Trusted documents: a list made when the clients were built, and nothing else is run.

The file is what the tools of Apollo, Relay and graphql-codegen write:

- Apollo: `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "body", …}]}`;
- Relay (`persistConfig.file`) and graphql-codegen (`persisted-documents.json`): `{"<id>": "<text>"}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.execution.persisted import named_by, sha256_of, without_prefix
from cafe_graphql.execution.requests import Request

APOLLO = "apollo-persisted-query-manifest"


class BrokenManifest(Exception):
    """A list of documents that cannot be used; `mistakes` tells all that is wrong with it."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class TrustedDocuments:
    """The documents that may be run, each by its id in the list, by its SHA-256, or by its text, letter for letter."""

    def __init__(self, documents: dict[str, str]) -> None:
        self._documents = documents
        hashed = {sha256_of(text): text for text in documents.values()}
        self._by_name = hashed | {without_prefix(name): text for name, text in documents.items()}
        self._texts = frozenset(documents.values())

    @classmethod
    def read(cls, path: Path) -> TrustedDocuments:
        """Read a file in one of the formats above, or raise `BrokenManifest`."""
        try:
            said = orjson.loads(path.read_bytes())
        except OSError as error:
            raise BrokenManifest(f"{path} cannot be read: {error.strerror}.") from None
        except orjson.JSONDecodeError as error:
            raise BrokenManifest(f"{path} is not JSON in UTF-8: {error}.") from None
        mistakes: list[str] = []
        documents = dict(_entries(said, mistakes))
        if not documents and not mistakes:
            mistakes.append("there is no document in it, so nothing could be run")
        if mistakes:
            raise BrokenManifest(*(f"{path}: {mistake}" for mistake in mistakes))
        return cls(documents)

    def __len__(self) -> int:
        return len(self._documents)

    def check(self, prepare: Callable[[str], object]) -> None:
        """Prepare every document, or raise `BrokenManifest` that tells of each why it cannot be run."""
        mistakes = []
        for name, text in self._documents.items():
            try:
                prepare(text)
            except RequestError as refused:
                mistakes += [f"document {name}: {error['message']}" for error in refused.errors]
        if mistakes:
            raise BrokenManifest(*mistakes)

    def text_of(self, request: Request) -> str:
        """Give the document that a request names or sends, if it is in the list."""
        name = named_by(request)
        if request.query is not None:
            if request.query in self._texts and (name is None or self._by_name.get(name) == request.query):
                return request.query
        elif name is not None and (text := self._by_name.get(name)) is not None:
            return text
        elif name is None:
            raise _untrusted("There is no query to run.", "BAD_REQUEST")
        message = "Only documents that were published with the clients are run here, and this is none of them."
        raise _untrusted(message, "PERSISTED_QUERY_NOT_IN_LIST")

    def is_valid(self, request: Request, text: str) -> None:
        """Nothing is ever added."""


def _entries(said: Any, mistakes: list[str]) -> Iterator[tuple[str, str]]:
    if not isinstance(said, dict):
        mistakes.append("it must be a JSON object: a manifest of Apollo, or documents by their ids.")
    elif "format" not in said and "operations" not in said:
        yield from _by_id(said.items(), mistakes)
    elif said.get("format") != APOLLO or said.get("version") != 1 or not isinstance(said.get("operations"), list):
        mistakes.append(f"of manifests with a format, only version 1 of “{APOLLO}” is known, with its operations.")
    else:
        yield from _by_id(_of_apollo(said["operations"], mistakes), mistakes)


def _of_apollo(operations: list[Any], mistakes: list[str]) -> Iterator[tuple[Any, Any]]:
    for index, operation in enumerate(operations):
        if isinstance(operation, dict):
            yield operation.get("id"), operation.get("body")
        else:
            mistakes.append(f"operation {index} is not an object.")


def _by_id(pairs: Any, mistakes: list[str]) -> Iterator[tuple[str, str]]:
    found: dict[str, str] = {}
    for name, text in pairs:
        if not isinstance(name, str) or not name or not isinstance(text, str):
            mistakes.append(f"document {name!r} must have an id and a text.")
        elif found.setdefault(name, text) != text:
            mistakes.append(f"document {name} is there twice, with different texts.")
        else:
            yield name, text


def _untrusted(message: str, code: str) -> RequestError:
    return RequestError(Outcome.UNSUPPORTED, [errors.plain(message, code)])
