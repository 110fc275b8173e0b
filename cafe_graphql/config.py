"""Settings: read once from `CAFE_*` variables, checked, and handed down."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_SQLITE = "sqlite:///"
NO_LIMIT = 2_000_000_000


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


class Settings(BaseSettings):
    """How this café is run; each field is the variable `CAFE_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="CAFE_", env_ignore_empty=True)

    database_url: Annotated[str, AfterValidator(_sqlite_file)] = f"{_SQLITE}cafe.db"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    api_key: SecretStr | None = None
    """What `X-API-Key` must say for `GET /private/orders`; without it nobody may read them."""

    http_profile: Literal["compat", "draft-2026-08"] = "compat"
    """The status codes of GraphQL over HTTP: those that clients and audits of today expect, or the draft's."""

    rate_limit: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    """The cost that one caller may ask in a minute; 0 is none to speak of, which is also the default."""

    redis_url: SecretStr | None = None
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

    @property
    def cost_per_minute(self) -> int:
        """What one caller may ask in a minute: in development counted and shown, and never in the way."""
        return self.rate_limit or NO_LIMIT

    @property
    def database_file(self) -> Path:
        """The file behind `database_url`."""
        return Path(self.database_url.removeprefix(_SQLITE)).absolute()

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")
