"""A café's price list in CSV becomes a menu file that charges what the list says."""

import csv
import io
from pathlib import Path

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.menu import CafeInfo, Category, OptionGroup, Sheet, Use
from cafe_graphql.core.menu_file import MenuFileError, price_list
from cafe_graphql.core.menu_file.price_list import Columns

ROASTERY = CafeInfo("Roastery", "USD", "America/New_York")
PRODUCTS = (Path(__file__).parents[2] / "data" / "products.csv").read_text("utf-8")
HEADER = "name,size,unit_price,category\n"


def test_every_product_of_a_real_roastery_costs_what_its_price_list_says() -> None:
    sheet = _sheet(PRODUCTS)

    listed = {
        (row["name"], row["size"]): round(float(row["unit_price"]) * 100)
        for row in csv.DictReader(io.StringIO(PRODUCTS))
    }
    assert len(listed) == 50
    assert _prices(sheet) == listed


def test_the_roastery_s_menu_keeps_the_order_of_its_list() -> None:
    sheet = _sheet(PRODUCTS)

    assert sheet.categories == (
        Category("coffee", "Coffee"),
        Category("tea", "Tea"),
        Category("drinking-chocolate", "Drinking Chocolate"),
        Category("bakery", "Bakery"),
    )
    assert len(sheet.items) == 30
    assert [item.slug for item in sheet.items[:2]] == ["our-old-time-diner-blend", "brazilian"]


def test_sizes_become_one_group_from_small_to_large() -> None:
    (group,) = _sheet(PRODUCTS).option_groups

    assert (group.slug, group.name, group.min, group.max) == ("size", "Size", 1, 1)
    assert [(option.slug, option.name) for option in group.options] == [
        ("sm", "Sm"),
        ("standard", "Standard"),
        ("rg", "Rg"),
        ("lg", "Lg"),
    ]


def test_a_size_without_a_name_beside_others_is_the_standard_one() -> None:
    items = {item.slug: item for item in _sheet(PRODUCTS).items}

    assert items["latte"].price == 375
    assert items["latte"].uses == (Use("size", ("standard", "rg"), ("standard",), {"rg": 50}),)
    assert items["espresso-shot"].uses == ()
    assert items["traditional-blend-chai"].uses == (Use("size", ("lg",), ("lg",)),)


def test_the_menu_file_of_a_price_list_is_what_export_would_write() -> None:
    document = price_list.document(PRODUCTS, Columns(), ROASTERY)

    assert menu_file.document(menu_file.check(document)) == document


def test_a_spreadsheet_s_spellings_are_understood() -> None:
    text = (
        '\ufeff"Artikel";Größe;Preis;Gruppe\r\n'
        '"Café ""Crème""";;3,50 €;Kaffee\r\n;;;\r\nTee; groß ;EUR 2.80;Tee\r\n\r\n'
    )

    sheet = _sheet(text, Columns("artikel", "größe", "Preis", "Gruppe"), CafeInfo("Café", "EUR", "Europe/Berlin"))

    assert [(item.slug, item.name, item.price) for item in sheet.items] == [
        ("cafe-creme", 'Café "Crème"', 350),
        ("tee", "Tee", 280),
    ]
    assert [option.slug for option in sheet.option_groups[0].options] == ["gro"]


def test_a_list_without_sizes_needs_no_size_column() -> None:
    sheet = _sheet("name,unit_price,category\nLatte,$3.50,Coffee\n", Columns(size=""))

    assert [(item.price, item.uses) for item in sheet.items] == [(350, ())]
    assert sheet.option_groups == ()


def test_the_same_name_under_two_headings_is_two_items() -> None:
    sheet = _sheet(HEADER + "Chai,,3.00,Tea\nChai,,4.00,Cold drinks\nchai ,Lg,3.50,TEA\n")

    assert [(item.slug, item.category, item.price) for item in sheet.items] == [
        ("chai", "tea", 300),
        ("chai-2", "cold-drinks", 400),
    ]
    assert [option.slug for option in sheet.option_groups[0].options] == ["standard", "lg"]


def test_names_without_latin_letters_get_slugs_too() -> None:
    sheet = _sheet(HEADER + "コーヒー,大,4.00,飲み物\n紅茶,大,3.00,飲み物\n")

    assert [(item.slug, item.name) for item in sheet.items] == [("item", "コーヒー"), ("item-2", "紅茶")]
    assert [option.slug for option in sheet.option_groups[0].options] == ["size"]


def test_a_row_that_stands_twice_at_one_price_is_one() -> None:
    sheet = _sheet(HEADER + "Latte,Sm,3.50,Coffee\nLatte,sm,3.50,Coffee\n")

    assert _prices(sheet) == {("Latte", "Sm"): 350}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            HEADER + "Latte,Sm,3.50,Coffee\nTea,,2.00,Tea\nLatte,SM,3.60,Coffee\n",
            ['row 4: "Latte" in size "SM" has another price in row 2'],
        ),
        (
            "name,size,price\nLatte,,3.50\n",
            [
                'row 1: there is no column "unit_price" for the price; there is "name", "size", "price": '
                "say which one it is with --price-column",
                'row 1: there is no column "category" for the category; there is "name", "size", "price": '
                "say which one it is with --category-column",
            ],
        ),
        (
            "name,unit_price,category\nLatte,3.50,Coffee\n",
            [
                'row 1: there is no column "size" for the size; there is "name", "unit_price", "category": '
                'say which one it is with --size-column; with --size-column "" every item comes in one size'
            ],
        ),
        (
            HEADER + ",,three,Coffee\n\nLatte,,-1,\n",
            [
                "row 2 › name: is empty",
                'row 2 › unit_price: "three" is not an amount; write it as "3.50"',
                "row 4 › unit_price: must be from 0.00 to 214748.36",
                "row 4 › category: is empty",
            ],
        ),
        (
            HEADER + 'Latte,,"1,250",Coffee\n',
            ['row 2 › unit_price: "1,250" has a comma that can be read in two ways; write it with a point'],
        ),
        (
            HEADER + "Latte,,3,50,Coffee\n",
            ["row 2: has 5 cells, but the header 4; text with a comma in it must stand in quotes"],
        ),
        (
            HEADER + "Lat\u2028te,,3.50,Coffee\n",
            ['row 2 › name: has a line break or another control character in it: "Lat\\u2028te"'],
        ),
        (HEADER + 'Latte,,"3.50,Coffee\n', ["line 2: is not CSV: unexpected end of data"]),
        (HEADER, ["the file: has no rows below its header"]),
        ("", ["the file: has no rows below its header"]),
    ],
)
def test_mistakes_are_told_by_row_and_column(text: str, told: list[str]) -> None:
    with pytest.raises(MenuFileError) as refused:
        price_list.document(text, Columns(), ROASTERY)

    assert str(refused.value).splitlines() == told


def test_the_cafe_itself_is_checked_first() -> None:
    with pytest.raises(MenuFileError, match=r'^cafe.currency: there is no currency "dollars"'):
        price_list.document(PRODUCTS, Columns(), {"name": "Roastery", "currency": "dollars", "time_zone": "UTC"})


def _sheet(text: str, columns: Columns | None = None, cafe: CafeInfo = ROASTERY) -> Sheet:
    return menu_file.check(price_list.document(text, columns or Columns(), cafe))


def _prices(sheet: Sheet) -> dict[tuple[str, str], int]:
    """Every item and size as the price list has them, at what the menu makes of it."""
    groups = {group.slug: group for group in sheet.option_groups}
    return {
        (item.name, "" if size == "Standard" else size): item.price + step
        for item in sheet.items
        for size, step in _steps([use.of(groups[use.group]) for use in item.uses])
    }


def _steps(groups: list[OptionGroup]) -> list[tuple[str, int]]:
    return [(option.name, option.price) for group in groups for option in group.options] or [("", 0)]


@pytest.mark.parametrize("price", ["3 50", "3€50", "$3$50", "3.50 4"])
def test_a_price_with_something_in_its_middle_is_not_read_as_another(price: str) -> None:
    with pytest.raises(MenuFileError):
        _sheet(HEADER + f"Latte,,{price},Coffee\n")
