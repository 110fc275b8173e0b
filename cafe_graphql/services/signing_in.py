"""Signing in: opening an account, proving who one is by password, and what somebody is to the café."""

import secrets
import time
from collections import Counter
from math import ceil

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from cafe_graphql.core import accounts
from cafe_graphql.core.errors import Rejected, Throttled
from cafe_graphql.core.people import Actor, Person, Role
from cafe_graphql.core.problems import Problem, ProblemCode
from cafe_graphql.services import passwords, sessions
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.sessions import Session
from cafe_graphql.store import people
from cafe_graphql.store.database import Connection
from cafe_graphql.store.people import Proof

WRONG_TRIES = RateLimitItemPerMinute(10, 5)
"""How many wrong passwords one account takes in five minutes, wherever they come from."""

_tries = MovingWindowRateLimiter(MemoryStorage())
_being_tried: Counter[str] = Counter()


async def sign_up(cafe: Cafe, email: str, password: str, name: str) -> Session:
    """Open an account for a customer, and sign them in; `Rejected` says everything that stands in its way."""
    if problems := list(accounts.problems(email, password, name)):
        raise Rejected(problems)
    proof = Proof(password_hash=await passwords.hashed(password))
    return sessions.begin(cafe, await cafe.store.write(_sign_up, cafe, accounts.normal(email), name.strip(), proof))


async def sign_in(cafe: Cafe, email: str, password: str) -> Session:
    """Sign somebody in by their password; `Rejected` does not say which of the two was wrong.

    `Throttled` when it has been guessed at too often; then the right password is refused, too.
    """
    email = accounts.normal(email)[: accounts.MAX_EMAIL]
    found = await cafe.store.read(people.with_password, email)
    if not await _is_right(email, found and found[1], password):
        message = "There is no account with this address and this password."
        raise Rejected([Problem(ProblemCode.WRONG_CREDENTIALS, message, ())])
    assert found is not None, "no password matches where there is no account"
    person, password_hash = found
    if passwords.is_outdated(password_hash):
        await cafe.store.write(people.change_password_hash, person, await passwords.hashed(password))
    return sessions.begin(cafe, person)


async def with_email(cafe: Cafe, email: str) -> list[Person]:
    """Give everybody with this address: for whoever holds the café's books, so nobody is asked who they are."""
    return await cafe.store.read(people.with_email, accounts.normal(email))


async def change_role(cafe: Cafe, person: Person, role: Role) -> Person:
    """Give somebody another role: for whoever holds the café's books, so nobody is asked who they are."""
    return await cafe.store.write(people.change_role, person, role)


async def who_is(cafe: Cafe, actor: Actor) -> Person | None:
    """Give the account behind an actor; None for guests and keys."""
    return None if actor.person_id is None else await cafe.store.read(people.by_id, actor.person_id)


def _sign_up(connection: Connection, cafe: Cafe, email: str, name: str, proof: Proof) -> Person:
    if people.with_password(connection, email) is not None:
        message = "There is an account with this address already: sign in, or use another."
        raise Rejected([Problem(ProblemCode.EMAIL_TAKEN, message, ("email",))])
    return people.add(connection, secrets.token_urlsafe(12), name, email, Role.CUSTOMER, proof, cafe.clock())


async def _is_right(email: str, password_hash: str | None, password: str) -> bool:
    """Whether it is the password, and count the try if it is not; `Throttled` after too many.

    One that is still being looked at counts as wrong: else all that come at the same moment would be looked at.
    """
    _being_tried[email] += 1
    try:
        if not _tries.test(WRONG_TRIES, email, cost=_being_tried[email]):
            raise _throttled(email)
        is_right = len(password) <= accounts.MAX_PASSWORD and await passwords.matches(password_hash, password)
        if not is_right:
            _tries.hit(WRONG_TRIES, email)
        return is_right
    finally:
        _being_tried[email] -= 1
        if not _being_tried[email]:
            del _being_tried[email]


def _throttled(email: str) -> Throttled:
    again_at, _ = _tries.get_window_stats(WRONG_TRIES, email)
    seconds = max(1, ceil(again_at - time.time()))
    return Throttled(f"Too many wrong passwords for this account: try again in {seconds} s.", seconds)
