"""Quantities: exact, and written back as they are read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core import quantities
from cafe_graphql.core.quantities import MAX_AMOUNT, Quantity, Unit

units = st.sampled_from(Unit)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("18 g", Quantity(18_000, Unit.G)),
        ("0.018 kg", Quantity(18_000, Unit.KG)),
        ("200 ml", Quantity(200_000, Unit.ML)),
        ("1.5 l", Quantity(1_500_000, Unit.L)),
        ("1 piece", Quantity(1_000, Unit.PIECES)),
        ("0.5 pieces", Quantity(500, Unit.PIECES)),
        ("0 g", Quantity(0, Unit.G)),
        ("0.000001 kg", Quantity(1, Unit.KG)),
    ],
)
def test_a_recipe_s_words_are_exact_thousandths(text: str, quantity: Quantity) -> None:
    assert quantities.parse(text) == quantity


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("18g", '"18g" is no quantity: write a number, a space and a unit, like "18 g"'),
        ("18,5 g", '"18,5 g" is no quantity: write a number, a space and a unit, like "18 g"'),
        ("-1 g", '"-1 g" is no quantity: write a number, a space and a unit, like "18 g"'),
        ("1e3 g", '"1e3 g" is no quantity: write a number, a space and a unit, like "18 g"'),
        ("1 lb", '"1 lb" has no unit that is known here: there is g, kg, ml, l, pieces'),
        ("1.0005 g", '"1.0005 g" has more decimal places than the 3 that are counted'),
    ],
)
def test_other_words_are_refused_with_the_way_to_write_it(text: str, told: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the whole message is looked at
        quantities.parse(text)

    assert str(refused.value) == told


@given(st.integers(0, MAX_AMOUNT // 1_000_000), units)
def test_what_is_written_reads_as_the_same(amount: int, unit: Unit) -> None:
    assert quantities.parse(quantities.written(amount, unit)) == Quantity(amount, unit)


@given(st.integers(-MAX_AMOUNT, MAX_AMOUNT), units)
def test_a_number_of_the_unit_is_the_same_amount_again(amount: int, unit: Unit) -> None:
    number = quantities.number_of(amount, unit)

    assert quantities.amount_of(number, unit) == amount
    assert "E" not in str(number)


@pytest.mark.parametrize(
    ("amount", "unit", "shown"),
    [
        (4_800_000, Unit.L, "4.8"),
        (100_000_000_000, Unit.KG, "100000"),
        (0, Unit.PIECES, "0"),
        (-1, Unit.G, "-0.001"),
    ],
)
def test_amounts_are_shown_without_needless_zeros(amount: int, unit: Unit, shown: str) -> None:
    assert str(quantities.number_of(amount, unit)) == shown


@pytest.mark.parametrize(
    "number",
    ["0.0001", "1.0000000000000000000000000000000000000000000001", "1E-999999", "1E+999999", "-1E+16"],
)
def test_what_is_too_fine_or_too_much_to_count_is_none(number: str) -> None:
    assert quantities.amount_of(Decimal(number), Unit.G) is None
