"""Compiled operations: when they are made, what they give, what they leave to the executor, and what they may cost."""

import asyncio
import gc
import weakref
from collections.abc import Awaitable
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, build_schema

from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.compiled import compiler, plans
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.limits import Limits
from cafe_graphql.execution.prepared import Bounds
from tests.execution import board, nasty
from tests.execution.comparing import Pair, run
from tests.execution.questions import Question

ALL_KINDS = """
query Everything($word: String = "Yes", $no: Boolean!, $top: Topping!) {
  cup {
    __typename label age
    ...Leafy
    friend { ... on Plate { size } ... on Cup { age } name }
    cups { name ... on Named { name } cups { name } }
    things { __typename ... on Spoon { length } ... on Plate { parent } }
    rows { name }
    again: greeting(times: 2, word: $word, roast: MIDDLE)
    topped(topping: $top)
    skipped: name @skip(if: true)
    kept: name @include(if: true) @skip(if: $no)
    leaves { roastOrNull @skip(if: $no) }
  }
}
fragment Leafy on Cup {
  leaves { text count ratioOrNull flag idOrNull roast price day at counts textsOrNull grid gridOrNull roasts }
}
"""


def good_kitchen() -> nasty.Guest:
    return nasty.Guest(nasty.Kitchen(2, 0).cup())


def asked(question: Question, pair: Pair, guest: nasty.Guest | None = None) -> dict[str, Any]:
    result = asyncio.run(pair.same(question, lambda: guest or good_kitchen()))
    return {"errors": [(error.message, error.path) for error in result.errors or ()], "data": result.data}


def test_every_kind_of_selection_is_compiled_and_answered() -> None:
    pair = Pair(nasty.schema._schema)
    top = {"name": "cream", "below": [{"name": "cocoa"}], "roasts": ["DARK"]}

    answer = asked(Question(ALL_KINDS, {"no": False, "top": top}), pair)

    assert pair.seen == {"whole": 1, "without errors": 1}
    cup = answer["data"]["cup"]
    assert list(cup) == [
        "__typename", "label", "age", "leaves", "friend", "cups", "things", "rows", "again", "topped", "kept",
    ]  # fmt: skip
    assert cup["again"] == "Yes MEDIUM ['cup', 'again'] greeting guest" * 2
    assert cup["leaves"]["at"] == "2026-05-01T12:00:00+02:00"
    assert cup["leaves"]["gridOrNull"] == [None, [None, 4]]
    assert cup["leaves"]["roastOrNull"] == "DARK"
    assert cup["topped"].startswith("(Topping(name='cream', amount=1, roasts=[<Roast.DARK: 3>], below=[Topping(name=")


@strawberry.type
class Coin:
    worth: int | None


@strawberry.type
class Purse:
    coins: list[Coin]


@pytest.mark.parametrize("odd", [None, True, 1.0, "1", 2**31, 1.5, "one"])
def test_objects_that_are_but_a_number_are_what_each_of_them_is(odd: Any) -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def purses(self) -> list[Purse]:
            worths: list[Any] = [1, 2, odd, 1, odd, True, 2**30]
            return [Purse(coins=[Coin(worth=worth) for worth in worths]) for _ in range(2)]

    pair = Pair(strawberry.Schema(Query)._schema)

    answer = asked(Question("{ purses { coins { worth } } }", {}), pair)

    worths = [coin["worth"] for coin in answer["data"]["purses"][1]["coins"]]
    assert worths[:2] == [1, 2]
    assert worths[3:] == [1, worths[2], 1, 2**30]
    assert type(worths[5]) is int


def test_a_switch_makes_an_operation_of_its_own() -> None:
    pair = Pair(nasty.schema._schema)
    text = "query ($no: Boolean!) { cup { name @skip(if: $no) age name } }"
    operation = pair.prepared(text)

    def keys(no: bool) -> list[str]:
        result = run(pair.quick, operation, {"no": no}, good_kitchen())
        return list(result.data["cup"])

    assert keys(False) == keys(False) == ["name", "age"]
    assert keys(True) == ["age", "name"]
    assert len(pair.plans_of(operation)) == 2


def test_what_goes_wrong_in_a_list_is_told_where_it_lies() -> None:
    pair, guest = Pair(nasty.schema._schema), good_kitchen()
    guest.served.things = [nasty.Spoon(length=3, engraved=None), nasty.Spoon(length="long", engraved=None)]  # type: ignore[arg-type]

    answer = asked(Question("{ cupOrNull { things { ... on Spoon { length } } name } }", {}), pair, guest)

    assert answer == {
        "errors": [("Int cannot represent non-integer value: 'long'", ["cupOrNull", "things", 1, "length"])],
        "data": {"cupOrNull": {"things": [{"length": 3}, None], "name": "cup"}},
    }
    assert pair.seen["whole"] == 1


def test_a_mutation_that_breaks_halfway_is_done_once_and_in_order() -> None:
    pair, guests = Pair(nasty.schema._schema), [good_kitchen(), good_kitchen()]
    text = 'mutation { a: pourSlowly(into: "ab") { name } b: pour(into: "x") { leaves { sugar } } c: spill(what: 0) }'
    for guest in guests:
        guest.served.leaves.sugar = nasty.Sugar(4)
    turns = iter(guests)

    result = asyncio.run(pair.same(Question(text, {}), lambda: next(turns)))

    assert [error.path for error in result.errors or ()] == [["a"], ["b", "leaves", "sugar"]]
    assert result.data is None
    assert [guest.done for guest in guests] == [["begin ab", "end ab", "x"]] * 2  # the third never came to be
    assert pair.seen["in parts"] == 1


def test_whoever_waits_is_asked_once() -> None:
    calls: list[str] = []

    @strawberry.type
    class Query:
        @strawberry.field
        async def stock(self) -> list[nasty.Spoon]:
            calls.append("stock")
            return [nasty.Spoon(length=3, engraved=None), None]  # type: ignore[list-item]

    pair = Pair(strawberry.Schema(Query)._schema)

    result = asyncio.run(pair.same(Question("{ stock { length } }", {}), lambda: None))

    assert [error.path for error in result.errors or ()] == [["stock", 1]]
    assert calls == ["stock"] * 2  # once in each engine
    assert pair.seen["in parts"] == 1


def test_a_plain_resolver_that_gives_something_to_wait_for_is_found_out() -> None:
    async def later() -> str:
        return "later"

    @strawberry.type
    class Query:
        @strawberry.field
        def name(self) -> str:
            promised: Awaitable[str] = later()
            return promised  # type: ignore[return-value]

    pair = Pair(strawberry.Schema(Query)._schema)

    result = asyncio.run(pair.same(Question("{ name }", {}), lambda: None))
    gc.collect()  # one that was never awaited would be an error now

    assert result.data == {"name": "later"}
    assert pair.seen["whole"] == 1


def test_events_of_a_subscription_are_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int | None] = []
    compiled = plans.compiled

    def seen(*arguments: Any) -> plans.Plan | None:
        plan = compiled(*arguments)
        sizes.append(plan.size if plan else None)
        return plan

    monkeypatch.setattr(plans, "compiled", seen)
    engine = board.engine()

    async def listen() -> list[bytes]:
        stream: Any = await engine.open(Request("subscription { counted(to: 3) }"), None, lambda: None)
        return [answer async for answer in stream]

    assert asyncio.run(listen()) == [b'{"data":{"counted":%d}}' % number for number in (1, 2, 3)]
    assert sizes == [1]


def test_nothing_is_compiled_before_it_comes_again() -> None:
    engine = Engine(nasty.schema._schema)
    assert engine._compiler is not None
    operation = Pair(nasty.schema._schema).prepared("{ cup { name } }")
    runs = [run(engine, operation, {}, good_kitchen()).data for _ in range(2)]

    assert runs == [{"cup": {"name": "cup"}}] * 2
    assert engine._compiler._fields_alive == 2


def test_what_was_compiled_dies_with_the_document() -> None:
    engine = Engine(nasty.schema._schema, bounds=Bounds(max_kept_documents=1))

    async def ask(alias: str) -> None:
        for _ in range(2):
            await engine.run(Request(f"{{ cup {{ {alias}: name }} }}"), good_kitchen())

    for number in range(20):
        asyncio.run(ask(f"a{number}"))
    gc.collect()

    assert engine._compiler is not None
    assert engine._compiler._fields_alive == 2


@pytest.mark.parametrize(("count", "size"), [(499, 500), (500, 0)])
def test_a_large_operation_is_left_to_the_executor(count: int, size: int) -> None:
    pair = Pair(nasty.schema._schema)
    aliases = " ".join(f"a{number}: name" for number in range(count))

    answer = asked(Question(f"{{ cup {{ {aliases} }} }}", {}), pair)

    assert len(answer["data"]["cup"]) == count
    assert sum(plan.size for plan in pair.plans) == size


def test_no_more_is_compiled_than_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "MAX_FIELDS_ALIVE", 4)
    pair = Pair(nasty.schema._schema)
    operations = [pair.prepared(f"{{ cup {{ a{number}: name }} }}") for number in range(5)]

    assert {str(run(pair.quick, operation, {}, good_kitchen()).data["cup"]) for operation in operations} == {
        str({f"a{number}": "cup"}) for number in range(5)
    }
    assert [bool(pair.plans_of(operation)) for operation in operations] == [False, False, False, True, True]


def test_what_is_in_use_is_not_let_go_of_for_what_comes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "MAX_FIELDS_ALIVE", 8)
    pair = Pair(nasty.schema._schema)
    menu = pair.prepared("{ cup { name } }")
    passing = [pair.prepared(f"{{ cup {{ a{number}: name }} }}") for number in range(20)]

    for operation in passing:
        run(pair.quick, menu, {}, good_kitchen())
        run(pair.quick, operation, {}, good_kitchen())
        assert pair.plans_of(menu)

    assert 1 <= sum(bool(pair.plans_of(operation)) for operation in passing) <= 4


def test_no_more_than_eight_settings_of_the_switches_are_compiled() -> None:
    pair = Pair(nasty.schema._schema)
    switches = [f"s{number}" for number in range(4)]
    text = f"query ({' '.join(f'${name}: Boolean!' for name in switches)}) {{ cup {{ age "
    text += " ".join(f"{name}: name @skip(if: ${name})" for name in switches) + " } }"
    operation = pair.prepared(text)

    for setting in range(16):
        values = {name: bool(setting >> bit & 1) for bit, name in enumerate(switches)}
        found = run(pair.quick, operation, values, good_kitchen()).data["cup"]
        assert list(found) == ["age", *(name for name in switches if not values[name])]

    assert len(pair.plans_of(operation)) == 8


def test_fragments_within_fragments_are_compiled_once_for_each_type() -> None:
    pair = Pair(nasty.schema._schema)
    fragments = " ".join(
        f"fragment F{n} on Cup {{ name a: cups {{ ...F{n + 1} }} b: cups {{ ...F{n + 1} }} }}" for n in range(60)
    )

    asked(Question(f"{{ cup {{ ...F0 }} }} {fragments} fragment F60 on Cup {{ name }}", {}), pair)

    assert [plan.size for plan in pair.plans] == [1 + 3 + 59 * 2 * 3 + 2]  # not two to the sixtieth


def test_lists_within_more_lists_than_python_has_loops_for_are_compiled() -> None:
    pair, guest, deep = Pair(nasty.schema._schema), good_kitchen(), 30
    guest.served.cups = [guest.served]

    answer = asked(Question("{ cup { " + "cups { age " * deep + "greeting" + " }" * deep + " } }", {}), pair, guest)

    assert pair.seen["whole"] == 1
    assert str(answer["data"]).count("age") == deep
    assert "'cups', 0, 'greeting'] greeting guest" in str(answer["data"])


def test_variables_nested_too_deeply_are_refused_at_every_use() -> None:
    engine = Engine(nasty.schema._schema, limits=Limits(value_depth=2_000))
    nest: dict[str, Any] = {"name": "cream"}
    for _ in range(900):
        nest = {"name": "cream", "below": [nest]}
    request = Request("query ($t: Topping!) { cup { topped(topping: $t) } }", variables={"t": nest})

    outcomes = [asyncio.run(engine.run(request, good_kitchen())).outcome for _ in range(3)]

    assert outcomes == [Outcome.UNCOERCED] * 3


def test_a_switch_that_is_null_is_told_of_at_every_use() -> None:
    pair = Pair(nasty.schema._schema)
    question = Question("query ($no: Boolean = true) { cup { name @skip(if: $no) } }", {"no": None})

    for _ in range(2):
        [(message, path)] = asked(question, pair)["errors"]
        assert message.startswith("Argument 'if' has invalid value") and path == ["cup"]


def test_a_slip_in_compiling_costs_time_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def slip(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(plans, "compiled", slip)
    pair = Pair(nasty.schema._schema)

    assert asked(Question("{ cup { name } }", {}), pair)["data"] == {"cup": {"name": "cup"}}
    assert [record.getMessage() for record in caplog.records] == [
        "An operation could not be compiled; it runs, but slowly"
    ]


def test_a_class_of_ones_own_is_as_good_as_the_one_it_extends() -> None:
    pair, guest = Pair(nasty.schema._schema), good_kitchen()
    plate = nasty.FinePlate(name="fine", label=None, age=1, size=2, on=None)
    guest.served.friend, guest.served.anything = plate, plate
    operation = pair.prepared("{ cup { friend { name } anything { ... on Plate { size } } } }")

    read = pair.compiler.read(operation, {})
    assert read is not None
    result = pair.compiler.execute(operation, read, guest)

    assert result == ExecutionResult({"cup": {"friend": {"name": "fine"}, "anything": {"size": 2}}}, None)


def test_introspection_is_left_to_the_executor_and_the_rest_is_not() -> None:
    pair = Pair(nasty.schema._schema)

    answer = asked(Question('{ __type(name: "Spoon") { name } cup { name } }', {}), pair)

    assert answer["data"] == {"__type": {"name": "Spoon"}, "cup": {"name": "cup"}}
    assert pair.seen == {"in parts": 1, "without errors": 1}


def test_a_schema_that_strawberry_did_not_make_runs_as_it_did() -> None:
    engine = Engine(build_schema("type Query { name: String }"))
    operation = Pair(nasty.schema._schema).prepared("{ name }")

    assert [run(engine, operation, {}, None, {"name": "beans"}).data for _ in range(3)] == [{"name": "beans"}] * 3


def test_a_plan_holds_on_to_no_guest() -> None:
    pair = Pair(nasty.schema._schema)
    operation = pair.prepared("query ($top: Topping!) { cup { topped(topping: $top) } slowCup { name } }")
    guest = good_kitchen()
    gone = weakref.ref(guest)

    asyncio.run(run(pair.quick, operation, {"top": {"name": "cream"}}, guest))
    del guest
    gc.collect()

    assert gone() is None
    assert len(pair.plans_of(operation)) == 1
