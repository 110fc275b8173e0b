"""Status codes: two profiles of GraphQL over HTTP as two tables.

`COMPAT` is what today's clients and the public audits expect. `DRAFT_2026_08` is what the specification says
(sections 5.1 and 5.4): each kind of mistake has its own code, partial data is 294, and a caller who takes
nothing but `application/json` gets it on success only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cafe_graphql.execution.answers import Outcome
from cafe_graphql.web.negotiation import MediaType


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to number outcomes; `malformed` is for JSON that is no GraphQL request."""

    statuses: Mapping[MediaType, Mapping[Outcome, int]]
    malformed: int
    fallback: MediaType  # for callers who take anything
    json_for_success_only: bool

    def media_for(self, media: MediaType | None, status: int) -> MediaType:
        """Give the media type to answer in; None stands for a caller who can read neither."""
        if status >= 300 and self.json_for_success_only:
            return MediaType.GRAPHQL
        return media or self.fallback


_GRAPHQL = {
    Outcome.ANSWERED: 200,
    Outcome.PARTLY_ANSWERED: 200,
    Outcome.UNPARSABLE: 400,
    Outcome.TOO_LARGE: 400,
    Outcome.INVALID: 400,
    Outcome.UNRESOLVED: 400,
    Outcome.UNCOERCED: 400,
    Outcome.UNSUPPORTED: 400,
    Outcome.UNOPENED: 400,
    Outcome.UNSAFE: 405,
    Outcome.THROTTLED: 429,
    Outcome.OVERDUE: 503,
    Outcome.BROKEN: 500,
}

# A JSON response says nothing about who wrote it, so clients trust it with a 200 only. But a request that does not say
# which of its operations to run is malformed, not mistaken.
_JSON = {outcome: 200 if status == 400 else status for outcome, status in _GRAPHQL.items()} | {Outcome.UNRESOLVED: 400}

_DRAFT = _GRAPHQL | {
    Outcome.PARTLY_ANSWERED: 294,
    Outcome.TOO_LARGE: 422,
    Outcome.INVALID: 422,
    Outcome.UNRESOLVED: 422,
    Outcome.UNCOERCED: 422,
    Outcome.UNSUPPORTED: 422,
    Outcome.UNOPENED: 422,
}

COMPAT = Profile({MediaType.GRAPHQL: _GRAPHQL, MediaType.JSON: _JSON}, 400, MediaType.JSON, False)
DRAFT_2026_08 = Profile({MediaType.GRAPHQL: _DRAFT, MediaType.JSON: _DRAFT}, 422, MediaType.GRAPHQL, True)

PROFILES: Mapping[str, Profile] = {"compat": COMPAT, "draft-2026-08": DRAFT_2026_08}
