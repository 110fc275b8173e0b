"""Keys and roles on the command line: what it prints, and how it tells mistakes."""

import asyncio
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cafe_graphql.core.people import HOUSE, Scope
from cafe_graphql.services import key_cutting, signing_in
from cafe_graphql.store.times import to_micros
from tests.running import cafe
from tests.services.books import execute, opened

SCOPES = "ORDERS_READ, ORDERS_PLACE, KITCHEN, MENU_WRITE, PANTRY_WRITE, PAYMENTS, REPORTS, KEYS"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "cafe.db"


def cut(database: Path, name: str = "till", *scopes: Scope, expires_at: datetime | None = None) -> str:
    """Make a key without the command line, and give how it is listed."""
    with opened(database) as books:
        made = asyncio.run(key_cutting.cut(books, HOUSE, name, scopes or [Scope.KITCHEN], expires_at))
    return made.key.prefix


def unrevoked(database: Path) -> list[str]:
    with opened(database) as books:
        return [key.prefix for key in asyncio.run(key_cutting.every(books, HOUSE))]


def refused(database: Path, *arguments: str) -> str:
    """Run a command that is refused, and give what it says, in one line of words."""
    said = cafe(*arguments, database=database, NO_COLOR="1", COLUMNS="200")
    assert said.returncode in (1, 2) and said.stdout == "" and "Traceback" not in said.stderr
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", said.stderr).split())


def sign_up(database: Path, email: str, name: str) -> str:
    """Have somebody sign up, and give the id of their account."""
    with opened(database) as books:
        return asyncio.run(signing_in.sign_up(books, email, "an oat latte, please", name)).person.public_id


class TestKeys:
    def test_a_key_is_made_until_a_day_begins(self, database: Path) -> None:
        made = cafe(
            *("key", "create", "--name", "till", "--scope", "KITCHEN", "--expires", "2999-12-31"), database=database
        )

        with opened(database) as books:
            [key] = asyncio.run(key_cutting.every(books, HOUSE))
        assert key.expires_at == datetime(2999, 12, 31, tzinfo=UTC) and made.stdout.startswith(key.prefix)

    def test_a_key_is_printed_alone_so_that_scripts_can_keep_it(self, database: Path) -> None:
        made = cafe("key", "create", "--name", "till", "--scope", "orders_place, kitchen", database=database)

        assert re.fullmatch(r"cafe_[\w-]{43}\n", made.stdout)
        assert made.stderr == "Made the key till (KITCHEN ORDERS_PLACE). Shown this once:\n"

    def test_keys_are_listed_oldest_first_without_their_secrets(self, database: Path) -> None:
        till = cut(database, "till", Scope.ORDERS_READ, Scope.ORDERS_PLACE)
        screen = cut(database, "screen", expires_at=datetime(2999, 12, 31, 18, tzinfo=UTC))
        used = to_micros(datetime(2026, 5, 1, 12, 30, tzinfo=UTC))
        execute(database, f"UPDATE api_keys SET last_used_at = {used} WHERE name = 'screen'")

        listed = cafe("key", "list", database=database)

        assert listed.stdout == (
            f"{till}…  till  ORDERS_PLACE ORDERS_READ  last used: never\n"
            f"{screen}…  screen  KITCHEN  last used: 2026-05-01 12:30 UTC, expires 2999-12-31 18:00 UTC\n"
        )

    def test_without_keys_nothing_is_listed(self, database: Path) -> None:
        assert cafe("key", "list", database=database).stdout == ""

    @pytest.mark.parametrize("ending", ["", "…"])
    def test_a_key_is_revoked_by_how_it_is_listed(self, database: Path, ending: str) -> None:
        till = cut(database)

        revoked = cafe("key", "revoke", till + ending, database=database)

        assert (revoked.returncode, revoked.stdout) == (0, "Revoked the key till.\n")
        assert unrevoked(database) == []
        assert refused(database, "key", "revoke", till) == f"No key is listed as {till}: see cafe key list."

    @pytest.mark.parametrize("prefix", ["cafe_", "", "c", "%", "…"])
    def test_half_a_prefix_revokes_nothing(self, database: Path, prefix: str) -> None:
        till = cut(database)

        assert refused(database, "key", "revoke", prefix).startswith("No key is listed as")
        assert unrevoked(database) == [till]

    def test_neither_of_two_that_begin_alike(self, database: Path) -> None:
        for name in ("till", "screen"):
            cut(database, name)
        execute(database, "UPDATE api_keys SET prefix = 'cafe_abcdef'")

        assert (
            refused(database, "key", "revoke", "cafe_abcdef") == "2 keys are listed as cafe_abcdef: see cafe key list."
        )
        assert unrevoked(database) == ["cafe_abcdef"] * 2

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--name", "till", "--scope", "KITCHENS"), f"There is no scope KITCHENS: choose from {SCOPES}."),
            (("--name", "till", "--scope", "kitchen,orders"), f"There is no scope orders: choose from {SCOPES}."),
            (("--name", "till", "--scope", " , "), "A key without scopes opens nothing: name at least one."),
            (("--name", " ", "--scope", "KITCHEN"), "The name is empty."),
            (("--name", "x" * 81, "--scope", "KITCHEN"), "This text has 81 characters; at most 80 fit."),
            (
                ("--name", "till\x07", "--scope", "KITCHEN"),
                "This text has control characters, which no ticket can show; remove them.",
            ),
            (
                ("--name", "till", "--scope", "KITCHEN", "--expires", "2020-01-01"),
                "The key would have expired already.",
            ),
        ],
    )
    def test_a_mistake_is_told_plainly_and_nothing_made(
        self, database: Path, arguments: tuple[str, ...], said: str
    ) -> None:
        assert refused(database, "key", "create", *arguments) == said
        assert unrevoked(database) == []

    @pytest.mark.parametrize("date", ["tomorrow", "2026-13-01", "01.05.2026", "2026-05-01T08:00:00Z", "9999999"])
    def test_a_date_is_shown_how_to_be_written(self, database: Path, date: str) -> None:
        said = refused(database, "key", "create", "--name", "till", "--scope", "KITCHEN", "--expires", date)

        assert f"'{date}' does not match the formats '%Y-%m-%d', '%Y-%m-%dT%H:%M:%S'" in said

    @pytest.mark.parametrize("missing", ["--name", "--scope"])
    def test_what_is_missing_is_named(self, database: Path, missing: str) -> None:
        given = [
            word
            for flag, word in (("--name", "till"), ("--scope", "KITCHEN"))
            if flag != missing
            for word in (flag, word)
        ]

        assert f"Missing option '{missing}'" in refused(database, "key", "create", *given)
        assert not database.exists()

    def test_sessions_are_signed_with_another_secret(self, database: Path) -> None:
        with opened(database):
            pass
        before = kids(database)

        rotated = cafe("key", "rotate", database=database)

        assert rotated.stdout == "Sessions are signed with a new secret now.\n"
        assert len(kids(database) - before) == 1


class TestRoles:
    def test_somebody_is_made_a_barista_and_a_customer_again(self, database: Path) -> None:
        sign_up(database, "ada@example.com", "Ada")

        said = [
            cafe("role", who, role, database=database).stdout
            for who, role in [("ADA@example.com ", "barista"), ("ada@example.com", "CUSTOMER")]
        ]

        assert said == ["Ada <ada@example.com> is a barista now.\n", "Ada <ada@example.com> is a customer now.\n"]

    @pytest.mark.parametrize("who", ["eve@example.com", "", "ada", "%", "\udcff@example.com"])
    def test_nobody_has_this_address(self, database: Path, who: str) -> None:
        sign_up(database, "ada@example.com", "Ada")

        shown = who.encode("utf-8", "backslashreplace").decode().strip()
        assert refused(database, "role", who, "manager") == " ".join(f"Nobody has signed up as {shown}.".split())

    def test_of_two_accounts_with_one_address_one_must_be_named(self, database: Path) -> None:
        first = sign_up(database, "ada@example.com", "Ada")
        execute(
            database,
            "UPDATE people SET password_hash = NULL, issuer = 'https://login', subject = 'ada', role = 'barista'",
        )
        second = sign_up(database, "ada@example.com", "Eve")

        assert refused(database, "role", "ada@example.com", "manager") == (
            "2 accounts have the address ada@example.com. Say which, for addresses prove nothing:"
            f" --account {first} Ada, a barista --account {second} Eve, a customer"
        )
        named = cafe("role", "ada@example.com", "manager", "--account", first, database=database)
        assert named.stdout == "Ada <ada@example.com> is a manager now.\n"
        assert refused(database, "role", "ada@example.com", "manager", "--account", "x").startswith(
            "Nobody has signed up"
        )

    def test_a_role_that_there_is_not(self, database: Path) -> None:
        said = refused(database, "role", "ada@example.com", "owner")

        assert "'owner' is not one of 'customer', 'barista', 'manager'." in said


class TestSettings:
    @pytest.mark.parametrize("key", ["geheim ist süß", " spaced ", " ", "two\nlines", "ключ"])
    def test_a_key_that_no_header_carries_is_refused_without_being_shown(self, database: Path, key: str) -> None:
        said = cafe("serve", database=database, CAFE_API_KEY=key)

        assert said.returncode == 1 and said.stdout == ""
        assert said.stderr == (
            "CAFE_API_KEY: must be ASCII letters, digits and signs without spaces around them:"
            " no header carries others\n"
        )
        assert not database.exists()

    @pytest.mark.parametrize(
        ("issuer", "audience", "said"),
        [
            ("http://login.example.com", "cafe", "CAFE_OIDC_ISSUER=http://login.example.com: an issuer is an https://"),
            ("https://login.example.com", "", "CAFE_OIDC_AUDIENCE is missing: say who the café is to CAFE_OIDC_ISSUER"),
        ],
    )
    def test_an_issuer_that_cannot_be_one_is_told_before_anything_is_made(
        self, database: Path, issuer: str, audience: str, said: str
    ) -> None:
        settings = {"CAFE_OIDC_ISSUER": issuer, "CAFE_OIDC_AUDIENCE": audience, "CAFE_API_KEY": ""}
        told = cafe("serve", database=database, **settings)

        assert told.returncode == 1 and told.stdout == "" and not database.exists()
        assert told.stderr.startswith(said)


def kids(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {kid for (kid,) in connection.execute("SELECT kid FROM signing_keys")}
