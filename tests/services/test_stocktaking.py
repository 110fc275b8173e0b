"""Keeping the pantry: what comes in, goes out and is counted, by whom; and what a menu file has to say to it."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.errors import Forbidden, Rejected
from cafe_graphql.core.ingredients import MoveKind, SheetIngredient
from cafe_graphql.core.item_edits import ItemEdit
from cafe_graphql.core.menu import Sheet, Unavailable
from cafe_graphql.core.menu_file import MenuFileError
from cafe_graphql.core.people import GUEST, HOUSE, Actor, Scope
from cafe_graphql.core.problems import Problem, ProblemCode, UnknownChoice
from cafe_graphql.core.quantities import Unit
from cafe_graphql.core.stocktaking import Change
from cafe_graphql.services import following, item_editing, menu_editing, stocking
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.following import Watcher
from tests.services.books import NOON, at_once, counted
from tests.services.pantries import add, adds_up, ledger, on_hand, set_to

MENU = menu_file.read(menu_file.builtin())
BEN = Actor("key:7", "ben", frozenset((Scope.PANTRY_WRITE,)))
LITRE = 1_000_000


def load(cafe: Cafe, sheet: Sheet) -> bool:
    return asyncio.run(menu_editing.load(cafe, sheet))


def refused(cafe: Cafe, slug: str, change: Change, note: str | None = None) -> tuple[Problem, ...]:
    with pytest.raises(Rejected) as refusal:
        asyncio.run(stocking.adjust(cafe, HOUSE, slug, change, note))
    return refusal.value.problems


def test_a_delivery_is_added_and_a_count_is_set(cafe: Cafe) -> None:
    assert set_to(cafe, "oat-milk", "4.8", BEN, "Monday's count").stocked.on_hand == 4_800_000
    assert add(cafe, "oat-milk", "12").stocked.on_hand == 16_800_000
    assert add(cafe, "oat-milk", "-0.25", "spilt").stocked.on_hand == 16_550_000

    assert on_hand(cafe)["oat-milk"] == 16_550_000
    assert [(m.kind, m.change, m.on_hand, m.actor_id, m.actor_name, m.note) for m in ledger(cafe, "oat-milk")[1:]] == [
        (MoveKind.ADJUSTED, 4_800_000 - 1_000_000 * LITRE, 4_800_000, "key:7", "ben", "Monday's count"),
        (MoveKind.ADJUSTED, 12_000_000, 16_800_000, "house", "house", None),
        (MoveKind.ADJUSTED, -250_000, 16_550_000, "house", "house", "spilt"),
    ]
    assert adds_up(cafe)


def test_a_count_that_finds_what_was_known_is_no_movement(cafe: Cafe, file: Path) -> None:
    set_to(cafe, "oat-milk", "4.8")
    before = counted(file)

    set_to(cafe, "oat-milk", "4.800")

    assert counted(file) == before


def test_what_has_run_out_takes_along_all_that_cannot_be_without_it(cafe: Cafe) -> None:
    adjusted = set_to(cafe, "chocolate", "0.034")

    assert adjusted.out == ("hot-chocolate",)
    assert set_to(cafe, "chocolate", "0").out == ("mocha", "hot-chocolate")
    assert set_to(cafe, "chocolate", "0").out == ("mocha", "hot-chocolate")  # asked again: the same answer
    assert set_to(cafe, "milk", "0").out == ("macchiato",)
    unavailable = {item.slug: item.unavailable for item in cafe.menu().items if item.unavailable}
    out = Unavailable.INGREDIENT_OUT
    sold_out = {"cinnamon-roll": Unavailable.SOLD_OUT}
    assert unavailable == {"mocha": out, "hot-chocolate": out, "macchiato": out} | sold_out


def test_what_comes_in_brings_it_back(cafe: Cafe) -> None:
    set_to(cafe, "espresso-beans", "0")

    assert add(cafe, "espresso-beans", "1").out == ()
    assert [item.slug for item in cafe.menu().items if item.unavailable] == ["cinnamon-roll"]


def test_the_menu_has_another_version_only_when_something_comes_or_goes(cafe: Cafe) -> None:
    def version_after(number: str) -> int:
        set_to(cafe, "bagel", number)
        return cafe.menu().version

    assert [version_after(number) for number in ("50", "1", "0.999", "0", "0.5", "1", "7")] == [1, 1, 2, 2, 2, 3, 3]


def test_who_watches_the_menu_sees_it_come_and_go(cafe: Cafe) -> None:
    async def watch() -> list[Unavailable | None]:
        watching = asyncio.create_task(Watcher(cafe).watch())
        menus = following.menu(cafe)
        seen = [(await anext(menus)).by_slug["bagel"].unavailable]
        for number in ("0", "20"):
            await stocking.adjust(cafe, HOUSE, "bagel", Change(set_to=Decimal(number)))
            seen.append((await asyncio.wait_for(anext(menus), 5)).by_slug["bagel"].unavailable)
        await menus.aclose()
        watching.cancel()
        return seen

    assert asyncio.run(watch()) == [None, Unavailable.INGREDIENT_OUT, None]


@pytest.mark.parametrize(
    ("change", "key", "message"),
    [
        (Change(set_to=Decimal(-1)), "setTo", "There cannot be less than nothing: set it to 0 when all of it is gone."),
        (
            Change(add=Decimal("-4.800001")),
            "add",
            "There is 4.8 l of Oat milk on hand: no more can be taken out.",
        ),
        (Change(add=Decimal("0.0000001")), "add", "Oat milk is counted to 6 decimal places of l."),
        (Change(set_to=Decimal("1E-999999")), "setTo", "Oat milk is counted to 6 decimal places of l."),
        (Change(set_to=Decimal("1E+999999")), "setTo", "Nothing is counted beyond 1000000000 l."),
        (Change(add=Decimal(10**9)), "add", "Nothing is counted beyond 1000000000 l."),
    ],
)
def test_an_amount_that_cannot_be_is_refused_and_nothing_is_stored(
    cafe: Cafe, file: Path, change: Change, key: str, message: str
) -> None:
    set_to(cafe, "oat-milk", "4.8")
    before, rows = on_hand(cafe), counted(file)

    problems = refused(cafe, "oat-milk", change)

    assert problems == (Problem(ProblemCode.QUANTITY_OUT_OF_RANGE, message, ("change", key)),)
    assert (on_hand(cafe), counted(file)) == (before, rows)


def test_everything_that_is_wrong_is_told_at_once(cafe: Cafe) -> None:
    unknown, too_long = refused(cafe, "oatmilk", Change(add=Decimal(1)), "x" * 501)

    assert isinstance(unknown, UnknownChoice)
    assert (unknown.code, unknown.path, unknown.given) == (ProblemCode.NOT_FOUND, ("ingredient",), "oatmilk")
    assert unknown.message == "There is no ingredient “oatmilk” in the pantry. Did you mean “oat-milk”?"
    assert unknown.did_you_mean == "oat-milk" and "espresso-beans" in unknown.allowed
    assert (too_long.code, too_long.path) == (ProblemCode.TEXT_TOO_LONG, ("note",))


def test_broken_letters_name_no_ingredient(cafe: Cafe) -> None:
    (problem,) = refused(cafe, "\ud800", Change(add=Decimal(1)))

    assert problem.message == "There is no ingredient “\ufffd” in the pantry."


@pytest.mark.parametrize("actor", [GUEST, Actor("key:8", "screen", frozenset(Scope) - {Scope.PANTRY_WRITE})])
def test_the_pantry_is_its_keepers_alone(cafe: Cafe, file: Path, actor: Actor) -> None:
    before = counted(file)

    for asked in (
        stocking.every(cafe, actor),
        stocking.history(cafe, actor, 1),
        stocking.adjust(cafe, actor, "milk", Change(add=Decimal(1))),
    ):
        with pytest.raises(Forbidden):
            asyncio.run(asked)

    assert counted(file) == before


def test_twenty_who_add_at_once_have_all_added(cafe: Cafe) -> None:
    set_to(cafe, "bagel", "0")

    at_once([lambda: stocking.adjust(cafe, HOUSE, "bagel", Change(add=Decimal(2)))] * 20)

    assert on_hand(cafe)["bagel"] == 40_000
    assert adds_up(cafe)


def test_a_new_cafe_opens_with_what_its_menu_file_says(cafe: Cafe) -> None:
    opened_with = {ingredient.slug: ingredient.on_hand for ingredient in MENU.ingredients}

    assert on_hand(cafe) == opened_with
    assert [(m.ingredient, m.kind, m.change, m.on_hand, m.at) for m in ledger(cafe)] == [
        (slug, MoveKind.OPENED, amount, amount, ledger(cafe)[0].at) for slug, amount in opened_with.items()
    ]


def test_loading_a_menu_again_leaves_what_is_on_hand(cafe: Cafe, file: Path) -> None:
    set_to(cafe, "milk", "3")
    before = counted(file)

    assert not load(cafe, MENU)

    assert on_hand(cafe)["milk"] == 3 * LITRE
    assert counted(file) == before


def test_a_menu_that_is_written_out_says_what_is_on_hand_now(cafe: Cafe, tmp_path: Path) -> None:
    set_to(cafe, "milk", "3.25")

    text = asyncio.run(menu_editing.export(cafe))

    assert 'name = "Dairy milk"\nunit = "l"\non_hand = "3.25 l"\nlow_stock_at = "5 l"\n' in text
    second = asyncio.run(menu_editing.open_cafe(f"sqlite:///{tmp_path}/second.db"))
    load(second, menu_file.read(text))
    assert on_hand(second) == on_hand(cafe)
    second.store.close()


def test_a_new_ingredient_comes_with_what_is_there_of_it(cafe: Cafe) -> None:
    tonic = SheetIngredient("tonic", "Tonic water", Unit.L, 6 * LITRE, 1 * LITRE)

    assert load(cafe, replace(MENU, ingredients=(*MENU.ingredients, tonic)))

    assert on_hand(cafe)["tonic"] == 6 * LITRE
    assert [(m.kind, m.change, m.at) for m in ledger(cafe, "tonic")] == [(MoveKind.OPENED, 6 * LITRE, NOON)]


def test_an_ingredient_that_leaves_the_file_and_comes_back_is_what_it_was(cafe: Cafe) -> None:
    set_to(cafe, "turmeric-paste", "0.5")
    without = replace(
        MENU,
        ingredients=tuple(one for one in MENU.ingredients if one.slug != "turmeric-paste"),
        items=tuple(item for item in MENU.items if item.slug != "golden-milk"),
    )

    load(cafe, without)
    gone = on_hand(cafe)
    load(cafe, MENU)

    assert "turmeric-paste" not in gone
    assert on_hand(cafe)["turmeric-paste"] == 500_000
    assert adds_up(cafe)


def test_an_item_that_a_manager_brings_back_brings_its_ingredients(cafe: Cafe) -> None:
    without = replace(
        MENU,
        ingredients=tuple(one for one in MENU.ingredients if one.slug != "turmeric-paste"),
        items=tuple(item for item in MENU.items if item.slug != "golden-milk"),
    )
    load(cafe, without)

    asyncio.run(item_editing.upsert(cafe, HOUSE, "golden-milk", ItemEdit(is_hidden=False)))

    assert set_to(cafe, "turmeric-paste", "0").out == ("golden-milk",)
    menu_file.read(asyncio.run(menu_editing.export(cafe)))


def test_an_ingredient_is_told_in_another_unit_of_its_kind(cafe: Cafe) -> None:
    set_to(cafe, "milk", "3.25")
    in_ml = tuple(replace(one, unit=Unit.ML) if one.slug == "milk" else one for one in MENU.ingredients)

    assert load(cafe, replace(MENU, ingredients=in_ml))

    assert (on_hand(cafe)["milk"], set_to(cafe, "milk", "500").stocked.on_hand) == (3_250_000, 500_000)


def test_an_ingredient_that_is_counted_is_not_suddenly_weighed(cafe: Cafe, file: Path) -> None:
    weighed = tuple(replace(one, unit=Unit.KG) if one.slug == "bagel" else one for one in MENU.ingredients)
    before = counted(file)

    with pytest.raises(MenuFileError) as refusal:
        load(cafe, replace(MENU, ingredients=weighed))

    assert str(refusal.value) == (
        'ingredients[27] "bagel" › unit: is kg, but the pantry counts it in pieces; give it another slug'
    )
    assert counted(file) == before


def test_what_changed_about_an_ingredient_is_on_record_and_not_what_is_on_hand(cafe: Cafe) -> None:
    def renamed(one: SheetIngredient) -> SheetIngredient:
        return replace(one, name="Whole milk", on_hand=5) if one.slug == "milk" else one

    load(cafe, replace(MENU, ingredients=tuple(map(renamed, MENU.ingredients))))

    [event] = [e for e in asyncio.run(menu_editing.history(cafe, 1)) if e.change.slug is None]
    change = {"before": {"name": "Dairy milk"}, "after": {"name": "Whole milk"}}
    assert event.change.data == {"ingredients": {"milk": change}}
