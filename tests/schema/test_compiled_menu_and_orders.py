"""The café's own schema, compiled: whatever is asked of it, the answer is the executor's."""

import os
from random import Random, SystemRandom

from cafe_graphql.core.people import GUEST, HOUSE
from cafe_graphql.schema.context import Context
from cafe_graphql.schema.root import core_schema
from tests.execution.comparing import Pair
from tests.execution.questions import Maker, Question, Scalars
from tests.schema.conftest import Window

AT_RANDOM = os.environ.get("CAFE_TEST_EXAMPLES")
EXAMPLES = int(AT_RANDOM or 400)
FIRST = SystemRandom().randrange(2**40) if AT_RANDOM else 0

PLACE = """mutation ($item: String!, $key: String!) {
  placeOrder(input: { lines: [{ item: $item, quantity: 2 }] }, idempotencyKey: $key) {
    trackingToken order { id lines { id } }
  }
}"""


def scalars(window: Window) -> Scalars:
    placed = [window.data(PLACE, item=item, key=item)["placeOrder"] for item in ("latte", "espresso", "cappuccino")]
    menu = window.data("{ menu { items { id slug } categories { id slug } } }")["menu"]
    nodes = [*menu["items"][:3], *menu["categories"], placed[0]["order"], *placed[1]["order"]["lines"]]
    known = [node[key] for node in nodes for key in ("id", "slug") if key in node]
    texts = [*known, placed[2]["trackingToken"], "de-DE", "milk", "oat", "medium", "size", "", "no-such-thing"]
    return {
        "Int": lambda random: random.choice([0, 1, 2, 3, 20, 2**31 - 1, -1]),
        "String": lambda random: random.choice(texts),
        "ID": lambda random: random.choice(texts),
        "Boolean": lambda random: random.random() < 0.5,
        "DateTime": lambda random: "2026-05-04T15:30:00Z",
        "Date": lambda random: "2026-05-05",
        "Decimal": lambda random: "1.50",
    }


def test_any_question_is_answered_alike(window: Window) -> None:
    pair, known = Pair(core_schema()), scalars(window)
    root = pair.schema.query_type
    assert root is not None

    async def ask_all() -> None:
        for seed in range(FIRST, FIRST + EXAMPLES):
            question = Maker(pair.schema, Random(seed), known).question(root)
            await pair.same(question, lambda: Context(window.cafe, GUEST))

    window.loop.run_until_complete(ask_all())

    assert pair.seen["whole"] > EXAMPLES / 5
    assert pair.seen["in parts"] > EXAMPLES / 5
    assert pair.seen["without errors"] > EXAMPLES / 5


def test_the_questions_of_everyday_are_compiled_as_a_whole(window: Window) -> None:
    pair = Pair(core_schema())
    questions = [
        Question("{ menu { items { name price { minorUnits } } } }", {}),
        Question("query ($s: String!) { menuItem(slug: $s) { name price { formatted } } }", {"s": "latte"}),
        Question("{ menu { categories { name items { optionGroups { options { priceDelta { amount } } } } } } }", {}),
        Question("{ cafe { isOpen hours { weekday opensAt } currentWaitMinutes } }", {}),
        Question(
            '{ quote(input: { lines: [{ item: "latte" }, {item: ""}] }) { problems { code } totals { tip { amount }}}}',
            {},
        ),
    ]

    async def ask_all() -> None:
        for question in questions:
            assert not (await pair.same(question, lambda: Context(window.cafe, GUEST))).errors

    window.loop.run_until_complete(ask_all())

    assert pair.seen == {"whole": len(questions), "without errors": len(questions)}


def test_waiting_for_orders_leaves_the_rest_compiled(window: Window) -> None:
    pair = Pair(core_schema())
    scalars(window)
    question = Question("{ orders(first: 2) { totalCount nodes { id lines { item { name } } } } }", {})

    async def ask() -> None:
        assert not (await pair.same(question, lambda: Context(window.cafe, HOUSE))).errors

    window.loop.run_until_complete(ask())
    [plan] = pair.plans

    assert plan.whole is None
    assert len(plan.parts) == 1  # the nodes; their connection has the count to wait for
