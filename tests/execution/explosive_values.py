"""More requests that are made to keep a server busy: by values, by texts, by operations and by variables."""

from typing import Any

from tests.execution import explosives
from tests.execution.explosives import INPUT, PARSING, VALIDATION, WHICH, Bomb, many

QUOTE = "query ($input: OrderInput!) { quote(input: $input) { totals { total { minorUnits } } } }"


def deep(depth: int) -> Any:
    value: Any = "latte"
    for _ in range(depth):
        value = [value]
    return value


def lines(count: int, options: int = 0) -> dict[str, Any]:
    line = {"item": "latte", "options": [{"group": "milk", "option": "oat"}] * options}
    return {"input": {"lines": [line] * count}}


VALUES = [
    Bomb("a deep list", "{ orders(first: " + "[" * 190 + "]" * 190 + ") { totalCount } }", VALIDATION),
    Bomb("a deeper list", "{ orders(first: " + "[" * 1_200 + "]" * 1_200 + ") { totalCount } }", PARSING),
    Bomb(
        "a deep object",
        "{ quote(input: " + "{ lines: " * 190 + "1" + " }" * 190 + ") { problems { code } } }",
        VALIDATION,
    ),
    Bomb(
        "a deep type of a variable",
        "query ($a: " + "[" * 190 + "Int" + "]" * 190 + ") { menu { version } }",
        VALIDATION,
    ),
    Bomb("a long list", "{ menu(filter: { diets: [" + "VEGAN " * 2_400 + "] }) { version } }", None),
    Bomb("a long list of mistakes", "{ menu(filter: { diets: [" + "VEGANS " * 2_400 + "] }) { version } }", VALIDATION),
    Bomb(
        "a long list of objects",
        "{ quote(input: { lines: [" + '{ item: "latte" } ' * 450 + "] }) { problems { code } } }",
        None,
    ),
    Bomb("an object with a name 500 times", "{menu(filter: { " + 'search: "a" ' * 700 + "}) { version } }", VALIDATION),
    Bomb("an object with unknown names", "{menu(filter: { " + many(700, "searchN: 1") + "}) { version } }", VALIDATION),
    Bomb("5,000 digits", "{ orders(first: " + "9" * 5_000 + ") { totalCount } }", VALIDATION),
    Bomb("a float of 40,000 digits", "{ menuItem(slug: 1." + "9" * 40_000 + "e9) { name } }", VALIDATION),
    Bomb("a long string", '{ menuItem(slug: "' + "x" * 49_000 + '") { name } }', None),
    Bomb("a string full of escapes", '{ menuItem(slug: "' + "\\u00e9" * 8_000 + '") { name } }', None),
    Bomb("a block string of many lines", '{ menuItem(slug: """' + " \n" * 4_900 + '""") { name } }', None),
    Bomb("a long string where a number goes", '{ orders(first: "' + "x" * 49_000 + '") { totalCount } }', VALIDATION),
    Bomb("many strings", "{ menuItem(slug: [" + '"x" ' * 2_400 + "]) { name } }", VALIDATION),
    Bomb("many arguments", "{ menuItem(" + many(600, "slugN: 1 ") + ") { name } }", VALIDATION),
    Bomb("the same argument many times", "{ menuItem(" + 'slug: "a" ' * 800 + ") { name } }", VALIDATION),
    Bomb(
        "enum values that are nearly known",
        "{ orders(filter: { status: [" + many(2_000, "PREPARINGN") + "] }) { totalCount } }",
        VALIDATION,
    ),
]

TEXTS = [
    Bomb("comments", "{ menu { version } }" + "#\n" * 4_900, "COMMENT_LIMIT_EXCEEDED"),
    Bomb("long comments", "{ menu { version } }" + ("#" + "x" * 99 + "\n") * 490, None),
    Bomb(
        "a comment of 5 million characters", "{ menu { version } }#" + "x" * 5_000_000, "DOCUMENT_LENGTH_LIMIT_EXCEEDED"
    ),
    Bomb("blanks", "{ menu { version } }" + " " * 49_000, None),
    Bomb("commas", "{ menu { version } }" + "," * 49_000, None),
    Bomb("lines before mistakes", "\n" * 4_900 + "{ a b c d e f g h }", VALIDATION),
    Bomb("nothing but lines", "\n" * 49_000 + "{ a b c d e f g h }", "DOCUMENT_LENGTH_LIMIT_EXCEEDED"),
    Bomb(
        "lines between fields in each other's way",
        "{ " + many(90, 'a: menuItem(slug: "N") { name }' + "\n" * 45) + " }",
        "ALIAS_LIMIT_EXCEEDED",
    ),
    Bomb(
        "lines between others",
        "{ " + many(90, 'menuItem(slug: "N") { name }' + "\n" * 45) + " }",
        "VALIDATION_LIMIT_EXCEEDED",
    ),
    Bomb("byte order marks", "\ufeff" * 40_000 + "{ menu { version } }", None),
    Bomb("quotes", '"' * 49_000, PARSING),
    Bomb("backslashes", '{ menuItem(slug: "' + "\\" * 49_000 + '") { name } }', None),
    Bomb("brackets", "[" * 49_000, PARSING),
]

OPERATIONS = [
    Bomb("operations", many(300, "query qN { menu { version } }"), "OPERATION_LIMIT_EXCEEDED"),
    Bomb("operations of one name", "query q { menu { version } } " * 20, VALIDATION),
    Bomb("variables that nobody uses", "query (" + many(600, "$aN: Int") + ") { menu { version } }", VALIDATION),
    Bomb(
        "variables that all are used",
        "query ("
        + many(120, "$aN: String!")
        + ") { menu { items { price { "
        + many(59, "bN: formatted(locale: $aN)")
        + many(59, " ")
        + " } } } }",
        VALIDATION,
    ),
    Bomb(
        "one variable of one name", "query (" + "$a: Int " * 600 + ") { orders(first: $a) { totalCount } }", VALIDATION
    ),
    Bomb(
        "operations that use many variables",
        many(19, "query qN (" + " ".join(f"$a{n}: Boolean!" for n in range(12)) + ") { menu { ...f } }")
        + " fragment f on Menu { items { "
        + many(12, "id @skip(if: $aN)")
        + " } }",
        WHICH,
    ),
    Bomb(
        "variables that are nowhere defined",
        "{ menu { items { price { " + many(59, "bN: formatted(locale: $aN)") + " } } } }",
        VALIDATION,
    ),
]

VARIABLES = [
    Bomb("100,000 lines", QUOTE, "VARIABLES_LIMIT_EXCEEDED", lines(100_000)),
    Bomb("lists that are many together", QUOTE, "VARIABLES_LIMIT_EXCEEDED", lines(900, 20)),
    Bomb("as many values as there may be", QUOTE, None, lines(95, 38)),
    Bomb("deep lists", QUOTE, "VARIABLES_LIMIT_EXCEEDED", {"input": deep(900)}),
    Bomb("variables that nobody asked for", QUOTE, "VARIABLES_LIMIT_EXCEEDED", {f"a{n}": n for n in range(100_000)}),
    Bomb("fields that nobody knows", QUOTE, INPUT, {"input": {f"lines{n}": n for n in range(4_000)}}),
    Bomb("long fields that nobody knows", QUOTE, INPUT, {"input": {f"{'lines' * 9_000}{n}": n for n in range(9)}}),
    Bomb(
        "long enums that nobody knows",
        "query ($s: OrderStatus!) { orders(filter: { status: [$s] }) { totalCount } }",
        INPUT,
        {"s": "PREPARING" * 11_000},
    ),
    Bomb(
        "longer ones",
        "query ($s: OrderStatus!) { orders(filter: { status: [$s] }) { totalCount } }",
        "VARIABLES_LIMIT_EXCEEDED",
        {"s": "PREPARING" * 100_000},
    ),
    Bomb(
        "many long enums",
        "query ($s: [OrderStatus!]) { orders(filter: { status: $s }) { totalCount } }",
        INPUT,
        {"s": ["PREPARING" * 11_000] * 10},
    ),
    Bomb(
        "many enums that nobody knows",
        "query ($s: [OrderStatus!]) { orders(filter: { status: $s }) { totalCount } }",
        INPUT,
        {"s": ["PREPARINGG"] * 1_000},
    ),
    Bomb("a huge number", "query ($n: Int!) { orders(first: $n) { totalCount } }", INPUT, {"n": 10**4_000}),
    Bomb(
        "a long text for a number", "query ($n: Int!) { orders(first: $n) { totalCount } }", INPUT, {"n": "9" * 99_000}
    ),
    Bomb(
        "a long text for a time",
        "query ($t: DateTime) { orders(filter: { placedAfter: $t }) { totalCount } }",
        INPUT,
        {"t": "2026-05-04T" + "0" * 99_000},
    ),
]

BOMBS = [*explosives.BOMBS, *VALUES, *TEXTS, *OPERATIONS, *VARIABLES]
