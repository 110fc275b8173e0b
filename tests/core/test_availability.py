"""What can be had: shown as out when nothing can be done about it, and only then."""

from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core import availability, builds
from cafe_graphql.core.ingredients import Amounts
from cafe_graphql.core.menu import Menu, Unavailable
from tests.core.guests import careful_drafts
from tests.core.menus import corner, menus_with_everything
from tests.core.pantries import Shelf, shelves, stocked_menus, thoroughly, with_pantry

CORNER = corner()
MILKS = {"milk": 0, "oat-milk": 0, "almond-milk": 0, "soy-milk": 0}


def out_of(on_hand: Amounts) -> dict[str, str]:
    """What of the Corner Café is out with so much on hand, and plenty of the rest: items, and options of the latte."""
    menu = with_pantry(CORNER, on_hand)
    items = {item.slug: "out" for item in menu.items if item.unavailable is Unavailable.INGREDIENT_OUT}
    return items | {f"latte with {option}": "out" for _, option in menu.by_slug["latte"].out}


def test_an_ingredient_that_is_not_in_the_way_leaves_everything_on_the_menu() -> None:
    assert out_of({}) == {}
    assert out_of({"oat-milk": 220_000, "espresso-beans": 45_000}) == {}


def test_without_a_drink_s_own_beans_the_drink_is_out_and_so_is_the_extra_shot() -> None:
    drinks = ["latte", "cappuccino", "espresso", "flat-white", "macchiato", "cortado", "americano", "mocha"]

    assert out_of({"espresso-beans": 17_999}) == dict.fromkeys([*drinks, "iced-latte", "latte with extra-shot"], "out")


def test_beans_for_one_but_not_for_an_extra_shot_leave_the_drink() -> None:
    assert out_of({"espresso-beans": 26_999}) == {"latte with extra-shot": "out"}


def test_without_oat_milk_one_choice_is_out_and_what_is_made_of_nothing_else() -> None:
    assert out_of({"oat-milk": 199_999}) == {"latte with oat": "out", "golden-milk": "out"}


def test_without_its_default_milk_a_latte_is_still_to_be_had_with_another() -> None:
    assert out_of({"milk": 0}) == {"latte with dairy": "out", "macchiato": "out"}


def test_without_any_milk_a_latte_is_out_and_an_espresso_is_not() -> None:
    out = out_of(MILKS)

    assert "latte" in out and "chai-latte" in out
    assert "espresso" not in out and "americano" not in out


def test_a_choice_that_has_to_be_made_and_cannot_takes_the_item_along() -> None:
    breads = {"sourdough": 1_999, "wholegrain-bread": 0, "gluten-free-bread": 0}

    assert out_of(dict.fromkeys(list(breads)[:2], 0)) == {}
    assert set(out_of(breads)) == {"grilled-cheese", "ham-and-cheese", "tuna-sandwich", "hummus-sandwich"}


def test_an_item_that_is_sold_out_or_hidden_says_so_whatever_it_is_made_of() -> None:
    roll = CORNER.by_slug["cinnamon-roll"]

    assert with_pantry(CORNER, {"cinnamon-roll": 0}).by_slug["cinnamon-roll"].unavailable is roll.unavailable
    assert roll.unavailable is Unavailable.SOLD_OUT


def test_what_an_item_may_be_made_of_is_its_own_and_its_options() -> None:
    def users(slug: str) -> list[str]:
        return [item.slug for item in CORNER.items if availability.uses(item, slug)]

    assert users("turmeric-paste") == ["golden-milk"]
    assert users("butter") == ["butter-croissant", "banana-bread", "bagel"]
    assert "latte" in users("oat-milk") and "sencha" not in users("oat-milk")


@thoroughly
@given(st.data())
def test_what_can_be_made_is_never_told_as_out(data: st.DataObject) -> None:
    menu, shelf = data.draw(stocked_menus())
    draft = data.draw(careful_drafts(menu))

    for line in draft.lines:
        item = menu.by_slug[line.item]
        if _is_enough(shelf, builds.build(0, item, line).takes):
            assert item.unavailable is None
            assert [o.slug for group, o, _ in builds.selected(item, line.choices) if item.why_not(group, o)] == []


@thoroughly
@given(menus_with_everything().flatmap(lambda menu: st.tuples(st.just(menu), shelves(menu), shelves(menu))))
def test_nothing_comes_or_goes_without_crossing_a_step(given_: tuple[Menu, Shelf, Shelf]) -> None:
    menu, before, after = given_
    then, now = with_pantry(menu, before), with_pantry(menu, after)

    crossed = any(then.ingredients[slug].crosses_step(before[slug], after[slug]) for slug in menu.ingredients)

    assert crossed or _availability(then) == _availability(now)


@thoroughly
@given(stocked_menus())
def test_more_of_everything_never_takes_anything_off_the_menu(given_: tuple[Menu, Shelf]) -> None:
    menu, shelf = given_
    more = _availability(with_pantry(menu, {slug: amount + 1_000 for slug, amount in shelf.items()}))

    for slug, (unavailable, out) in _availability(menu).items():
        assert unavailable is not None or more[slug][0] is None
        assert more[slug][1] <= out


def _is_enough(shelf: Shelf, takes: Amounts) -> bool:
    return all(shelf[slug] >= amount for slug, amount in takes.items())


def _availability(menu: Menu) -> dict[str, tuple[Unavailable | None, frozenset[tuple[str, str]]]]:
    return {item.slug: (item.unavailable, item.out) for item in menu.by_slug.values()}
