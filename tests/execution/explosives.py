"""Requests that are made to keep a server busy: each with the code of its refusal, or None if it is just within limits.

They are written for the café's own schema. Without limits some of them take minutes.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Bomb:
    name: str
    query: str
    code: str | None
    variables: dict[str, Any] = field(default_factory=dict)


TYPE_REF = "kind name " + "ofType { kind name " * 9 + "}" * 9


def chain(count: int, body: str, last: str = "id", on: str = "MenuItem") -> str:
    """Give fragments of which each contains the next, in `body` called NEXT."""
    links = [f"fragment f{n} on {on} {{ {body.replace('NEXT', f'...f{n + 1}')} }}" for n in range(count)]
    return " ".join([*links, f"fragment f{count} on {on} {{ {last} }}"])


def spreading(count: int, body: str, on: str = "MenuItem") -> str:
    """Give an operation that spreads so many fragments side by side, and those."""
    spreads = " ".join(f"...f{n}" for n in range(count))
    fragments = " ".join(f"fragment f{n} on {on} {{ {body.replace('N', str(n))} }}" for n in range(count))
    return f"{{ menu {{ items {{ {spreads} }} }} }} {fragments}"


def nested(depth: int, field_: str = "items { category {", last: str = "id") -> str:
    return "{ menu { items { category { " + f"{field_} " * depth + last + " }" * (depth * field_.count("{") + 4)


def many(count: int, text: str) -> str:
    return " ".join(text.replace("N", str(n)) for n in range(count))


VALIDATION, PARSING, INPUT = "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT"
WHICH = "OPERATION_RESOLUTION_FAILURE"
"""Prepared, and in order; only which of its operations is meant was not said."""

FRAGMENTS = [
    Bomb(
        "fragments spread twice in the next, 2^40",
        f"{{ menu {{ items {{ ...f0 }} }} }} {chain(40, 'NEXT NEXT')}",
        "FRAGMENT_LIMIT_EXCEEDED",
    ),
    Bomb(
        "the same under two aliases",
        "{ menu { items { ...f0 } } } " + chain(25, "a: category { items { NEXT } } b: category { items { NEXT } }"),
        "FRAGMENT_LIMIT_EXCEEDED",
    ),
    Bomb(
        "the same under one name",
        "{ menu { items { ...f0 } } } " + chain(30, "category { items { NEXT } } category { items { NEXT } }"),
        "FRAGMENT_LIMIT_EXCEEDED",
    ),
    Bomb(
        "fragments spread ten at a time",
        "{ menu { items { ...f0 } } } " + chain(12, "NEXT " * 10),
        "FRAGMENT_LIMIT_EXCEEDED",
    ),
    Bomb("a long chain of fragments", f"{{ menu {{ items {{ ...f0 }} }} }} {chain(110, 'NEXT')}", None),
    Bomb("a longer one", f"{{ menu {{ items {{ ...f0 }} }} }} {chain(250, 'id NEXT')}", "FRAGMENT_LIMIT_EXCEEDED"),
    Bomb(
        "a deep chain",
        f"{{ menu {{ items {{ ...f0 }} }} }} {chain(60, 'category { items { NEXT } }')}",
        "DEPTH_LIMIT_EXCEEDED",
    ),
    Bomb("fragments that nobody spreads", "{ menu { version } } " + chain(110, "NEXT"), VALIDATION),
    Bomb("a cycle", "{ menu { items { ...f0 } } } fragment f0 on MenuItem { ...f0 }", VALIDATION),
    Bomb("a long cycle", "{ menu { items { ...f0 } } } " + chain(110, "NEXT", "...f0"), VALIDATION),
    Bomb(
        "every fragment in every other",
        spreading(18, " ".join(f"...f{n}" for n in range(18))),
        "FRAGMENT_LIMIT_EXCEEDED",
    ),
    Bomb("many fragments with the same fields", spreading(80, "id slug name price { formatted }"), None),
    Bomb("many that differ", spreading(80, 'id name price { formatted(locale: "N") }'), "VALIDATION_LIMIT_EXCEEDED"),
    Bomb("inline fragments in one another", "{ menu { items { " + "... { " * 190 + "id" + " }" * 193, None),
    Bomb(
        "inline fragments side by side",
        "{ menu { items { " + "... { id slug } " * 300 + "} } }",
        "DUPLICATE_FIELD_LIMIT_EXCEEDED",
    ),
    Bomb(
        "operations that share all fragments",
        many(20, "query qN { menu { items { ...f0 } } }") + chain(90, "id NEXT"),
        WHICH,
    ),
]

FIELDS = [
    Bomb("a field, 500 times", "query cop { " + "__typename " * 500 + "}", "DUPLICATE_FIELD_LIMIT_EXCEEDED"),
    Bomb("a field, 2,000 times", "{ menu { " + "version " * 2_000 + "} }", "SELECTION_LIMIT_EXCEEDED"),
    Bomb("a field, 30,000 times", "{" + " a" * 20_000 + "}", "TOKEN_LIMIT_EXCEEDED"),
    Bomb(
        "fields just as often as they may be",
        "{ menu { items { " + "id slug name description imageUrl calories allergens diets " * 99 + "} } }",
        None,
    ),
    Bomb("nested fields as often as they may be", "{ " + "menu { items { id slug name } } " * 99 + "}", None),
    Bomb("aliases", "{ " + many(101, "aN: menu { version }") + " }", "ALIAS_LIMIT_EXCEEDED"),
    Bomb("root fields", "{ " + many(50, "aN: __typename") + " }", "ROOT_FIELD_LIMIT_EXCEEDED"),
    Bomb(
        "overlapping fields that differ",
        "{ " + many(99, 'menuItem(slug: "N") { name category { name } }') + " }",
        "VALIDATION_LIMIT_EXCEEDED",
    ),
    Bomb(
        "overlapping fields that differ within",
        "{ " + many(90, 'menu { items { price { formatted(locale: "N") } } }') + " }",
        "VALIDATION_LIMIT_EXCEEDED",
    ),
    Bomb(
        "overlapping fields with large arguments",
        "{ "
        + many(60, 'quote(input: { lines: [{ item: "N", note: "a" }, { item: "b" }] }) { totals { tax { amount } } }')
        + " }",
        VALIDATION,
    ),
    Bomb("depth", nested(60), "DEPTH_LIMIT_EXCEEDED"),
    Bomb("more depth than can be parsed", nested(500), PARSING),
    Bomb("nothing but depth", "{a" * 5_000, PARSING),
    Bomb("unknown fields", "{ menu { " + many(400, "itemzN") + " } }", VALIDATION),
    Bomb(
        "unknown fields that are nearly known", "{ menu { items { " + many(90, "optionGroupzNN") + " } } }", VALIDATION
    ),
    Bomb("long unknown names", "{ menu { " + many(5, "x" * 9_000 + "N") + " } }", VALIDATION),
    Bomb(
        "unknown names as long as known ones", "{ __schema { " + many(90, "isRepeatableDirectiveN") + " } }", VALIDATION
    ),
    Bomb("long aliases", "{ menu { " + many(5, "x" * 9_000 + "N: version") + " } }", None),
    Bomb("unknown types", many(1, "{ node(id: 1) { " + many(90, "... on MenuItemzN { id }") + " } }"), VALIDATION),
    Bomb("fields without their selections", "{ menu { " + many(55, "aN: items") + " } }", VALIDATION),
]

INTROSPECTION = [
    Bomb(
        "circular introspection",
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
        VALIDATION,
    ),
    Bomb(
        "circular introspection by fragments",
        "{ __schema { types { ...f0 } } } " + chain(30, "fields { type { NEXT } }", "name", "__Type"),
        "DEPTH_LIMIT_EXCEEDED",
    ),
    Bomb("introspection of types in types", f"{{ __schema {{ types {{ {TYPE_REF} {TYPE_REF} }} }} }}", None),
    Bomb(
        "introspection many times over",
        "{ " + many(55, "aN: __schema { types { fields { name } } }") + " }",
        "ROOT_FIELD_LIMIT_EXCEEDED",
    ),
]

DIRECTIVES = [
    Bomb("directives at one field", "{ menu { version " + "@aa" * 10 + " } }", "DIRECTIVE_LIMIT_EXCEEDED"),
    Bomb("directives at an operation", "query " + "@aa" * 500 + " { menu { version } }", "DIRECTIVE_LIMIT_EXCEEDED"),
    Bomb(
        "directives everywhere",
        "{ menu { items { " + "id @skip(if: false) @include(if: true) " * 90 + "} } }",
        "DIRECTIVE_LIMIT_EXCEEDED",
    ),
    Bomb(
        "directives on a variable",
        "query ($a: Int " + "@aa " * 100 + ") { menu { version } }",
        "DIRECTIVE_LIMIT_EXCEEDED",
    ),
]

BOMBS = [*FRAGMENTS, *FIELDS, *INTROSPECTION, *DIRECTIVES]
