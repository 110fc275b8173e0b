"""The reception: where it is found out who calls, by what they send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.types import Scope

from cafe_graphql.core.errors import Away, Busy, SessionEnded, Unauthenticated
from cafe_graphql.core.people import GUEST, Actor
from cafe_graphql.services.recognising import Callers, Credential
from cafe_graphql.web import credentials
from cafe_graphql.web.heads import noted
from cafe_graphql.web.rates import RateLimiter
from cafe_graphql.web.refusals import Refused
from cafe_graphql.web.requests import Headers, headers_of


class Reception:
    """One for each worker. `callers` gives who recognises them, once the café is open."""

    def __init__(self, callers: Callable[[], Callers], rates: RateLimiter | None = None) -> None:
        self._callers = callers
        self._rates = rates

    async def caller(self, scope: Scope, parameters: Mapping[str, Any] | None = None) -> Actor:
        """Give who calls; raises `Refused` when what they send cannot be trusted, and holds back who guesses.

        `parameters` came with a socket's `connection_init`: what they say goes before the handshake's own headers.
        """
        said = parameters and credentials.in_parameters(parameters)
        try:
            credential = _sent(said) if said else noted(scope, _sent_by_head)
            if credential is None:
                return GUEST
            callers = self._callers()
            return callers.known(credential) or await callers.recognise(credential)
        except SessionEnded as error:  # it was right once: no guess
            raise credentials.unauthenticated(str(error)) from None
        except Unauthenticated as error:
            if self._rates is not None:
                await self._rates.blame(scope)
            raise credentials.unauthenticated(str(error)) from None
        except (Away, Busy) as error:
            raise Refused(503, "SERVICE_UNAVAILABLE", str(error), ((b"retry-after", b"5"),)) from None


def _sent_by_head(scope: Scope) -> Credential | None:
    return _sent(headers_of(scope))


def _sent(headers: Headers) -> Credential | None:
    text = credentials.sent(headers)
    return None if text is None else Credential.of(text)
