"""The roots together: the schema that is served, and printed as schema.graphql."""

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from cafe_graphql.schema import events, problems
from cafe_graphql.schema.mutations import Mutation
from cafe_graphql.schema.queries import Query
from cafe_graphql.schema.scalars import SCALARS
from cafe_graphql.schema.subscriptions import Subscription

schema = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    types=[*events.TYPES, *problems.TYPES],
    config=StrawberryConfig(scalar_map=SCALARS),
)


def core_schema() -> GraphQLSchema:
    """Give the schema as graphql-core knows it, to run operations on."""
    return schema._schema
