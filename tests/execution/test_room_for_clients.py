"""The limits on documents leave room for what real clients send: twice as much of it would pass."""

from graphql import get_introspection_query

from cafe_graphql.execution.limits import DEFAULT_LIMITS, Limits
from cafe_graphql.execution.prepared import Documents
from cafe_graphql.schema.root import core_schema


def half(limits: Limits) -> Limits:
    """Give limits that leave room: half of each, but of depth, of which introspection needs nearly all."""
    names = ("tokens", "selections", "aliases", "directives", "fragments", "spreads", "written_out")
    halves = {name: getattr(limits, name) // 2 for name in names}
    return Limits(**halves, duplicates=limits.duplicates * 2 // 3)


def test_the_full_introspection_query_of_graphiql_passes() -> None:
    query = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )

    Documents(core_schema(), limits=half(DEFAULT_LIMITS)).prepared(query)


def test_sixty_fragments_of_a_large_client_pass() -> None:
    """As Apollo sends them: one for each component, each with the `id` and `__typename` that its cache wants."""
    components = " ".join(
        f"fragment Component{n} on MenuItem {{ __typename id price {{ __typename formatted }} "
        + " ".join(f"...Component{inner}" for inner in (2 * n + 1, 2 * n + 2) if inner < 60)
        + " }"
        for n in range(60)
    )
    query = f"query Page {{ menu {{ __typename items {{ __typename id ...Component0 }} }} }} {components}"

    Documents(core_schema(), limits=half(DEFAULT_LIMITS)).prepared(query)
