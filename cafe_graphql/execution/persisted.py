"""Documents that a request names instead of sending them: registered by whoever comes first, or known beforehand.

A request names a document by what these clients really send:

- `extensions.persistedQuery`, `{"version": 1, "sha256Hash": …}`: Apollo's clients, urql, and Relay as Stellate has it;
- `documentId`: the appendix of GraphQL over HTTP, Hive and gql.tada; `sha256:…`, or an id from a manifest.

A document is its text: the same with other white space is another one.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from typing import Any, Protocol

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.execution.requests import Request

_HASH = re.compile("[0-9a-f]{64}")


class Persisted(Protocol):
    """A way to find documents that are not sent."""

    def text_of(self, request: Request) -> str:
        """Give the document that a request is about, or raise a `RequestError`."""

    def is_valid(self, request: Request, text: str) -> None:
        """Learn that the document of a request is valid."""


class NotPersisted:
    """No documents: whoever sends only a hash is told so in words that clients understand, and sends the text."""

    def text_of(self, request: Request) -> str:
        if request.query is not None:
            return request.query
        if request.document_id is None and "persistedQuery" not in request.extensions:
            raise _refused("There is no query to run.", "BAD_REQUEST")
        raise _refused("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED")

    def is_valid(self, request: Request, text: str) -> None:
        pass


class AutomaticDocuments:
    """Automatic persisted queries, as Apollo's clients and urql speak them.

    A hash that is not known is told as `PersistedQueryNotFound`; the client then sends it again with its text, and
    a valid document is known from then on. Kept are the latest used, within bounds, by this process alone.
    """

    def __init__(self, *, max_documents: int = 1_000, max_characters: int = 4_000_000) -> None:
        self._max_documents = max_documents
        self._max_characters = max_characters
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._characters = 0

    def __len__(self) -> int:
        return len(self._kept)

    def text_of(self, request: Request) -> str:
        """Give the text that was sent, if its hash is right, or the one that is kept under the hash."""
        sha256 = _sha256_asked(request)
        if request.query is not None:
            if sha256 is not None and self._kept.get(sha256) != request.query and sha256 != sha256_of(request.query):
                message = "The sha256Hash is not the SHA-256 of the query: of its text in UTF-8, in lower-case hex."
                raise _refused(message, "PERSISTED_QUERY_HASH_MISMATCH")
            return request.query
        if sha256 is None:
            raise _refused("There is no query to run.", "BAD_REQUEST")
        if (text := self._kept.get(sha256)) is None:
            raise _refused("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
        self._kept.move_to_end(sha256)
        return text

    def is_valid(self, request: Request, text: str) -> None:
        """Keep a document that was sent with its hash."""
        sha256 = _sha256_asked(request)
        if request.query is None or sha256 is None or sha256 in self._kept or len(text) > self._max_characters:
            return
        self._kept[sha256] = text
        self._characters += len(text)
        while len(self._kept) > self._max_documents or self._characters > self._max_characters:
            _, dropped = self._kept.popitem(last=False)
            self._characters -= len(dropped)


def sha256_of(text: str) -> str:
    """Give the SHA-256 of a text in UTF-8, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def named_by(request: Request) -> str | None:
    """Give the name by which a request asks for a document, without the prefix of a hash; None if it does not."""
    if (named := request.extensions.get("persistedQuery")) is not None:
        return _named_by_extension(named)
    return without_prefix(request.document_id) if request.document_id is not None else None


def without_prefix(name: str) -> str:
    """Give an id without the prefix that the appendix of GraphQL over HTTP has for hashes."""
    return name.removeprefix("sha256:")


def _named_by_extension(named: Any) -> str:
    if not isinstance(named, dict) or not isinstance(named.get("sha256Hash"), str):
        raise _refused("extensions.persistedQuery must be an object with version and sha256Hash.", "BAD_REQUEST")
    if named.get("version") != 1:
        raise _refused("Only version 1 of extensions.persistedQuery is known here.", "BAD_REQUEST")
    name: str = named["sha256Hash"]
    return name


def _sha256_asked(request: Request) -> str | None:
    if request.document_id is None and not request.extensions:
        return None
    name = named_by(request)
    if name is not None and not _HASH.fullmatch(name):
        raise _refused("A document is named by its SHA-256 here: 64 digits of lower-case hexadecimal.", "BAD_REQUEST")
    return name


def _refused(message: str, code: str) -> RequestError:
    return RequestError(Outcome.UNSUPPORTED, [errors.plain(message, code)])
