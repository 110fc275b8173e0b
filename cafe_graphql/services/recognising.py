"""Recognising who calls by what they send: a key, a session of ours, or the word of an outside issuer."""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cafe_graphql.core import accounts, texts
from cafe_graphql.core.errors import CafeError, Unauthenticated
from cafe_graphql.core.people import HOUSE, Actor, Person, Role
from cafe_graphql.services import key_cutting, sessions
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import keys, people
from cafe_graphql.store.database import Connection
from cafe_graphql.store.people import Proof

if TYPE_CHECKING:  # cryptography and an HTTP client, which few cafés need
    from cafe_graphql.gateways.oidc import Identity, Issuer

MAX_REMEMBERED = 1_000
MAX_LENGTH = 16_384
"""Characters of anything that tells who calls."""

NOTED_EVERY = timedelta(minutes=1)
"""How often it is noted that a key is in use."""

_log = logging.getLogger("cafe_graphql")


@dataclass(frozen=True, slots=True)
class Credential:
    """What somebody sends to say who they are, and what of it is kept."""

    text: str
    digest: str

    @classmethod
    def of(cls, text: str) -> Credential:
        """Take a key or token; `Unauthenticated` when it is too long to be one."""
        if len(text) > MAX_LENGTH:
            raise Unauthenticated("What you sent to say who you are is too long to be a key or a token.")
        return cls(text, key_cutting.digest(text))


@dataclass(frozen=True, slots=True)
class _Known:
    actor: Actor
    seen: int


class Callers:
    """Recognises callers. `house_key` is the key from the café's settings, `issuer` whom it trusts, if it has them.

    Whom it has recognised it remembers until anything is written to the books: so a key that is revoked, or a role that
    is taken away, in whichever process, counts at once.
    """

    def __init__(self, cafe: Cafe, house_key: str | None = None, issuer: Issuer | None = None) -> None:
        self._cafe = cafe
        self._issuer = issuer
        self._house = key_cutting.digest(house_key) if house_key else None
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._noted: dict[int, datetime] = {}
        self._notes: set[asyncio.Task[None]] = set()

    async def recognise(self, credential: Credential) -> Actor:
        """Give who sends this; `Unauthenticated` says what is wrong with it, and never repeats it.

        `Away` when only an issuer could tell, and it does not answer.

        A wrong key takes the same way, and the same time, whether there is one like it or not.
        """
        if (known := self.known(credential)) is not None:
            return known
        seen = self._cafe.store.data_version()
        actor = await self._looked_up(credential.text, credential.digest)
        self._remember(credential.digest, _Known(actor, seen))
        self._note_use(actor)
        return actor

    def known(self, credential: Credential) -> Actor | None:
        """Give who sends this if that was found out already, and nothing was written to the books since."""
        known = self._known.get(credential.digest)
        if known is None or known.seen != self._cafe.store.data_version() or self._is_over(known.actor):
            return None
        self._note_use(known.actor)
        return known.actor

    def _is_over(self, actor: Actor) -> bool:
        return actor.until is not None and self._cafe.clock() >= actor.until

    async def _looked_up(self, credential: str, digest: str) -> Actor:
        if (issuer := sessions.issuer_of(credential)) == sessions.OURS:
            return self._by_session(credential)
        if issuer is not None and self._issuer is not None and issuer == self._issuer.url:
            return await self._by_word(self._issuer, credential)
        if issuer is not None:
            raise Unauthenticated("This token is from an issuer that is not trusted here.")
        return self._by_key(digest)

    def _by_session(self, token: str) -> Actor:
        public_id, until = sessions.read(self._cafe, token)
        person = self._cafe.store.read_now(people.by_public_id, public_id)
        if person is None:
            raise Unauthenticated("This account is no longer there.")
        return person.actor(until)

    async def _by_word(self, issuer: Issuer, token: str) -> Actor:
        identity = await issuer.verify(token)
        person = self._cafe.store.read_now(people.by_identity, identity.issuer, identity.subject)
        role = _role(identity) if issuer.gives_roles else None
        if person is None or (role is not None and person.role is not role):
            person = await self._cafe.store.write(_welcome, self._cafe, identity, role)
        return person.actor(identity.expires_at + issuer.leeway)

    def _by_key(self, digest: str) -> Actor:
        is_house = self._house is not None and hmac.compare_digest(digest, self._house)
        key = self._cafe.store.read_now(keys.by_digest, digest)
        if is_house:
            return HOUSE
        if key is None or self._is_over(key.actor):
            raise Unauthenticated("This key opens nothing: it is wrong, has expired, or was revoked.")
        return key.actor

    def _remember(self, digest: str, known: _Known) -> None:
        self._known[digest] = known
        self._known.move_to_end(digest)
        if len(self._known) > MAX_REMEMBERED:
            self._known.popitem(last=False)

    def _note_use(self, actor: Actor) -> None:
        """Note now and then that a key is in use, without keeping anybody waiting for it."""
        if actor.key_id is None:
            return
        key_id, now = actor.key_id, self._cafe.clock()
        last = self._noted.get(key_id)
        if last is not None and now - last < NOTED_EVERY:
            return
        self._noted[key_id] = now
        task = asyncio.create_task(self._write_down(key_id, now))
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _write_down(self, key_id: int, now: datetime) -> None:
        try:
            await self._cafe.store.write(keys.touch, key_id, now)
        except CafeError as error:
            _log.warning("When a key was last used could not be noted: %s", error)


def still(cafe: Cafe, actor: Actor) -> Actor:
    """Give a caller of a while ago as they are now; `Unauthenticated` when they have to say anew who they are."""
    if actor.until is not None and cafe.clock() >= actor.until:
        raise Unauthenticated("Your session has ended, or your key has expired: say anew who you are.")
    if actor.key_id is None and actor.person_id is None:
        return actor
    return cafe.known(_now, actor)


def _now(connection: Connection, actor: Actor) -> Actor:
    if actor.key_id is not None and (key := keys.by_id(connection, actor.key_id)):
        return key.actor
    if (
        actor.person_id is not None
        and actor.until is not None
        and (person := people.by_id(connection, actor.person_id))
    ):
        return person.actor(actor.until)
    raise Unauthenticated("Your key was revoked, or your account is no longer there.")


def _role(identity: Identity) -> Role:
    """The highest of the roles that an issuer gives somebody, of those that there are here."""
    said = {role.lower() for role in identity.roles}
    return max((role for role in Role if role in said), key=list(Role).index, default=Role.CUSTOMER)


def _welcome(connection: Connection, cafe: Cafe, identity: Identity, role: Role | None) -> Person:
    """Open an account for somebody who comes for the first time, or give them the role that they have come to have."""
    person = people.by_identity(connection, identity.issuer, identity.subject)
    if person is not None:
        return people.change_role(connection, person, role or person.role)
    name = texts.one_line(identity.name or "", accounts.MAX_NAME) or "Customer"
    email = accounts.normal(identity.email) if identity.email and identity.email_verified else None
    proof = Proof(issuer=identity.issuer, subject=identity.subject)
    return people.add(connection, secrets.token_urlsafe(12), name, email, role or Role.CUSTOMER, proof, cafe.clock())
