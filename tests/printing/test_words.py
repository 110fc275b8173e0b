"""The languages of receipts: each says all that there is to say, and puts everything into it."""

from dataclasses import asdict

import pytest
from babel import Locale

from cafe_graphql.core.payments import Method
from cafe_graphql.printing import words


@pytest.mark.parametrize("language", words.WORDS)
def test_each_language_says_everything(language: str) -> None:
    english = asdict(words.WORDS["en"])

    said = asdict(words.WORDS[language])

    assert all(said.values())
    assert {word: text.count("{}") for word, text in said.items()} == {
        word: text.count("{}") for word, text in english.items()
    }
    assert all(words.WORDS[language].method(method) for method in Method)


@pytest.mark.parametrize("language", words.WORDS)
def test_each_is_a_language_that_money_and_dates_are_written_in(language: str) -> None:
    assert Locale.parse(language).language == language


def test_a_language_that_we_do_not_speak_is_told_in_english() -> None:
    assert words.of("tlh") is words.WORDS["en"]
