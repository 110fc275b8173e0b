"""The whole schema asked at random: whatever comes, the answer is GraphQL, and never an accident of ours.

Every run asks the same questions, unless CAFE_TEST_EXAMPLES says how many to make up anew for each test.
"""

import asyncio
import itertools
import logging
import os
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import Mode, mutations, nodes, queries
from pydantic import SecretStr
from starlette.testclient import TestClient

from cafe_graphql.app import create_app
from cafe_graphql.config import Settings
from cafe_graphql.core import menu_file
from cafe_graphql.schema.root import core_schema
from cafe_graphql.services import menu_editing
from tests.running import KEY, WITH_KEY

AT_RANDOM = os.environ.get("CAFE_TEST_EXAMPLES")

Root = Callable[..., st.SearchStrategy[str]]

SCHEMA = core_schema()
ROOTS: list[tuple[Root, GraphQLObjectType | None]] = [(queries, SCHEMA.query_type), (mutations, SCHEMA.mutation_type)]
FIELDS = [(documents, field) for documents, root in ROOTS for field in (root.fields if root else ())]
INPUT_NAMES = sorted(
    {name for kind in SCHEMA.type_map.values() if isinstance(kind, GraphQLInputObjectType) for name in kind.fields}
)
REFUSALS = {
    "BAD_USER_INPUT",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "BAD_REQUEST",
    "FORBIDDEN",
    "RATE_LIMITED",
}
REACHED = {
    "EMPTY_ORDER",
    "UNKNOWN_ITEM",
    "UNKNOWN_OPTION",
    "DUPLICATE_OPTION",
    "SELECTION_COUNT",
    "QUANTITY_OUT_OF_RANGE",
    "TEXT_TOO_LONG",
    "INVALID_TEXT",
    "ITEM_UNAVAILABLE",
    "SLOT_UNAVAILABLE",
    "PROMO_INVALID",
    "POINTS_INSUFFICIENT",
    "TOTAL_TOO_LARGE",
}

QUOTE = """{
  lines { index quantity choices { groupSlug optionName quantity price { amount } } allergens calories
    unitPrice { minorUnits } total { minorUnits formatted } }
  totals { subtotal { minorUnits } adjustments { kind label amount { minorUnits } lineIndex }
    tax { minorUnits } tip { minorUnits } total { minorUnits formatted } }
  warnings { code message path }
  problems { ...Reason }
}"""
REASON = """fragment Reason on Problem {
  __typename code message path
  ... on UnknownChoiceProblem { given allowed didYouMean }
  ... on SelectionCountProblem { group min max count: given }
  ... on OutOfRangeProblem { low: min high: max }
  ... on TextTooLongProblem { maxLength length }
}"""
ASK = f"query ($input: OrderInput!) {{ quote(input: $input) {QUOTE} }} {REASON}"
PLACE = f"""mutation ($input: OrderInput!, $key: String, $expected: Int) {{
  placeOrder(input: $input, idempotencyKey: $key, expectedTotalMinorUnits: $expected) {{
    replayed trackingToken
    order {{
      id number customerName note reorderQuote {{ problems {{ code }} }}
      lines {{ quantity choices {{ groupSlug optionName quantity price {{ amount }} }} allergens note
        unitPrice {{ minorUnits }} total {{ minorUnits formatted }} }}
      totals {{ subtotal {{ minorUnits }} adjustments {{ amount {{ minorUnits }} }} total {{ minorUnits formatted }} }}
    }}
    problems {{ ...Reason }}
    quote {QUOTE}
  }}
}} {REASON}"""
MENU = "{ menu { items { id slug availability { isAvailable } optionGroups { id slug options { slug } } } } }"
OPERATIONS = [
    "query ($v: MenuFilter) { menu(filter: $v) { version categories { id items { id } } items { slug } } }",
    "query ($v: String!) { menuItem(slug: $v) { name } }",
    "query ($v: ID!) { node(id: $v) { __typename id } }",
    "query ($v: OrderRef!) { order(by: $v) { number } }",
    "query ($v: OrderFilter) { orders(filter: $v) { totalCount nodes { number } } }",
    "query ($v: OrderSort!) { orders(sort: $v) { nodes { number } } }",
    "query ($v: Int!) { orders(first: $v) { nodes { number } } }",
    "query ($v: String) { orders(after: $v) { nodes { number } } }",
    "query ($v: OrderInput!) { quote(input: $v) { problems { code path } } }",
    "query ($v: [OrderLineInput!]!) { quote(input: { lines: $v }) { problems { code path } } }",
    "query ($v: TipInput) { quote(input: { lines: [], tip: $v }) { problems { code path } } }",
    "query ($v: DateTime) { quote(input: { lines: [], pickupAt: $v }) { problems { code path } } }",
    'query ($v: String) { menuItem(slug: "latte") { price { formatted(locale: $v) } } }',
    "mutation ($v: OrderRef!) { cancelOrder(by: $v) { problems { code } } }",
    "mutation ($v: String) { placeOrder(input: { lines: [] }, idempotencyKey: $v) { problems { code } } }",
]


def fuzz(examples: int) -> settings:
    """Try so many examples, the same ones in each run; or as many as CAFE_TEST_EXAMPLES says, at random."""
    return settings(
        max_examples=int(AT_RANDOM or examples),
        derandomize=AT_RANDOM is None,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


@dataclass(frozen=True, slots=True)
class Stand:
    """A café that strangers ask in process: what it has, one order already in its book, and its log of accidents."""

    http: TestClient
    accidents: list[logging.LogRecord]
    menu: list[dict[str, Any]]
    order: dict[str, Any]
    url: str

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """Ask, and give the answer, once it is seen to be one that the specification allows, and no accident."""
        response = self.http.post("/graphql", json={"query": query, "variables": variables}, headers=WITH_KEY)
        answer: dict[str, Any] = response.json()
        assert response.status_code == 200 or 400 <= response.status_code < 500
        assert answer and answer.keys() <= {"data", "errors"} and answer.get("errors") != []
        for error in answer.get("errors", ()):
            assert error.keys() <= {"message", "locations", "path", "extensions"}
            assert isinstance(error["message"], str) and 0 < len(error["message"]) <= 500
            code = error["extensions"]["code"]
            assert code in REFUSALS or code.endswith("_LIMIT_EXCEEDED")
        assert "Traceback" not in response.text and "cafe_graphql" not in response.text
        assert self.accidents == []
        return answer

    def data(self, query: str, **variables: object) -> dict[str, Any]:
        """Ask what must have an answer without errors, and give its data."""
        answer = self.ask(query, **variables)
        assert answer.keys() == {"data"}, answer
        data: dict[str, Any] = answer["data"]
        return data


class Accidents(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    database = tmp_path_factory.mktemp("fuzz") / "cafe.db"
    accidents = Accidents()
    logging.getLogger("cafe_graphql").addHandler(accidents)
    url = f"sqlite:///{database}"
    with TestClient(create_app(Settings(database_url=url, api_key=SecretStr(KEY)))) as http:
        bare = Stand(http, accidents.records, [], {}, url)
        placed = bare.data(PLACE, input={"lines": [{"item": "latte"}]}, key="first")["placeOrder"]
        yield Stand(http, accidents.records, bare.data(MENU)["menu"]["items"], placed, url)
    logging.getLogger("cafe_graphql").removeHandler(accidents)


@pytest.fixture(autouse=True)
def menu_as_it_was(stand: Stand) -> None:
    """Undo what a test, which may do all that a manager may, has made of the menu; and let no pickup slot fill up."""

    async def load() -> None:
        cafe = await menu_editing.open_cafe(stand.url)
        sheet = menu_file.read(menu_file.builtin())
        await menu_editing.load(cafe, replace(sheet, cafe=replace(sheet.cafe, slot_capacity=1_000)))
        cafe.store.close()

    asyncio.run(load())


@pytest.mark.parametrize(("root", "field"), FIELDS)
def test_any_valid_question_is_answered(root: Root, field: str, stand: Stand) -> None:
    @fuzz(40)
    @given(root(SCHEMA, fields=[field], custom_scalars=scalars(stand)))
    def ask(document: str) -> None:
        codes = {error["extensions"]["code"] for error in stand.ask(document).get("errors", ())}
        # Long ones may have more tokens than are read, and nested ones cost more than is allowed.
        assert codes <= {"BAD_USER_INPUT", "COST_LIMIT_EXCEEDED"} or len(document) > 5_000

    ask()


@pytest.mark.parametrize("root", [queries, mutations])
def test_any_question_with_a_mistake_is_told_of_it(root: Root, stand: Stand) -> None:
    @fuzz(100)
    @given(root(SCHEMA, custom_scalars=scalars(stand), mode=Mode.NEGATIVE))
    def ask(document: str) -> None:
        answer = stand.ask(document)
        assert answer.keys() == {"errors"}

    ask()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_anything_may_be_sent_as_a_variable(operation: str, stand: Stand) -> None:
    @fuzz(40)
    @given(json_values(stand))
    def ask(value: object) -> None:
        stand.ask(operation, v=value)

    ask()


def test_an_order_is_placed_exactly_if_its_quote_has_no_problem_and_at_the_quotes_price(stand: Stand) -> None:
    seen: Counter[str] = Counter()
    keys = (f"guest {n}" for n in itertools.count())

    @fuzz(300)
    @given(orders(stand.menu))
    def compare(order: dict[str, Any]) -> None:
        quote, key = stand.data(ASK, input=order)["quote"], next(keys)
        placed = stand.data(PLACE, input=order, key=key)["placeOrder"]
        assert placed["problems"] == quote["problems"]
        assert_adds_up(quote["totals"])
        if quote["problems"]:
            assert (placed["order"], placed["replayed"], placed["quote"]) == (None, False, quote)
            seen.update({problem["code"] for problem in quote["problems"]})
        else:
            assert placed["quote"] is None
            assert said_of(placed["order"]) == said_of(quote)
            assert_adds_up(placed["order"]["totals"])
            again = stand.data(PLACE, input=order, key=key)["placeOrder"]
            assert again == {**placed, "replayed": True}
            seen["placed"] += 1

    before = count_of_orders(stand)
    compare()

    assert count_of_orders(stand) == before + seen["placed"]
    assert AT_RANDOM or seen.keys() >= {"placed", *REACHED}


def test_an_order_is_refused_at_any_price_but_its_quotes(stand: Stand) -> None:
    @fuzz(60)
    @given(sound_orders(stand.menu), st.integers(-(2**31), 2**31 - 1))
    def compare(order: dict[str, Any], expected: int) -> None:
        total = stand.data(ASK, input=order)["quote"]["totals"]["total"]["minorUnits"]
        placed = stand.data(PLACE, input=order, expected=expected)["placeOrder"]
        codes = [problem["code"] for problem in placed["problems"]]
        assert (codes, placed["order"] is None) == ((["PRICE_CHANGED"], True) if expected != total else ([], False))

    compare()


def assert_adds_up(totals: dict[str, Any]) -> None:
    parts = [totals["subtotal"], *(adjustment["amount"] for adjustment in totals["adjustments"])]
    assert totals["total"]["minorUnits"] == sum(part["minorUnits"] for part in parts)


def said_of(priced: dict[str, Any]) -> tuple[object, ...]:
    """Give what a quote and its order must agree on."""
    kept = ("quantity", "choices", "allergens", "unitPrice", "total")
    lines = [{key: line[key] for key in kept} for line in priced["lines"]]
    return lines, priced["totals"]["total"], sum(line["total"]["minorUnits"] for line in lines)


def count_of_orders(stand: Stand) -> int:
    count: int = stand.data("{ orders { totalCount } }")["orders"]["totalCount"]
    return count


def scalars(stand: Stand) -> dict[str, st.SearchStrategy[Any]]:
    """Fill in what a caller may well have at hand, or nearly so, besides what nobody has."""
    return {
        "String": strings(stand).map(nodes.String),
        "ID": strings(stand).map(nodes.String),
        "Int": integers.map(nodes.Int),
        "Date": st.dates().map(str).map(nodes.String),
        "DateTime": instants.map(nodes.String),
    }


def strings(stand: Stand) -> st.SearchStrategy[str]:
    known = [
        *(
            "latte",
            "espresso",
            "A-001",
            "tok_declined",
            "first",
            "de-DE",
            "ar-EG-u-nu-arab",
            "zh_Hant_TW",
            "x-klingon",
            "root",
            "-",
            "",
        ),
        *(item["slug"] for item in stand.menu),
        *(stand.order["order"]["id"], stand.order["trackingToken"], stand.menu[0]["id"]),
        *(group["id"] for item in stand.menu[:2] for group in item["optionGroups"]),
    ]
    packed = st.tuples(
        st.sampled_from(["Order", "OrderLine", "Option", "placed_at_desc", "updated_at_desc", ""]), texts
    )
    ids = packed.map(lambda parts: urlsafe_b64encode(":".join(parts).encode()).decode())
    places = st.tuples(st.sampled_from(["placed_at_desc", "updated_at_desc"]), big_integers, big_integers)
    cursors = places.map(lambda parts: urlsafe_b64encode(":".join(map(str, parts)).encode()).decode())
    return st.sampled_from(known) | texts | ids | cursors


def json_values(stand: Stand) -> st.SearchStrategy[Any]:
    """Make up any JSON, with names and values that the schema knows more often than not."""
    leaves = st.none() | st.booleans() | big_integers | st.floats(allow_nan=False, allow_infinity=False)
    names = st.sampled_from(INPUT_NAMES) | st.text(max_size=5)
    known = leaves | strings(stand) | instants | st.sampled_from(["PLACED", "PLACED_AT_ASC", "MILK", "VEGAN"])
    return st.recursive(known, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5))


def orders(menu: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Make up orders of what is on the menu, of what nearly is, and of what never was."""
    made = sound_lines(menu) | crowded_lines(menu)
    many = st.builds(lambda line, count: [line] * count, made, st.sampled_from([99, 100, 101, 150]))
    lines = st.lists(made | odd_lines(menu), max_size=3) | many
    return sound_orders(menu) | st.fixed_dictionaries({"lines": lines}, optional=EXTRAS)


def sound_orders(menu: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    lines = st.lists(sound_lines(menu), min_size=1, max_size=4)
    tip = st.integers(0, 100).map(lambda percent: {"percent": percent})
    later = st.integers(1, 29).map(lambda days: (NOW + timedelta(days=days)).isoformat())
    extras = {"tip": tip, "customerName": names, "note": names, "pickupAt": later, "redeemPoints": st.just(0)}
    return st.fixed_dictionaries({"lines": lines}, optional=extras)


@st.composite
def sound_lines(draw: st.DrawFn, menu: list[dict[str, Any]]) -> dict[str, Any]:
    """Make up a line that can be made: at most one option of a group, as often as it may be had."""
    item = draw(st.sampled_from([item for item in menu if item["availability"]["isAvailable"]]))
    asked = draw(st.lists(st.sampled_from(item["optionGroups"]), unique_by=str)) if item["optionGroups"] else []
    picked = [(group, draw(st.sampled_from(group["options"]))) for group in asked]
    choices = [{"group": group["slug"], "option": option["slug"]} for group, option in picked]
    return {"item": item["slug"], "quantity": draw(st.integers(1, 100)), "options": choices, "note": draw(names)}


@st.composite
def crowded_lines(draw: st.DrawFn, menu: list[dict[str, Any]]) -> dict[str, Any]:
    """Make up a line with too many options more often than not, some of them another item's; it may be sold out."""
    sold_out = [item for item in menu if not item["availability"]["isAvailable"]]
    item, other = draw(st.sampled_from(menu) | st.sampled_from(sold_out)), draw(st.sampled_from(menu))
    groups = item["optionGroups"] + draw(st.sampled_from([[], other["optionGroups"]]))
    named = [(group["slug"], option["slug"]) for group in groups for option in group["options"]]
    picked = draw(st.lists(st.sampled_from(named), max_size=8)) if named else []
    choices = [{"group": group, "option": option, "quantity": draw(st.integers(1, 4))} for group, option in picked]
    return {"item": item["slug"], "options": choices}


def odd_lines(menu: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Make up lines whose words are all from the menu, though not from one item of it, or from nowhere."""
    groups = [group for item in menu for group in item["optionGroups"]]
    options = [option["slug"] for group in groups for option in group["options"]]
    choice = st.fixed_dictionaries(
        {
            "group": st.sampled_from([group["slug"] for group in groups]) | texts,
            "option": st.sampled_from(options) | texts,
        },
        optional={"quantity": integers},
    )
    many = st.builds(lambda one, n: [one] * n, choice, st.sampled_from([2, 50, 51]))
    item = st.sampled_from([item["slug"] for item in menu] + ["late", "LATTE", "capuccino", "latte "]) | texts
    optional = {"quantity": integers, "options": st.lists(choice, max_size=4) | many, "note": st.none() | texts}
    return st.fixed_dictionaries({"item": item}, optional=optional)


NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
names = st.none() | st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=20)
texts = (
    st.text(max_size=12)
    | st.sampled_from(
        ["", " ", "\x00", "\x1b[2J", "a\u202egnp.exe", "'; DROP TABLE orders", "👩‍🍳☕", "é" * 40, "\u2028", "null"]
    )
    | st.builds(str.__mul__, st.characters(codec="utf-8"), st.sampled_from([64, 80, 81, 255, 256, 500, 501]))
)
integers = st.integers(-2, 4) | st.integers(-(2**31), 2**31 - 1) | st.sampled_from([99, 100, 101, 2**31 - 1, -(2**31)])
big_integers = integers | st.integers(-(2**63), 2**64 - 1) | st.sampled_from([10**17, 10**18, 2**53])
instants = (
    st.integers(-40, 40).map(lambda days: (NOW + timedelta(days=days, hours=1)).isoformat())
    | st.datetimes(timezones=st.timezones()).map(datetime.isoformat)
    | st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-05-01T08:30:00", "2026-W18", ""])
    | texts
)
EXTRAS: dict[str, st.SearchStrategy[Any]] = {
    "pickupAt": st.none() | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    "customerName": st.none() | texts,
    "note": st.none() | texts | st.just("é" * 100_000),
    "promoCode": st.none() | texts,
    "tip": st.fixed_dictionaries({"percent": integers})
    | st.fixed_dictionaries({"minorUnits": integers})
    | st.just({"minorUnits": 2**31 - 1}),
    "redeemPoints": integers,
}
