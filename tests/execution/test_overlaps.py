"""Fields that overlap are found to be in each other's way exactly when graphql-core finds it, only sooner."""

from collections import Counter

import pytest
from graphql import OverlappingFieldsCanBeMergedRule, build_schema, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_graphql.execution.overlaps import MAX_PLACED, BoundedOverlaps, have_no_conflict

SCHEMA = build_schema("""
    type Query { latte: Latte! tea: Tea drink: Drink drinks: [Drink!]! }

    interface Drink { name(in: String, short: Boolean): String! size: Int next: Drink }
    type Latte implements Drink { name(in: String, short: Boolean): String! size: Int
        next: Drink milk: String shots: Int! }
    type Tea implements Drink { name(in: String, short: Boolean): String! size: Int
        next: Drink milk: Int leaves: [String] }
""")
FRAGMENTS = {"A": "Drink", "B": "Latte", "C": "Tea"}

leaves = st.sampled_from(
    [
        "name",
        "size",
        "milk",
        "shots",
        "leaves",
        "x:name",
        "x:size",
        "x:milk",
        "x:shots",
        "x:leaves",
        "size:shots",
        "__typename",
        'name(in:"de")',
        'name(in:"de",short:true)',
        'name(short:true,in:"de")',
    ]
)
spreads = st.sampled_from([f"...{name}" for name in FRAGMENTS])


def selections(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    heads = st.sampled_from(["next", "x: next", "... on Latte", "... on Tea", "... on Drink", "..."])
    return st.tuples(heads, inner).map(lambda pair: f"{pair[0]} {{ {pair[1]} }}")


selection_sets = st.recursive(
    st.lists(leaves | spreads, min_size=1, max_size=4).map(" ".join),
    lambda inner: st.lists(leaves | spreads | selections(inner), min_size=1, max_size=4).map(" ".join),
    max_leaves=12,
)
documents = st.tuples(
    selection_sets, selection_sets, st.lists(leaves | selections(leaves), min_size=3, max_size=3)
).map(
    lambda parts: (
        f"{{ drink {{ {parts[0]} }} drink {{ {parts[1]} }} latte {{ ...B }} }} "
        + " ".join(
            f"fragment {name} on {on} {{ {body} }}"
            for (name, on), body in zip(FRAGMENTS.items(), parts[2], strict=True)
        )
    )
)


@settings(max_examples=1_000, deadline=None)
@given(documents)
def test_whatever_is_asked_the_verdict_is_that_of_graphql_core(text: str) -> None:
    document = parse(text)

    theirs = [error.message for error in validate(SCHEMA, document, [OverlappingFieldsCanBeMergedRule])]

    assert [error.message for error in validate(SCHEMA, document, [BoundedOverlaps])] == theirs
    if theirs:
        assert not have_no_conflict(SCHEMA, document)


@pytest.mark.parametrize(
    ("text", "is_clear"),
    [
        ("{ latte { name } latte { name size } }", True),
        ('{ latte { name(in: "de", short: true) name(short: true,   in: "de") } }', True),
        ('{ drink { ... on Latte { name(in: "de") } ... on Tea { name(in: "en") } } }', True),
        ("{ drink { ... on Latte { x: name } ... on Tea { x: size } } }", False),
        ("{ drink { ... on Latte { milk } ... on Tea { milk } } }", False),
        ('{ drink { name ... on Tea { name(in: "en") } } }', False),
        ("{ latte { x: name } latte { ...F } } fragment F on Drink { x: size }", False),
    ],
)
def test_that_there_is_no_conflict_is_seen_at_a_glance(text: str, is_clear: bool) -> None:
    document = parse(text)

    assert have_no_conflict(SCHEMA, document) is is_clear
    assert (validate(SCHEMA, document, [OverlappingFieldsCanBeMergedRule]) == []) is is_clear


def test_each_selection_is_looked_at_once_for_each_place(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: Counter[str] = Counter()
    monkeypatch.setattr("cafe_graphql.execution.overlaps._shape", lambda type_: looked_at.update([str(type_)]) or "")
    fields = " ".join(f"...F{n}" for n in range(100))
    fragments = " ".join(f"fragment F{n} on Latte {{ name size ...F{(n + 1) % 100} }}" for n in range(100))

    assert have_no_conflict(SCHEMA, parse(f"{{ latte {{ {fields} }} }} {fragments}"))

    assert looked_at == {"Latte!": 1, "String!": 100, "Int": 100}


def test_looking_ends_where_fragments_multiply() -> None:
    links = " ".join(
        f"fragment F{n} on Drink {{ a: next {{ ...F{n + 1} }} b: next {{ ...F{n + 1} }} }}" for n in range(99)
    )
    document = parse(f"{{ drink {{ ...F0 }} }} {links} fragment F20 on Drink {{ name }}")

    assert MAX_PLACED < 2**20
    assert not have_no_conflict(SCHEMA, document)
    assert validate(SCHEMA, document, [BoundedOverlaps]) == []
