"""What is said when a field cannot answer: a GraphQL error with a code that programs can branch on."""

from graphql import GraphQLError

from cafe_graphql.core.errors import Away, Busy, Forbidden, Throttled, Unanswerable, Unauthenticated


def bad_input(message: str) -> GraphQLError:
    """Refuse an argument that means nothing here; `message` says what would."""
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})


def spoken(error: Exception) -> GraphQLError | None:
    """Say in GraphQL what an act was refused for, whatever the act; None for what is an accident."""
    match error:
        case Unauthenticated():
            return GraphQLError(str(error), extensions={"code": "UNAUTHENTICATED"})
        case Forbidden():
            return GraphQLError(str(error), extensions={"code": "FORBIDDEN"})
        case Unanswerable():
            return bad_input(str(error))
        case Throttled(seconds=seconds):
            return GraphQLError(str(error), extensions={"code": "RATE_LIMITED", "retryAfter": seconds})
        case Busy() | Away():
            return GraphQLError(str(error), extensions={"code": "SERVICE_UNAVAILABLE"})
    return None
