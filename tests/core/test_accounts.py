"""What makes an account or a key, and every way in which it does not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cafe_graphql.core import accounts, texts
from cafe_graphql.core.people import Scope
from cafe_graphql.core.problems import OutOfRange, Path, ProblemCode, TextTooLong

NOON = datetime(2026, 5, 1, 16, 0, tzinfo=UTC)

EMAIL, PASSWORD, NAME = "ada@example.com", "an oat latte, please", "Ada"

words = st.text(st.characters(), max_size=100) | st.sampled_from(
    ["", " ", "a" * 300, "\ud800", "\x00", "\u202e", "\u2028", "ada@example.com", "İ" * 250 + "@x", "ΑΣ@x"]
)


def found(email: str = EMAIL, password: str = PASSWORD, name: str = NAME) -> list[tuple[ProblemCode, Path]]:
    return [(problem.code, problem.path) for problem in accounts.problems(email, password, name)]


def test_a_good_account_has_no_problems() -> None:
    assert found() == []


@pytest.mark.parametrize(
    "email", ["a@b", "ada+latte@example.com", "ADA@Example.COM", " ada@example.com\n", "åsa@kaffe.se"]
)
def test_addresses_that_are_taken(email: str) -> None:
    assert found(email.strip()) == []


@pytest.mark.parametrize(
    "email",
    [
        *("", "ada", "@example.com", "ada@", "a@b@c", "ada lovelace@example.com", "ada@exa mple.com"),
        *("a" * 65 + "@example.com", "ada@" + "x" * 251, "ada\x00@example.com", "ada\u202e@example.com", "\ud800@x"),
        "a@" + "İ" * 200,  # longer in small letters
    ],
)
def test_what_is_no_address(email: str) -> None:
    assert found(email) == [(ProblemCode.INVALID_EMAIL, ("email",))]


def test_addresses_differ_by_more_than_case_and_the_space_around_them() -> None:
    assert {accounts.normal(email) for email in (EMAIL, " ADA@Example.com ", "Ada@EXAMPLE.COM\n")} == {EMAIL}


@given(words)
def test_the_one_way_to_write_an_address_stays_as_it_is_and_can_be_kept(email: str) -> None:
    normal = accounts.normal(email)

    assert accounts.normal(normal) == normal
    normal.encode()


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("short", "A password has from 8 to 256 characters, not 5."),
        ("x" * 257, "A password has from 8 to 256 characters, not 257."),
        ("password", "This password is among the first that anybody would try: choose another."),
        ("PassWord1", "This password is among the first that anybody would try: choose another."),
        ("Ada@Example.com", "This password is among the first that anybody would try: choose another."),
        ("abababab", "This password is among the first that anybody would try: choose another."),
    ],
)
def test_weak_passwords_are_refused_and_never_repeated(password: str, message: str) -> None:
    [problem] = accounts.problems(EMAIL, password, NAME)

    assert (problem.code, problem.path, problem.message) == (ProblemCode.WEAK_PASSWORD, ("password",), message)
    if isinstance(problem, OutOfRange):
        assert (problem.min, problem.max, problem.value) == (8, 256, len(password))


@pytest.mark.parametrize(
    "password", ["8 chars!", "x" * 253 + "abc", "пароль-пароль", "\x00 nul is fine", "\ud800 abcdefg"]
)
def test_any_other_password_will_do(password: str) -> None:
    assert found(password=password) == []


@pytest.mark.parametrize("name", ["", "  ", "\t", "Ada\nLovelace", "Ada\x00", "A\u202eda", "\ud800", "Ada\u2028"])
def test_names_are_one_line_that_can_be_read(name: str) -> None:
    assert set(found(name=name)) == {(ProblemCode.INVALID_TEXT, ("name",))}


def test_a_name_has_80_characters_at_most() -> None:
    assert found(name="x" * 80) == []
    [problem] = accounts.problems(EMAIL, PASSWORD, "x" * 81)
    assert isinstance(problem, TextTooLong) and (problem.max_length, problem.length) == (80, 81)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert found("ada", "short", "") == [
        (ProblemCode.INVALID_TEXT, ("name",)),
        (ProblemCode.INVALID_EMAIL, ("email",)),
        (ProblemCode.WEAK_PASSWORD, ("password",)),
    ]


def test_a_key_has_a_name_scopes_and_an_end_that_is_yet_to_come() -> None:
    def problems(name: str, scopes: list[Scope], expires_at: datetime | None) -> list[tuple[ProblemCode, Path]]:
        return [(problem.code, problem.path) for problem in accounts.key_problems(name, scopes, expires_at, NOON)]

    assert problems("till", [Scope.KITCHEN], None) == []
    assert problems("till", [Scope.KITCHEN], NOON + timedelta(microseconds=1)) == []
    assert problems("", [], NOON) == [
        (ProblemCode.INVALID_TEXT, ("name",)),
        (ProblemCode.EMPTY_SCOPES, ("scopes",)),
        (ProblemCode.INVALID_EXPIRY, ("expiresAt",)),
    ]


@given(email=words, password=words, name=words)
@example(email=" " * 300 + EMAIL, password=PASSWORD, name=NAME)
def test_whatever_is_taken_can_be_kept_shown_and_found_again(email: str, password: str, name: str) -> None:
    if not found(email, password, name):
        normal = accounts.normal(email)
        assert len(normal) <= accounts.MAX_EMAIL and normal.count("@") == 1 and normal == normal.strip()
        assert 0 < len(name.strip()) <= accounts.MAX_NAME
        assert texts.one_line(name, accounts.MAX_NAME) == " ".join(name.split())
        f"{normal}{name}".encode()
        assert len(password) <= accounts.MAX_PASSWORD


@given(words)
def test_anybody_s_text_is_made_fit_for_a_line(text: str) -> None:
    line = texts.one_line(text, accounts.MAX_NAME)

    assert not list(texts.line_problems(line, accounts.MAX_NAME, ("name",)))
    assert line == texts.one_line(line, accounts.MAX_NAME)
