"""Signing up and in: by one address and one password, and no more tries than a few."""

import asyncio
import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from cafe_graphql.core.errors import CafeError, Rejected, Throttled
from cafe_graphql.core.people import Role
from cafe_graphql.core.problems import ProblemCode
from cafe_graphql.services import passwords, sessions, signing_in
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.sessions import Session
from tests.services.books import NOON, at_once, counted, execute, written

ADA, PASSWORD = "ada@example.com", "an oat latte, please"
WRONG = "a flat white, please"

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""What makes hashes in no time, for these tests make a hundred."""


@pytest.fixture(autouse=True)
def nobody_has_tried() -> Iterator[None]:
    """Forget the wrong tries of other tests."""
    signing_in._tries.storage.reset()
    yield
    assert not signing_in._being_tried


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", QUICK)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Give the passwords that Argon2 was asked about."""
    asked: list[bytes] = []
    verify = PasswordHasher.verify

    def noted(self: PasswordHasher, hash: str, password: bytes) -> bool:
        asked.append(password)
        return verify(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", noted)
    return asked


def sign_up(cafe: Cafe, email: str = ADA, password: str = PASSWORD, name: str = "Ada") -> Session:
    return asyncio.run(signing_in.sign_up(cafe, email, password, name))


def sign_in(cafe: Cafe, email: str = ADA, password: str = PASSWORD) -> Session:
    return asyncio.run(signing_in.sign_in(cafe, email, password))


def refusal(cafe: Cafe, email: str, password: str) -> CafeError:
    with pytest.raises(CafeError) as refused:
        sign_in(cafe, email, password)
    return refused.value


class TestSigningUp:
    def test_somebody_new_is_a_customer_and_signed_in(self, cafe: Cafe) -> None:
        session = sign_up(cafe, " Ada@Example.COM ", name=" Ada Lovelace ")

        assert (session.person.email, session.person.name, session.person.role) == (ADA, "Ada Lovelace", Role.CUSTOMER)
        assert session.expires_at == NOON + timedelta(hours=1)
        assert sessions.read(cafe, session.token) == (session.person.public_id, session.expires_at)

    def test_an_address_has_one_account_however_it_is_written(self, cafe: Cafe, file: Path) -> None:
        sign_up(cafe)

        with pytest.raises(Rejected) as refused:
            sign_up(cafe, "ADA@example.com", "another password", "Eve")

        assert [(p.code, p.path) for p in refused.value.problems] == [(ProblemCode.EMAIL_TAKEN, ("email",))]
        assert counted(file)["people"] == 1
        assert sign_in(cafe).person.name == "Ada"

    def test_of_many_who_sign_up_with_one_address_at_once_one_does(self, cafe: Cafe, file: Path) -> None:
        async def attempt(number: int) -> Session | list[ProblemCode]:
            try:
                return await signing_in.sign_up(cafe, ADA, f"{PASSWORD} {number}", f"Ada {number}")
            except Rejected as refused:
                return [problem.code for problem in refused.problems]

        outcomes = at_once([partial(attempt, n) for n in range(6)])

        [made] = [outcome for outcome in outcomes if isinstance(outcome, Session)]
        assert outcomes.count([ProblemCode.EMAIL_TAKEN]) == 5 and counted(file)["people"] == 1
        assert sign_in(cafe, password=f"{PASSWORD} {made.person.name[-1]}").person == made.person

    def test_what_is_no_account_is_told_whole_and_hashed_not_at_all(
        self, cafe: Cafe, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(PasswordHasher, "hash", lambda *_: pytest.fail("a hash was made"))

        with pytest.raises(Rejected) as refused:
            sign_up(cafe, "ada", "short", "\ud800")

        assert [p.code for p in refused.value.problems] == [
            ProblemCode.INVALID_TEXT,
            ProblemCode.INVALID_EMAIL,
            ProblemCode.WEAK_PASSWORD,
        ]
        assert counted(file)["people"] == 0

    @pytest.mark.parametrize(
        "password", ["пароль-пароль", "null \x00 and more", "half a \ud83d pair", "x" * 253 + "abc"]
    )
    def test_any_password_that_is_taken_signs_in(self, cafe: Cafe, password: str) -> None:
        sign_up(cafe, password=password)

        assert sign_in(cafe, password=password).person.name == "Ada"
        assert refusal(cafe, ADA, password[:-1] + "z")


class TestSigningIn:
    @pytest.mark.parametrize("email", [ADA, "ADA@EXAMPLE.COM", "  ada@Example.com\n"])
    def test_the_address_may_be_written_in_any_case(self, cafe: Cafe, email: str) -> None:
        person = sign_up(cafe).person

        assert sign_in(cafe, email).person == person

    @pytest.mark.parametrize("password", [WRONG, "", PASSWORD.upper(), PASSWORD + " ", "x" * 257, "\ud800"])
    def test_a_wrong_password_and_an_unknown_address_are_told_in_the_same_words(
        self, cafe: Cafe, password: str
    ) -> None:
        sign_up(cafe)

        wrong, unknown = refusal(cafe, ADA, password), refusal(cafe, "eve@example.com", password)

        assert isinstance(wrong, Rejected) and isinstance(unknown, Rejected)
        assert wrong.problems == unknown.problems
        assert str(wrong) == "There is no account with this address and this password."

    def test_and_both_take_as_much_work(self, cafe: Cafe, verified: list[bytes]) -> None:
        sign_up(cafe)
        passwords._nobodys()  # made once in the life of a process

        refusal(cafe, ADA, WRONG)
        assert verified == [WRONG.encode()]
        refusal(cafe, "eve@example.com", WRONG)
        assert verified == [WRONG.encode()] * 2

    def test_a_password_that_nobody_can_have_is_work_for_nobody(self, cafe: Cafe, verified: list[bytes]) -> None:
        sign_up(cafe)

        for email in (ADA, "eve@example.com"):
            refusal(cafe, email, "x" * 1_000_000)

        assert verified == []

    @pytest.mark.parametrize("email", ["", "\x00", "\ud800", "\ud800@example.com", "a" * 100_000, "' OR 1=1 --", "%"])
    def test_what_is_no_address_is_nobody_s(self, cafe: Cafe, email: str) -> None:
        sign_up(cafe)

        assert str(refusal(cafe, email, PASSWORD)) == "There is no account with this address and this password."

    def test_whoever_is_known_by_an_issuer_alone_has_no_password(self, cafe: Cafe, file: Path) -> None:
        sign_up(cafe)
        execute(file, "UPDATE people SET password_hash = NULL, issuer = 'https://login.example.com', subject = 'ada'")

        assert isinstance(refusal(cafe, ADA, PASSWORD), Rejected)
        assert sign_up(cafe, password="another password", name="Ada II").person.name == "Ada II"

    def test_a_hash_that_is_broken_matches_nothing(self, cafe: Cafe, file: Path) -> None:
        sign_up(cafe)
        execute(file, "UPDATE people SET password_hash = 'argon'")

        assert isinstance(refusal(cafe, ADA, PASSWORD), Rejected)

    def test_a_hash_made_in_an_older_way_is_made_anew(self, cafe: Cafe, file: Path) -> None:
        sign_up(cafe)
        older = PasswordHasher(1, 16, 1).hash(PASSWORD)
        execute(file, f"UPDATE people SET password_hash = '{older}'")

        refusal(cafe, ADA, WRONG)
        assert kept(cafe) == older
        sign_in(cafe)

        assert kept(cafe).startswith("$argon2id$v=19$m=64,t=1,p=1$")
        assert sign_in(cafe).person.name == "Ada"

    def test_it_is_made_as_rfc_9106_advises(self, cafe: Cafe, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()

        sign_up(cafe)

        assert kept(cafe).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


class TestWrongTries:
    @pytest.mark.parametrize("email", [ADA, "nobody@example.com"])
    def test_ten_close_an_account_whether_there_is_one_or_not(
        self, cafe: Cafe, email: str, verified: list[bytes]
    ) -> None:
        sign_up(cafe)
        assert all(isinstance(refusal(cafe, email, WRONG), Rejected) for _ in range(10))
        verified.clear()

        closed = refusal(cafe, email.upper(), PASSWORD)  # the right one, too

        assert isinstance(closed, Throttled) and 200 <= closed.seconds <= 300
        assert str(closed) == f"Too many wrong passwords for this account: try again in {closed.seconds} s."
        assert verified == []

    def test_after_a_while_it_opens_again(self, cafe: Cafe, monkeypatch: pytest.MonkeyPatch) -> None:
        sign_up(cafe)
        for _ in range(10):
            refusal(cafe, ADA, WRONG)
        assert isinstance(refusal(cafe, ADA, PASSWORD), Throttled)

        later(monkeypatch, minutes=5)

        assert sign_in(cafe).person.name == "Ada"

    def test_other_accounts_stay_open(self, cafe: Cafe) -> None:
        sign_up(cafe)
        for _ in range(11):
            refusal(cafe, "eve@example.com", WRONG)

        assert sign_in(cafe).person.name == "Ada"

    def test_right_ones_are_not_counted(self, cafe: Cafe) -> None:
        sign_up(cafe)
        for _ in range(11):
            sign_in(cafe)

        assert isinstance(refusal(cafe, ADA, WRONG), Rejected)

    def test_those_that_come_at_the_same_moment_are_counted_too(self, cafe: Cafe, verified: list[bytes]) -> None:
        sign_up(cafe)

        async def attempt(number: int) -> type[CafeError]:
            with pytest.raises(CafeError) as refused:
                await signing_in.sign_in(cafe, ADA, f"{WRONG} {number}")
            return type(refused.value)

        refused = at_once([partial(attempt, n) for n in range(30)])

        assert refused == [Rejected] * 10 + [Throttled] * 20
        assert len(verified) == 10


class TestSecrets:
    def test_no_password_is_in_the_books_or_in_the_log(
        self, cafe: Cafe, file: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        sign_up(cafe)
        sign_in(cafe)
        refusal(cafe, ADA, WRONG)

        on_disk = written(file)
        assert b"$argon2id$" in on_disk and ADA.encode() in on_disk  # so that the next can fail
        assert PASSWORD.encode() not in on_disk and WRONG.encode() not in on_disk
        assert PASSWORD not in caplog.text and WRONG not in caplog.text

    def test_a_statement_that_breaks_tells_no_hash_and_no_address(self, cafe: Cafe, file: Path) -> None:
        execute(file, "ALTER TABLE people RENAME COLUMN subject TO topic")

        with pytest.raises(Exception, match=r"no such column|no column") as broken:
            sign_up(cafe)

        assert not isinstance(broken.value, CafeError)
        assert "argon2" not in str(broken.value) and ADA not in str(broken.value)


def kept(cafe: Cafe) -> str:
    """Give the one hash in the books."""
    [row] = cafe.store.read_now(lambda connection: connection.exec_driver_sql("SELECT password_hash FROM people").all())
    return str(row[0])


def later(monkeypatch: pytest.MonkeyPatch, minutes: float) -> None:
    """Let time pass for the counting of tries, which goes by the machine's own clock."""
    now, passed = time.time, timedelta(minutes=minutes).total_seconds()
    monkeypatch.setattr(time, "time", lambda: now() + passed)
