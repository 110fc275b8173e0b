"""Settings: read once from `CAFE_*` variables, checked, and handed down."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_SQLITE = "sqlite:///"


def _sqlite_file(url: str) -> str:
    path = url.removeprefix(_SQLITE)
    if path == url or path in ("", ":memory:") or "?" in path:
        raise ValueError("must name a SQLite file and no more, like sqlite:///cafe.db or sqlite:////var/lib/cafe.db")
    return url


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

    response_cache: Literal["on", "off"] = "on"
    """Whether answers that are the same for everybody are kept until the menu changes."""

    @property
    def database_file(self) -> Path:
        """The file behind `database_url`."""
        return Path(self.database_url.removeprefix(_SQLITE)).absolute()

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")
