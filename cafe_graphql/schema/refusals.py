"""What is said when a field cannot answer: a GraphQL error with a code that programs can branch on."""

from collections.abc import Iterator
from contextlib import contextmanager

from graphql import GraphQLError

from cafe_graphql.core.errors import Busy


def bad_input(message: str) -> GraphQLError:
    """Refuse an argument that means nothing here; `message` says what would."""
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})


@contextmanager
def spoken() -> Iterator[None]:
    """Say in GraphQL what an act raises because the books cannot be written."""
    try:
        yield
    except Busy as busy:
        raise GraphQLError(str(busy), extensions={"code": "SERVICE_UNAVAILABLE"}) from busy
