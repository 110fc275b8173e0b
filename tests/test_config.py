"""Settings: what is read from variables, and what is refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from cafe_graphql.config import Settings
from cafe_graphql.printing.paper import FONTS
from tests.running import cafe

GOOD_KEY = "correct-horse-battery-staple"


def settings(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Settings()


def refused(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    with pytest.raises(ValidationError) as refusal:
        settings(monkeypatch, **variables)
    [error] = refusal.value.errors()
    return error["msg"].removeprefix("Value error, ").splitlines()


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    read = settings(
        monkeypatch,
        CAFE_CORS_ORIGINS="https://shop.example, https://till.example:8443",
        CAFE_TRUSTED_PROXIES="10.0.0.1,10.1.0.0/16, ::1",
    )

    assert read.cors_origins == ("https://shop.example", "https://till.example:8443")
    assert read.trusted_proxies == ("10.0.0.1/32", "10.1.0.0/16", "::1/128")


def test_a_public_address_may_have_a_path_and_ends_without_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, CAFE_PUBLIC_URL="https://cafe.example/corner/").public_url == (
        "https://cafe.example/corner"
    )


def test_a_font_for_receipts_is_a_font(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = FONTS / "DejaVuSans.ttf"

    assert settings(monkeypatch, CAFE_RECEIPT_FONT=str(ours)).receipt_font == ours


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CAFE_CORS_ORIGINS", "shop.example"),
        ("CAFE_CORS_ORIGINS", "https://shop.example/"),
        ("CAFE_CORS_ORIGINS", "https://shop.example/menu"),
        ("CAFE_CORS_ORIGINS", "https://*.example"),
        ("CAFE_CORS_ORIGINS", "null"),
        ("CAFE_TRUSTED_PROXIES", "*"),
        ("CAFE_TRUSTED_PROXIES", "proxy.example"),
        ("CAFE_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("CAFE_REDIS_URL", "http://localhost:6379"),
        ("CAFE_CARD_GATEWAY", "paypal"),
        ("CAFE_STRIPE_KEY", "pk_live_4eC39HqLyjWDarjtT1zdp7dc"),
        ("CAFE_STRIPE_KEY", "sk_live_ 4eC39HqLyjWDarjtT1zdp7dc"),
        ("CAFE_RATE_LIMIT", "-1"),
        ("CAFE_RATE_LIMIT", "2147483648"),
        ("CAFE_OPERATION_SECONDS", "0"),
        ("CAFE_OPERATION_SECONDS", "nan"),
        ("CAFE_MAX_OPERATIONS", "0"),
        ("CAFE_MAX_STREAMS", "none"),
        ("CAFE_PUBLIC_URL", "cafe.example"),
        ("CAFE_PUBLIC_URL", "ftp://cafe.example"),
        ("CAFE_PUBLIC_URL", "https://"),
        ("CAFE_PUBLIC_URL", "https://cafe.example/?table=4"),
        ("CAFE_PUBLIC_URL", "https://ana:secret@cafe.example"),
        ("CAFE_PUBLIC_URL", "https://cafe.example:99999"),
        ("CAFE_RECEIPT_FONT", "/nowhere/tea.ttf"),
        ("CAFE_RECEIPT_FONT", __file__),
    ],
)
def test_what_cannot_be_meant_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    refused(monkeypatch, **{name: value})


@pytest.mark.parametrize(
    ("variables", "limit"),
    [
        ({}, 2_000_000_000),
        ({"CAFE_RATE_LIMIT": "0"}, 2_000_000_000),
        ({"CAFE_RATE_LIMIT": "500"}, 500),
        ({"CAFE_PRODUCTION": "1"}, 1_000_000),
        ({"CAFE_PRODUCTION": "1", "CAFE_RATE_LIMIT": "500"}, 500),
    ],
)
def test_the_budget_is_no_hindrance_in_development_and_one_in_production(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], limit: int
) -> None:
    assert settings(monkeypatch, **variables).cost_per_minute == limit


def test_production_names_everything_that_is_unsafe_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    unsafe = {
        "CAFE_CORS_ORIGINS": "https://shop.example,*",
        "CAFE_API_KEY": "beans-and-water",
        "CAFE_OIDC_ISSUER": "http://people.example",
        "CAFE_RATE_LIMIT": "0",
        "CAFE_CARD_GATEWAY": "terminal",
        "CAFE_STRIPE_KEY": "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
        "CAFE_STRIPE_URL": "https://stripe.example",
        "CAFE_RELOAD": "1",
    }

    assert settings(monkeypatch, **unsafe).reload
    assert refused(monkeypatch, CAFE_PRODUCTION="1") == [
        "CAFE_PRODUCTION refuses what is not safe:",
        "CAFE_CORS_ORIGINS: * lets the pages of every site read answers; name the origins",
        "CAFE_API_KEY: it can be guessed; take 24 characters or more",
        "CAFE_OIDC_ISSUER: whoever is on the way there can say who somebody is; take one at https://",
        "CAFE_RATE_LIMIT: it is none; set it from 1 to 100000000, or leave it out for 1000000",
        "CAFE_CARD_GATEWAY: the terminal on this machine takes no real money, and every card pays; take stripe or none",
        "CAFE_STRIPE_KEY: with a test key nobody's card is charged; take a live one",
        "CAFE_STRIPE_URL: the key and every card would be sent elsewhere; leave it out",
        "--reload: it watches the code, and drops everybody when that changes; leave it out",
    ]


@pytest.mark.parametrize(
    ("variables", "gateway"),
    [
        ({}, "terminal"),
        ({"CAFE_CARD_GATEWAY": "none"}, "none"),
        ({"CAFE_PRODUCTION": "1"}, "none"),
        (
            {"CAFE_PRODUCTION": "1", "CAFE_CARD_GATEWAY": "stripe", "CAFE_STRIPE_KEY": "rk_live_4eC39HqLyjWDarjtT1z"},
            "stripe",
        ),
    ],
)
def test_in_production_nobody_takes_cards_unless_it_is_said_who(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], gateway: str
) -> None:
    assert settings(monkeypatch, **variables).takes_cards_by == gateway


def test_stripe_needs_the_key_of_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, CAFE_CARD_GATEWAY="stripe") == [
        "CAFE_STRIPE_KEY is missing: CAFE_CARD_GATEWAY=stripe needs the key of a Stripe account"
    ]


def test_production_starts_with_settings_that_are_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    safe = {"CAFE_CORS_ORIGINS": "https://shop.example", "CAFE_API_KEY": GOOD_KEY, "CAFE_RATE_LIMIT": "100000000"}

    assert settings(monkeypatch, CAFE_PRODUCTION="1", **safe).production


def test_a_server_that_is_refused_says_why_and_tells_no_secret(tmp_path: Path) -> None:
    said = cafe("serve", "--reload", database=tmp_path / "cafe.db", CAFE_PRODUCTION="1", CAFE_API_KEY="beans-and-water")
    wrong = cafe("serve", database=tmp_path / "cafe.db", CAFE_REDIS_URL="redi://:hunter2@localhost")

    assert (said.returncode, wrong.returncode) == (1, 1)
    assert "CAFE_API_KEY: it can be guessed" in said.stderr and "--reload: it watches" in said.stderr
    assert "CAFE_REDIS_URL: must begin with redis://, rediss:// or unix://" in wrong.stderr
    for printed in (said, wrong):
        assert "Traceback" not in printed.stderr
        assert "beans-and-water" not in printed.stderr and "hunter2" not in printed.stderr
