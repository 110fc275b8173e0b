"""What the scanner graphql-cop 1.15 asks, and by what answer it reports: each of its tests, by its title.

Rebuilt from its sources (github.com/dolevf/graphql-cop, `lib/tests`), for it cannot be installed: the package of that
name is a placeholder. A check is given a caller at a server, and tells whether there is something to report.
"""

from collections.abc import Callable, Mapping
from typing import Any

import httpx2

PATH = "/graphql"
IDES = ("/graphiql", "/playground", "/console", PATH)
IDE_WORDS = ("graphiql.min.css", "GraphQL Playground", "GraphiQL", "graphql-playground")
TYPES_OF_TYPES = "fields { type { " * 4 + "name" + " } }" * 4

Check = Callable[[httpx2.Client], bool]


def is_graphql(caller: httpx2.Client) -> bool:
    """Whether it scans the server at all."""
    return _at(_ask(caller, "query cop { __typename }"), "data", "__typename") in ("Query", "QueryRoot", "query_root")


def _alias_overloading(caller: httpx2.Client) -> bool:
    aliases = "".join(f"alias{number}:__typename \n" for number in range(101))
    return bool(_at(_ask(caller, f"query cop {{ {aliases} }}"), "data", "alias100"))


def _batch(caller: httpx2.Client) -> bool:
    answer = _json(caller.post(PATH, json=[{"query": "query cop { __typename }"}] * 10))
    return isinstance(answer, list | dict) and len(answer) >= 10


def _directive_overloading(caller: httpx2.Client) -> bool:
    errors = _at(_ask(caller, "query cop { __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }"), "errors")
    return isinstance(errors, list) and len(errors) == 10


def _field_duplication(caller: httpx2.Client) -> bool:
    return bool(_at(_ask(caller, "query cop { " + "__typename \n" * 500 + "}"), "data", "__typename"))


def _circular_fragment(caller: httpx2.Client) -> bool:
    parts = "fragment A on __Schema { __typename ...B } fragment B on __Schema { ...A }"
    answer = _ask(caller, f"query cop {{ __schema {{ ...A }} }} {parts}")
    return isinstance(answer, dict) and "errors" not in answer


def _circular_introspection(caller: httpx2.Client) -> bool:
    types = _at(
        _ask(caller, f"query cop {{ __schema {{ types {{ {TYPES_OF_TYPES} }} }} }}"), "data", "__schema", "types"
    )
    return isinstance(types, list) and len(types) > 25


def _introspection(caller: httpx2.Client) -> bool:
    answer = _ask(caller, "query cop { __schema { types { name fields { name } } } }")
    return bool(_at(answer, "data", "__schema", "types"))


def _field_suggestions(caller: httpx2.Client) -> bool:
    return "Did you mean" in str(_at(_ask(caller, "query cop { __schema { directive } }"), "errors", 0, "message"))


def _ide(caller: httpx2.Client) -> bool:
    # Beside what it sends, what a browser does.
    pages = [caller.get(path, headers={"Accept": accept}) for path in IDES for accept in ("*/*", "text/html")]
    return any(word in page.text for page in pages for word in IDE_WORDS)


def _query_by_get(caller: httpx2.Client) -> bool:
    return bool(_at(_json(caller.get(PATH, params={"query": "query cop {__typename}"})), "data", "__typename"))


def _mutation_by_get(caller: httpx2.Client) -> bool:
    return bool(_at(_json(caller.get(PATH, params={"query": "mutation cop {__typename}"})), "data", "__typename"))


def _post_by_url(caller: httpx2.Client) -> bool:
    return bool(_at(_json(caller.post(PATH, params={"query": "query cop {__typename}"})), "data", "__typename"))


def _post_by_form(caller: httpx2.Client) -> bool:
    return bool(_at(_json(caller.post(PATH, data={"query": "query cop {__typename}"})), "data", "__typename"))


def _trace_mode(caller: httpx2.Client) -> bool:
    for query in ("query cop { __typename }", "query cop { nothing }"):  # it asks the first, which breaks nowhere
        answer = _ask(caller, query)
        extensions = (_at(answer, "errors", 0, "extensions"), _at(answer, "extensions"))
        if any(_at(told, name) for told in extensions for name in ("tracing", "exception")):
            return True
        if "stacktrace" in str(answer).lower():
            return True
    return False


def _unhandled_error(caller: httpx2.Client) -> bool:
    answer = _ask(caller, "qwerty cop { abc }")
    return bool(_at(answer, "errors", 0, "extensions", "exception"))


CHECKS: Mapping[str, Check] = {
    "Alias Overloading": _alias_overloading,
    "Array-based Query Batching": _batch,
    "Directive Overloading": _directive_overloading,
    "Field Duplication": _field_duplication,
    "Circular Fragment": _circular_fragment,
    "Introspection-based Circular Query": _circular_introspection,
    "Introspection": _introspection,
    "Field Suggestions": _field_suggestions,
    "GraphQL IDE": _ide,
    "GET Method Query Support": _query_by_get,
    "Mutation is allowed over GET (possible CSRF)": _mutation_by_get,
    "POST based query in the URL (possible CSRF)": _post_by_url,
    "POST based url-encoded query (possible CSRF)": _post_by_form,
    "Trace Mode": _trace_mode,
    "Unhandled Errors Detection": _unhandled_error,
}


def _ask(caller: httpx2.Client, query: str) -> Any:
    return _json(caller.post(PATH, json={"query": query, "operationName": "cop"}))


def _json(response: httpx2.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _at(answer: Any, *path: str | int) -> Any:
    """Walk into an answer; None where it does not go on."""
    for step in path:
        try:
            answer = answer[step]
        except (TypeError, KeyError, IndexError):
            return None
    return answer
