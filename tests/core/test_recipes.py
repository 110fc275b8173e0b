"""Recipes: what goes into a drink as it is asked for."""

import pytest

from cafe_graphql.core import builds
from cafe_graphql.core.drafts import Choice, LineDraft
from cafe_graphql.core.ingredients import Amounts
from tests.core.menus import corner

CORNER = corner()


def takes(item: str, **choices: str) -> Amounts:
    """What one of an item takes; in thousandths, so that "20 ml" is 20,000."""
    chosen = tuple(Choice(group, option) for group, option in choices.items())
    return builds.build(0, CORNER.by_slug[item], LineDraft(item, choices=chosen)).takes


def test_a_latte_takes_beans_and_milk() -> None:
    assert takes("latte") == {"espresso-beans": 18_000, "milk": 200_000}


def test_oat_milk_takes_the_place_of_dairy_in_each_drink_s_own_amount() -> None:
    assert takes("latte", milk="oat") == {"espresso-beans": 18_000, "oat-milk": 200_000}
    assert takes("cortado", milk="oat") == {"espresso-beans": 18_000, "oat-milk": 60_000}


def test_asking_for_the_default_takes_what_the_default_takes() -> None:
    assert takes("latte", milk="dairy") == takes("latte")


@pytest.mark.parametrize(("milk", "ingredient"), [("dairy", "milk"), ("soy", "soy-milk")])
def test_a_drink_without_milk_of_its_own_gets_a_splash_of_it(milk: str, ingredient: str) -> None:
    assert takes("espresso") == {"espresso-beans": 18_000}
    assert takes("espresso", milk=milk) == {"espresso-beans": 18_000, ingredient: 30_000}


def test_extras_are_added_as_often_as_they_are_chosen() -> None:
    three_shots = LineDraft("latte", choices=(Choice("extras", "extra-shot", 3), Choice("extras", "whipped-cream")))

    assert builds.build(0, CORNER.by_slug["latte"], three_shots).takes == {
        "espresso-beans": 18_000 + 3 * 9_000,
        "milk": 200_000,
        "cream": 30_000,
    }


def test_a_size_that_says_nothing_of_ingredients_takes_no_others() -> None:
    assert takes("latte", size="large") == takes("latte")
