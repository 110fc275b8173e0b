"""Which letters of a menu receipts in PDF would lack, as it is told when the menu is checked or loaded."""

from dataclasses import replace
from pathlib import Path

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.printing import lettering
from tests.running import cafe

BUILT_IN = menu_file.builtin()
SHEET = menu_file.read(BUILT_IN)


@pytest.mark.parametrize("locale", ["en-US", "fr-FR", "de-AT", "es-MX", "ar-EG"])
def test_nothing_is_missing_in_languages_that_our_font_can_write(locale: str) -> None:
    assert lettering.missing(replace(SHEET, cafe=replace(SHEET.cafe, locale=locale))) == ""


def test_a_japanese_café_lacks_its_letters() -> None:
    missing = lettering.missing(replace(SHEET, cafe=replace(SHEET.cafe, locale="ja-JP", name="喫茶店 Café")))

    assert set("喫茶店合計") <= set(missing)
    assert "é" not in missing


def test_checking_and_loading_a_menu_warn_of_it_and_go_on(tmp_path: Path) -> None:
    database, file = tmp_path / "cafe.db", tmp_path / "menu.toml"
    file.write_text(BUILT_IN.replace('locale = "en-US"', 'locale = "ja"'), "utf-8")

    for what, done in (("check", "is fine"), ("import", "Loaded")):
        told = cafe("menu", what, str(file), database=database)

        assert (told.returncode, done in told.stdout) == (0, True)
        assert told.stderr.startswith("Receipts in PDF would have boxes for “")
        assert told.stderr.endswith("”: name a font as CAFE_RECEIPT_FONT.\n")
