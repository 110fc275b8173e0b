"""Reading the menu."""

from pathlib import Path
from typing import Any

from sqlalchemy import event

from tests.running import cafe
from tests.schema.conftest import Window

LATTE = '{ menuItem(slug: "latte") { name price { formatted } } }'

TEA_HOUSE = (Path(__file__).parents[1] / "data" / "tea_house.toml").read_text("utf-8")


def test_a_guest_reads_the_latte_s_name_and_price_and_skips_the_calories(window: Window) -> None:
    assert window.ask(LATTE) == {"data": {"menuItem": {"name": "Latte", "price": {"formatted": "$3.50"}}}}


def test_money_is_whole_units_a_decimal_string_and_a_text_for_people(window: Window) -> None:
    query = '{ menuItem(slug: "latte") { price { minorUnits amount currency de: formatted(locale: "de-DE") } } }'

    assert window.data(query)["menuItem"]["price"] == {
        "minorUnits": 350,
        "amount": "3.50",
        "currency": "USD",
        "de": "3,50\xa0$",
    }


def test_a_locale_that_nobody_knows_falls_back_and_never_hides_an_answer(window: Window) -> None:
    query = 'query ($l: String) { menuItem(slug: "latte") { price { formatted(locale: $l) } } }'

    formatted = {
        locale: window.data(query, l=locale)["menuItem"]["price"]["formatted"]
        for locale in ("de-XX", "xx", "", "\x00", "fr_CA")
    }

    assert formatted == {"de-XX": "3,50\xa0$", "xx": "$3.50", "": "$3.50", "\x00": "$3.50", "fr_CA": "3,50\xa0$\xa0US"}


def test_a_yen_has_no_cents_and_a_dinar_a_thousand(window: Window) -> None:
    prices = {}
    for currency, price in (("JPY", "480"), ("KWD", "1.250")):
        window.load(TEA_HOUSE.replace("JPY", currency).replace('"480"', f'"{price}"'))
        prices[currency] = window.data("{ menu { items { price { minorUnits amount formatted } } } }")["menu"]["items"]

    assert prices == {
        "JPY": [{"price": {"minorUnits": 480, "amount": "480", "formatted": "¥480"}}],
        "KWD": [{"price": {"minorUnits": 1250, "amount": "1.250", "formatted": "KWD1.250"}}],
    }


def test_an_item_shows_its_default_build_s_price_allergens_and_calories(window: Window) -> None:
    query = """{ menuItem(slug: "latte") {
      calories allergens diets category { slug } availability { isAvailable reason }
      optionGroups { slug minSelections maxSelections
        options { slug isDefault maxQuantity addsAllergens priceDelta { amount } } }
    } }"""

    latte = window.data(query)["menuItem"]

    milk = next(group for group in latte.pop("optionGroups") if group["slug"] == "milk")
    assert latte == {
        "calories": 130,
        "allergens": ["MILK"],
        "diets": ["VEGETARIAN", "GLUTEN_FREE", "NUT_FREE"],
        "category": {"slug": "espresso"},
        "availability": {"isAvailable": True, "reason": None},
    }
    assert (milk["minSelections"], milk["maxSelections"]) == (0, 1)
    assert milk["options"][1] == {
        "slug": "oat",
        "isDefault": False,
        "maxQuantity": 1,
        "addsAllergens": ["GLUTEN"],
        "priceDelta": {"amount": "0.00"},
    }


def test_the_menu_can_be_searched_and_narrowed(window: Window) -> None:
    query = "query ($f: MenuFilter) { menu(filter: $f) { items { slug } categories { slug items { slug } } } }"

    def found(**filter: Any) -> list[str]:
        return [item["slug"] for item in window.data(query, f=filter)["menu"]["items"]]

    everything = found()
    assert len(everything) >= 25
    assert found(search="flat WHITE") == ["flat-white"]
    assert set(found(category="tea")) < set(everything)
    assert "croissant" not in found(excludeAllergens=["GLUTEN"])
    assert "latte" not in found(diets=["VEGAN"])
    assert len(found(availableOnly=True)) == len(everything) - 1
    assert found(category="no-such-category") == []


def test_the_categories_of_a_narrowed_menu_hold_only_what_was_found(window: Window) -> None:
    query = '{ menu(filter: { category: "tea" }) { items { slug } categories { slug items { slug } } } }'

    menu = window.data(query)["menu"]

    assert menu["categories"] == [{"slug": "tea", "items": menu["items"]}]


def test_a_part_of_a_category_is_not_taken_for_the_whole(window: Window) -> None:
    part, whole = (
        window.data(f"{{ menu{narrowed} {{ categories {{ id slug items {{ slug category {{ id }} }} }} }} }}")["menu"][
            "categories"
        ][0]
        for narrowed in ('(filter: { search: "latte", diets: [VEGETARIAN], excludeAllergens: [NUTS] })', "")
    )
    node = "query ($id: ID!) { node(id: $id) { id ... on MenuCategory { slug items { slug category { id } } } } }"

    assert part["slug"] == whole["slug"] == "espresso"
    assert part["id"] != whole["id"]
    assert len(part["items"]) < len(whole["items"])
    assert part["items"][0]["category"]["id"] == whole["id"]
    assert [window.data(node, id=category["id"])["node"] for category in (part, whole)] == [part, whole]


def test_everything_with_an_id_is_found_again_by_node(window: Window) -> None:
    menu = window.data("""{ menuItem(slug: "latte") { id name category { id name }
      optionGroups { id name options { id name priceDelta { amount } } } } }""")["menuItem"]
    group = menu["optionGroups"][0]
    option = group["options"][1]

    node = """query ($id: ID!) { node(id: $id) { id __typename ... on MenuItem { name } ... on MenuCategory { name }
      ... on OptionGroup { name } ... on Option { name priceDelta { amount } } } }"""
    found = [window.data(node, id=thing["id"])["node"] for thing in (menu, menu["category"], group, option)]

    assert found == [
        {"id": menu["id"], "__typename": "MenuItem", "name": "Latte"},
        {"id": menu["category"]["id"], "__typename": "MenuCategory", "name": "Espresso"},
        {"id": group["id"], "__typename": "OptionGroup", "name": "Size"},
        {"id": option["id"], "__typename": "Option", "name": "Medium", "priceDelta": {"amount": "0.50"}},
    ]


def test_an_option_has_an_id_for_each_item_as_its_price_may_differ(window: Window) -> None:
    ids = [
        option["id"]
        for item in window.data("{ menu { items { optionGroups { options { id } } } } }")["menu"]["items"]
        for group in item["optionGroups"]
        for option in group["options"]
    ]

    assert len(set(ids)) == len(ids)


def test_an_id_that_is_none_is_explained_and_one_of_nothing_is_null(window: Window) -> None:
    node = "query ($id: ID!) { node(id: $id) { id } }"

    assert window.error(node, id="latte") == (
        "BAD_USER_INPUT",
        "“latte” is not an id of this API: pass one exactly as an `id` field gave it.",
    )
    assert window.data(node, id="TWVudUl0ZW06dGVh") == {"node": None}
    assert window.data('{ menuItem(slug: "soup") { name } }') == {"menuItem": None}


def test_what_vanished_from_the_menu_is_hidden_from_it(window: Window) -> None:
    latte = window.data('{ menuItem(slug: "latte") { id } }')["menuItem"]["id"]

    window.load(TEA_HOUSE)

    assert window.data("{ menu { items { slug } categories { slug } } }")["menu"] == {
        "items": [{"slug": "sencha"}],
        "categories": [{"slug": "tea"}],
    }
    assert window.data(LATTE) == {"menuItem": None}
    node = "query ($id: ID!) { node(id: $id) { ... on MenuItem { name availability { isAvailable reason } } } }"
    assert window.data(node, id=latte)["node"] == {
        "name": "Latte",
        "availability": {"isAvailable": False, "reason": "HIDDEN"},
    }


def test_an_import_in_another_process_shows_in_the_very_next_answer(window: Window, tmp_path: Path) -> None:
    before = window.data("{ menu { version } cafe { name } }")
    (tmp_path / "menu.toml").write_text(TEA_HOUSE, "utf-8")

    done = cafe("menu", "import", str(tmp_path / "menu.toml"), database=tmp_path / "cafe.db")

    assert done.returncode == 0, done.stderr
    assert before == {"menu": {"version": "1"}, "cafe": {"name": "Corner Café"}}
    assert window.data("{ menu { version } cafe { name } }") == {
        "menu": {"version": "2"},
        "cafe": {"name": "Tea House"},
    }


def test_a_menu_that_has_not_changed_is_read_without_sql(window: Window) -> None:
    window.data(LATTE)
    statements: list[str] = []
    event.listen(window.cafe.store.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))

    window.data("{ cafe { name isOpen } menu { categories { items { name optionGroups { options { name } } } } } }")

    assert statements == []
