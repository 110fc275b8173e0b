"""`cafe reconcile`: what it prints of payments that were left under way, and how it exits."""

from pathlib import Path

import pytest

from cafe_graphql.core.payments import PaymentStatus
from tests.running import cafe
from tests.services import tills
from tests.services.books import all_orders, opened


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "cafe.db"


def left_under_way(database: Path, token: str) -> None:
    """Have a card asked whose answer is lost."""
    with opened(database) as books, tills.with_terminal(books, database.with_name("cafe.db-terminal")):
        assert tills.card(books, tills.place(books), token).takings.pending == 350


def test_what_was_left_under_way_is_settled_and_counted(database: Path) -> None:
    left_under_way(database, "tok_timeout")
    left_under_way(database, "tok_unheard")

    said, again = cafe("reconcile", database=database), cafe("reconcile", database=database)

    assert (said.stdout, said.stderr, said.returncode) == ("Settled: 2. Still under way: 0.\n", "", 0)
    assert (again.stdout, again.stderr, again.returncode) == ("Settled: 0. Still under way: 0.\n", "", 0)
    with opened(database) as books:
        paid, unpaid = all_orders(books)
    assert (paid.payment_status, unpaid.payment_status) == (PaymentStatus.PAID, PaymentStatus.UNPAID)
    assert (paid.amount_due, unpaid.amount_due) == (0, 350)


def test_what_another_gateway_began_waits_for_it(database: Path) -> None:
    left_under_way(database, "tok_timeout")

    said = cafe("reconcile", database=database, CAFE_CARD_GATEWAY="none")

    assert (said.stdout, said.returncode) == ("Settled: 0. Still under way: 1.\n", 1)
    assert said.stderr == (
        "They began in the last 20 seconds, or CAFE_CARD_GATEWAY=none does not answer, or is not the gateway that they"
        " were begun with.\n"
    )


def test_without_books_it_makes_none(database: Path) -> None:
    refused = cafe("reconcile", database=database)

    assert (refused.stdout, refused.returncode) == ("", 1)
    assert refused.stderr == f"{database} is not there yet, and neither are any payments: start with cafe serve.\n"
    assert not database.exists()


def test_stripe_without_its_key_is_not_served(database: Path) -> None:
    said = cafe("serve", database=database, CAFE_CARD_GATEWAY="stripe")

    assert (said.stdout, said.returncode) == ("", 1)
    assert said.stderr == ("CAFE_STRIPE_KEY is missing: CAFE_CARD_GATEWAY=stripe needs the key of a Stripe account\n")


def test_stripe_without_its_library_is_not_served(database: Path, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "found = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'stripe' else found(name, package)\n"
    )

    said = cafe(
        "serve",
        database=database,
        CAFE_CARD_GATEWAY="stripe",
        CAFE_STRIPE_KEY="sk_test_4eC39HqLyjWDarjtT1zdp7dc",
        PYTHONPATH=str(hidden),
    )

    assert (said.stdout, said.returncode) == ("", 1)
    assert said.stderr.startswith("Stripe's library is not installed: ") and said.stderr.endswith(
        "pip install stripe\n"
    )
