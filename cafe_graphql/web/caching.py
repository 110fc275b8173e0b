"""What caches may do with an answer (RFC 9111): public ones are asked about again each time, all others never kept."""

from __future__ import annotations

from collections.abc import Mapping

from cafe_graphql.execution.answers import Finished
from cafe_graphql.web.negotiation import MediaType

Header = tuple[bytes, bytes]

CREDENTIALS = frozenset((b"authorization", b"x-api-key", b"cookie"))
"""With one of these, nothing is public: an answer given to somebody in particular is not handed to the next."""

VARY: Header = (b"vary", b"Accept")
PUBLIC: Header = (b"cache-control", b"public, max-age=0, must-revalidate")
NEVER: Header = (b"cache-control", b"no-store")

_SUFFIXES = {media: media.encode().partition(b"/")[2][:7] for media in MediaType}


def tag_of(finished: Finished, media: MediaType) -> bytes:
    """Give the entity tag of an answer: the same bytes under another media type are another representation."""
    return b'"%b-%b"' % (finished.digest, _SUFFIXES[media])


def may_be_shared(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether the answer to a request may be given to others."""
    return CREDENTIALS.isdisjoint(headers)


def is_known(tag: bytes, headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether the caller has this very answer: If-None-Match, compared weakly as RFC 9110 §13.1.2 says."""
    known = headers.get(b"if-none-match")
    if known is None:
        return False
    # A comma may stand within a tag, but not in ours: what is torn apart matches nothing.
    return known.strip() == b"*" or any(part.strip().removeprefix(b"W/") == tag for part in known.split(b","))
