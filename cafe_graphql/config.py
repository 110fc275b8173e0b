"""Settings: read once from `CAFE_*` variables, checked, and handed down."""

import re
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


def _sendable(key: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]([ -~]*[!-~])?", key.get_secret_value()):
        raise ValueError("must be ASCII letters, digits and signs without spaces around them: no header carries others")
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

    http_profile: Literal["compat", "draft-2026-08"] = "compat"
    """The status codes of GraphQL over HTTP: those that clients and audits of today expect, or the draft's."""

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
