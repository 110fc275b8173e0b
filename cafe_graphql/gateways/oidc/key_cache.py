"""Keeps an issuer's keys at hand, so that checking a token asks nobody; asks again when they age or one is missing."""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass

from cafe_graphql.gateways.oidc import discovery
from cafe_graphql.gateways.oidc.errors import Unreachable
from cafe_graphql.gateways.oidc.key_sets import Key, KeySet

_log = logging.getLogger("cafe_graphql")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for an issuer and to trust what it said, in seconds."""

    lifetime: float = 600
    """After which keys are asked for again: a key that the issuer takes back is refused no later."""

    kept: float = 24 * 3600
    """For which they are used while the issuer is away."""

    cooldown: float = 30
    """Between two askings, whatever keys are named to us: who makes up names cannot make us ask more often."""

    retry: float = 5
    """The same after a failed one."""

    timeout: float = 5
    """For one asking as a whole, which is two documents."""


class KeyCache:
    """The keys of one issuer, as last seen. It belongs to one event loop."""

    def __init__(self, issuer: str, patience: Patience, monotonic: Callable[[], float]) -> None:
        self._issuer = issuer
        self._patience = patience
        self._now = monotonic
        self._keys: KeySet | None = None
        self._seen_at = self._not_before = -math.inf
        self._failure: Unreachable | None = None
        self._asking: asyncio.Task[None] | None = None

    async def find(self, kid: str | None, algorithm: str) -> Key | None:
        """Give the key that a token names; None if the issuer has no such key, Unreachable if it cannot be asked."""
        if self._age >= self._patience.lifetime:
            # Only the first to find the issuer away waits for it; then the kept keys serve while we go on trying.
            await self._ask(wait=self._failure is None or self._kept is None)
        key = self._pick(kid, algorithm)
        if key is None:
            await self._ask(wait=True)
            key = self._pick(kid, algorithm)
        if key is None and self._failure is not None:
            raise Unreachable(self._failure.reason)
        return key

    async def refresh(self) -> None:
        """Ask for the keys now, unless they were just asked for; raise Unreachable if there are none."""
        await self._ask(wait=True)
        if self._failure is not None:
            raise Unreachable(self._failure.reason)

    @property
    def _age(self) -> float:
        return self._now() - self._seen_at

    @property
    def _kept(self) -> KeySet | None:
        return self._keys if self._age < self._patience.kept else None

    def _pick(self, kid: str | None, algorithm: str) -> Key | None:
        return None if self._kept is None else self._kept.pick(kid, algorithm)

    async def _ask(self, *, wait: bool) -> None:
        """See that the issuer is being asked, by one for all, but not again so soon."""
        if self._asking is None:
            if self._now() < self._not_before:
                return
            self._asking = asyncio.create_task(self._fetch())
        if wait:
            await asyncio.shield(self._asking)  # one caller's leaving must not take it from the others

    async def _fetch(self) -> None:
        self._not_before = self._now() + self._patience.retry
        try:
            async with asyncio.timeout(self._patience.timeout):
                keys = await discovery.keys_of(self._issuer)
        except Unreachable as error:
            self._failed(error)
        except TimeoutError:
            self._failed(Unreachable(f"it takes longer than {self._patience.timeout:g} seconds"))
        except OSError as error:
            self._failed(Unreachable(f"no connection can be made: {error}"))
        else:
            self._succeeded(keys)
        finally:
            self._asking = None

    def _failed(self, error: Unreachable) -> None:
        if self._failure is None or self._failure.reason != error.reason:
            _log.warning("The identity provider %s cannot be asked for its keys: %s", self._issuer, error.reason)
        self._failure = error
        self._not_before = self._now() + self._patience.retry

    def _succeeded(self, keys: KeySet) -> None:
        if self._failure is not None:
            _log.info("The identity provider %s answers again", self._issuer)
        self._keys, self._failure, self._seen_at = keys, None, self._now()
        self._not_before = self._seen_at + self._patience.cooldown
