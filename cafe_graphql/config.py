"""Settings: read once from `CAFE_*` variables, checked, and handed down."""

import re
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+")
_SQLITE = "sqlite:///"
NO_LIMIT = 2_000_000_000
PRODUCTION_LIMIT = 1_000_000
HARDLY_A_LIMIT = 100_000_000
KEY_LENGTH = 24
STRIPE = "https://api.stripe.com"
SECRET = ("api_key", "redis_url", "stripe_key")
"""Settings that are never shown, not even when they are wrong."""


def _sqlite_file(url: str) -> str:
    path = url.removeprefix(_SQLITE)
    if path == url or path in ("", ":memory:") or "?" in path:
        raise ValueError("must name a SQLite file and no more, like sqlite:///cafe.db or sqlite:////var/lib/cafe.db")
    return url


def _networks(said: object) -> object:
    """Read "10.0.0.1, 10.1.0.0/16": addresses and networks only, so that nobody is trusted by name, or all by *."""
    if not isinstance(said, str):
        return said
    try:
        return tuple(str(ip_network(part.strip())) for part in said.split(",") if part.strip())
    except ValueError as error:
        raise ValueError(f"must be addresses or networks, separated by commas ({error})") from None


def _redis(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    try:
        parts = urlsplit(url.get_secret_value())
        is_sound = parts.scheme == "unix" or (parts.port != 0 and bool(re.fullmatch(r"/?\d*", parts.path)))
    except ValueError:
        is_sound = False
    if not is_sound:
        raise ValueError("must name a host, a port and the number of a database, like redis://localhost:6379/0")
    return url


def _origins(said: object) -> object:
    """Read "https://shop.example, https://till.example:8443", or "*"."""
    if not isinstance(said, str):
        return said
    origins = tuple(part.strip() for part in said.split(",") if part.strip())
    for origin in origins:
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            raise ValueError("must be origins as a browser sends them, like https://shop.example, or *")
    return origins


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound or parts.query or parts.fragment or parts.username is not None or re.search(r"\s", url):
        raise ValueError("must be an address as guests would open it, like https://cafe.example")
    return url.rstrip("/")


def _font(file: Path) -> Path:
    with file.open("rb") as opened:
        if opened.read(4) not in (b"\0\1\0\0", b"OTTO", b"ttcf", b"true"):
            raise ValueError("must name a TrueType or OpenType font: a file in .ttf, .otf or .ttc")
    return file


def _sendable(key: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]([ -~]*[!-~])?", key.get_secret_value()):
        raise ValueError("must be ASCII letters, digits and signs without spaces around them: no header carries others")
    return key


def _stripe_key(key: SecretStr) -> SecretStr:
    if not re.fullmatch(r"(sk|rk)_(test|live)_\w+", key.get_secret_value()):
        raise ValueError("must be a secret or restricted key of Stripe, like sk_live_… or rk_live_…")
    return key


class Settings(BaseSettings):
    """How this café is run; each field is the variable `CAFE_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="CAFE_", env_ignore_empty=True, hide_input_in_errors=True)

    database_url: Annotated[str, AfterValidator(_sqlite_file)] = f"{_SQLITE}cafe.db"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    api_key: Annotated[SecretStr, AfterValidator(_sendable)] | None = None
    """A key that opens everything and is kept in no database: for the first minutes, and for containers."""

    oidc_issuer: str | None = None
    """An OpenID Connect issuer whose ID tokens are believed, spelled as it spells itself."""

    oidc_audience: str | None = None
    """Who the café is to that issuer: its client id there; several with commas."""

    oidc_roles_claim: str | None = None
    """The claim that says `barista` or `manager`, like `realm_access.roles`; without it `cafe role` gives roles."""

    production: bool = False
    """Closes the pages for people and the schema to strangers, sets a rate limit, and refuses unsafe settings."""

    reload: bool = False
    """Whether the server starts again when its code changes."""

    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)] = ()
    """The sites besides our own whose pages may read answers, like https://shop.example; * is all of them."""

    http_profile: Literal["compat", "draft-2026-08"] = "compat"
    """The status codes of GraphQL over HTTP: those that clients and audits of today expect, or the draft's."""

    trusted_documents: Path | None = None
    """A list of GraphQL documents, as the tools of Apollo, Relay and graphql-codegen write it; only those are run."""
    rate_limit: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    """The cost that one caller may ask in a minute; 0 is none to speak of, which is also the default."""

    redis_url: Annotated[SecretStr, AfterValidator(_redis)] | None = None
    """The Redis in which workers count what callers use, like redis://localhost:6379/0; without, each for itself."""

    operation_seconds: Annotated[float, Field(gt=0, le=3_600)] = 10.0
    """How long an operation may take; a mutation is not ended then, but its caller waits no longer."""

    max_operations: Annotated[int, Field(ge=1, le=100_000)] = 200
    """How many operations of a worker may wait for something at once, such as the disk; a hundred more may queue."""

    max_streams: Annotated[int, Field(ge=1, le=1_000_000)] = 5_000
    """How many streams a worker keeps open: sockets, and subscriptions as long responses."""

    max_streams_per_address: Annotated[int, Field(ge=1, le=1_000_000)] = 2_000
    """How many of them are opened from one address."""

    trusted_proxies: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_networks)] = ()
    """Addresses and networks of proxies, whose word is taken for where a caller calls from; by default nobody's."""

    public_url: Annotated[str, AfterValidator(_address)] | None = None
    """Where guests reach this café, like https://cafe.example; without, links begin with what each caller called it."""

    receipt_font: Annotated[FilePath, AfterValidator(_font)] | None = None
    """A TrueType or OpenType font for receipts in PDF, with the letters that the built-in ones lack."""

    @model_validator(mode="after")
    def _refuse_what_is_unsafe(self) -> Self:
        if self.production and (found := [f"{name}: {words}" for name, is_unsafe, words in UNSAFE if is_unsafe(self)]):
            raise ValueError("\n".join(("CAFE_PRODUCTION refuses what is not safe:", *found)))
        return self

    @model_validator(mode="after")
    def _need_a_key_for_stripe(self) -> Self:
        if self.card_gateway == "stripe" and self.stripe_key is None:
            raise ValueError("CAFE_STRIPE_KEY is missing: CAFE_CARD_GATEWAY=stripe needs the key of a Stripe account")
        return self

    @property
    def cost_per_minute(self) -> int:
        """What one caller may ask in a minute: in development counted and shown, and never in the way."""
        return self.rate_limit or (PRODUCTION_LIMIT if self.production else NO_LIMIT)

    card_gateway: Literal["none", "terminal", "stripe"] | None = None
    """Who takes cards: nobody, a terminal on this machine that takes no real money, or Stripe. In production nobody by
    default, else the terminal."""

    stripe_key: Annotated[SecretStr, AfterValidator(_stripe_key)] | None = None
    """The secret or restricted key of the café's Stripe account."""

    stripe_url: str = STRIPE
    """Where Stripe answers; another one is for tests."""

    pay_first: bool = False
    """Whether an order goes to the kitchen only when it is paid."""

    response_cache: Literal["on", "off"] = "on"
    """Whether answers that are the same for everybody are kept until the menu changes."""

    @property
    def takes_cards_by(self) -> Literal["none", "terminal", "stripe"]:
        """Who takes the cards: what `card_gateway` says, or its default."""
        return self.card_gateway or ("none" if self.production else "terminal")

    @property
    def terminal_file(self) -> Path:
        """The file in which the local terminal keeps what it has done, beside the database."""
        return self.database_file.with_name(f"{self.database_file.name}-terminal")

    @property
    def database_file(self) -> Path:
        """The file behind `database_url`."""
        return Path(self.database_url.removeprefix(_SQLITE)).absolute()

    @property
    def house_key(self) -> str | None:
        """The secret of `api_key`."""
        return self.api_key.get_secret_value() if self.api_key else None

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")


UNSAFE: tuple[tuple[str, Callable[[Settings], bool], str], ...] = (
    (
        "CAFE_CORS_ORIGINS",
        lambda settings: "*" in settings.cors_origins,
        "* lets the pages of every site read answers; name the origins",
    ),
    (
        "CAFE_API_KEY",
        lambda settings: settings.api_key is not None and len(settings.api_key.get_secret_value()) < KEY_LENGTH,
        f"it can be guessed; take {KEY_LENGTH} characters or more",
    ),
    (
        "CAFE_OIDC_ISSUER",
        lambda settings: settings.oidc_issuer is not None and not settings.oidc_issuer.startswith("https://"),
        "whoever is on the way there can say who somebody is; take one at https://",
    ),
    (
        "CAFE_RATE_LIMIT",
        lambda settings: settings.rate_limit is not None and not 0 < settings.rate_limit <= HARDLY_A_LIMIT,
        f"it is none; set it from 1 to {HARDLY_A_LIMIT}, or leave it out for {PRODUCTION_LIMIT}",
    ),
    (
        "CAFE_TRUSTED_PROXIES",
        lambda settings: any(ip_network(proxies).prefixlen == 0 for proxies in settings.trusted_proxies),
        "whoever calls could say that it calls from elsewhere; name your proxies alone",
    ),
    (
        "CAFE_CARD_GATEWAY",
        lambda settings: settings.card_gateway == "terminal",
        "the terminal on this machine takes no real money, and every card pays; take stripe or none",
    ),
    (
        "CAFE_STRIPE_KEY",
        lambda settings: settings.stripe_key is not None and "_test_" in settings.stripe_key.get_secret_value(),
        "with a test key nobody's card is charged; take a live one",
    ),
    (
        "CAFE_STRIPE_URL",
        lambda settings: settings.stripe_url != STRIPE,
        "the key and every card would be sent elsewhere; leave it out",
    ),
    (
        "--reload",
        lambda settings: settings.reload,
        "it watches the code, and drops everybody when that changes; leave it out",
    ),
)
"""What production refuses: the setting, when it does, and what to do about it."""
