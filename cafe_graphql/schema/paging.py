"""Pages by the Relay cursor connections specification: where one lies, and how to ask for the next."""

from typing import Annotated

import strawberry

MAX_PAGE = 100

First = Annotated[int, strawberry.argument(description="How many at most, from 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before.")]


@strawberry.type(description="Where a page lies, by the Relay cursor connections specification.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether there are any before.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last: give it back as `after`.")
