"""Media types: what a caller can read, by the q-values of Accept, and what a body says it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import lru_cache

# Nobody needs more; so the headers that are remembered take a few mebibytes at most.
MAX_LENGTH = 4_096


class MediaType(StrEnum):
    """The two media types of a GraphQL response."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"


class StreamType(StrEnum):
    """The media types of a response that goes on: a subscription."""

    EVENTS = "text/event-stream"
    PARTS = "multipart/mixed;subscriptionspec=1.0"  # without that parameter it would be another protocol


class BodyType(Enum):
    """What a Content-Type promises."""

    JSON = "JSON in UTF-8"
    OTHER_CHARSET = "JSON in another charset"
    OTHER = "something else"


@dataclass(frozen=True, slots=True)
class Choice:
    """What an Accept header comes to: `media` for one answer, `stream` for many; None where nothing is acceptable."""

    media: MediaType | None
    stream: StreamType | None
    names_graphql: bool  # by name, not by wildcard: a plain link or image never does
    prefers_html: bool


NOTHING = Choice(media=None, stream=None, names_graphql=False, prefers_html=False)


@dataclass(frozen=True, slots=True, order=True)
class _Liking:
    quality: float
    precision: int  # 3 by name, 2 by "application/*", 1 by "*/*", 0 not at all


def choose(accept: bytes | None, fallback: MediaType) -> Choice:
    """Choose by RFC 9110 §12.5.1; `fallback` is served to callers who take anything."""
    header = (accept or b"").strip() or b"*/*"
    return _choose(header, fallback) if len(header) <= MAX_LENGTH else NOTHING


def best(accept: bytes | None, offered: Sequence[str]) -> str | None:
    """Choose one of these media types, of those liked as much the first; None where none is acceptable."""
    header = (accept or b"").strip() or b"*/*"
    ranges = list(_ranges(header)) if len(header) <= MAX_LENGTH else []
    most = max(offered, key=lambda media: _liking(ranges, media))
    return most if _liking(ranges, most).quality > 0 else None


def body_type(content_type: bytes | None) -> BodyType:
    """Tell what a body claims to be: matched whole, so that `application/jsonp` is not JSON."""
    header = content_type or b""
    return _body_type(header) if len(header) <= MAX_LENGTH else BodyType.OTHER


@lru_cache(maxsize=256)
def _choose(header: bytes, fallback: MediaType) -> Choice:
    ranges = list(_ranges(header))
    likings = {media: _liking(ranges, media) for media in MediaType}

    def rank(media: MediaType) -> tuple[_Liking, bool]:
        by_name = likings[media].precision == 3
        return likings[media], media is (MediaType.GRAPHQL if by_name else fallback)

    best = max(MediaType, key=rank)
    streams = {stream: _liking(ranges, stream) for stream in StreamType}
    stream = max(StreamType, key=lambda stream: streams[stream])  # of equals the first: EVENTS
    named = (*likings.values(), *streams.values())
    html = max(_liking(ranges, name, wildcards=False) for name in ("text/html", "application/xhtml+xml"))
    return Choice(
        media=best if likings[best].quality > 0 else None,
        stream=stream if streams[stream].quality > 0 else None,
        names_graphql=any(liking.precision == 3 and liking.quality > 0 for liking in named),
        prefers_html=html.quality > 0 and html > likings[best],
    )


@lru_cache(maxsize=256)
def _body_type(header: bytes) -> BodyType:
    name, parameters = _parsed(header.decode("latin-1"))
    if name != MediaType.JSON:
        return BodyType.OTHER
    return BodyType.JSON if _is_utf8(parameters) else BodyType.OTHER_CHARSET


def _ranges(header: bytes) -> Iterator[tuple[str, float]]:
    for part in _split(header.decode("latin-1"), ","):
        name, parameters = _parsed(part)
        quality = _quality(parameters.get("q", "1"))
        if quality is not None and _is_utf8(parameters):
            is_parts = name == "multipart/mixed" and parameters.get("subscriptionspec") == "1.0"
            yield StreamType.PARTS if is_parts else name, quality


def _liking(ranges: list[tuple[str, float]], name: str, *, wildcards: bool = True) -> _Liking:
    """Find how much `name` is liked: what names it most precisely decides, even when that is a no."""
    patterns = (name, f"{name.partition('/')[0]}/*", "*/*") if wildcards else (name,)
    for precision, pattern in zip((3, 2, 1), patterns, strict=False):
        if found := [quality for range_, quality in ranges if range_ == pattern]:
            return _Liking(max(found), precision)
    return _Liking(0, 0)


def _parsed(value: str) -> tuple[str, dict[str, str]]:
    name, *rest = _split(value, ";")
    pairs = (parameter.partition("=") for parameter in rest)
    return name.strip().lower(), {key.strip().lower(): text.strip().strip('"') for key, _, text in pairs}


def _is_utf8(parameters: dict[str, str]) -> bool:
    return parameters.get("charset", "utf-8").lower() in ("utf-8", "utf8")


def _quality(text: str) -> float | None:
    return float(text) if re.fullmatch(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?", text) else None


def _split(text: str, separator: str) -> list[str]:
    """Split outside of quoted strings. No alternative starts like another, so no header makes this slow."""
    return re.findall(rf'(?:[^{separator}"]|"(?:\\.|[^"\\])*"?)+', text, re.DOTALL) or [""]
