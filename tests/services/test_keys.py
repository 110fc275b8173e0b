"""Keys: cut, shown once, kept as a hash, used, expired, revoked; and what sessions are signed with."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path

import jwt
import pytest

from cafe_graphql.core.errors import Forbidden, Rejected, Unauthenticated
from cafe_graphql.core.people import GUEST, HOUSE, Actor, Scope
from cafe_graphql.core.problems import ProblemCode
from cafe_graphql.services import key_cutting, sessions, signing_in
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.key_cutting import Cut
from cafe_graphql.services.recognising import Callers, Credential
from cafe_graphql.services.sessions import Session
from cafe_graphql.store import keys
from tests.services.books import NOON, Clock, at_once, counted, execute, opened, written

TILL = (Scope.ORDERS_PLACE, Scope.ORDERS_READ)


def cut(cafe: Cafe, *scopes: Scope, by: Actor = HOUSE, lasts: timedelta | None = None) -> Cut:
    expires_at = None if lasts is None else cafe.clock() + lasts
    return asyncio.run(key_cutting.cut(cafe, by, "till", scopes or TILL, expires_at))


def recognised(callers: Callers, credential: str) -> Actor:
    return asyncio.run(_recognised(callers, credential))


async def _recognised(callers: Callers, credential: str) -> Actor:
    actor = await callers.recognise(Credential.of(credential))
    await asyncio.gather(*callers._notes)  # what is written down beside the answer
    return actor


def is_known(cafe: Cafe, credential: str) -> bool:
    try:
        return recognised(Callers(cafe), credential) is not None
    except Unauthenticated:
        return False


def signed_in(cafe: Cafe, email: str = "ada@example.com") -> Session:
    return asyncio.run(signing_in.sign_up(cafe, email, "an oat latte, please", "Ada"))


class TestCutting:
    def test_a_key_is_named_by_how_its_secret_begins(self, cafe: Cafe) -> None:
        made = cut(cafe, Scope.KITCHEN)

        assert made.secret.startswith("cafe_") and len(made.secret) == 48
        assert made.key.prefix == made.secret[:11]
        assert (made.key.name, made.key.scopes, made.key.created_at) == ("till", frozenset((Scope.KITCHEN,)), NOON)
        assert (made.key.last_used_at, made.key.expires_at) == (None, None)

    def test_two_keys_of_one_name_are_two(self, cafe: Cafe) -> None:
        first, second = cut(cafe), cut(cafe)

        assert first.secret != second.secret and first.key.public_id != second.key.public_id
        assert asyncio.run(key_cutting.every(cafe, HOUSE)) == [first.key, second.key]

    def test_its_secret_is_not_in_the_books(self, cafe: Cafe, file: Path) -> None:
        made = cut(cafe)

        on_disk = written(file)
        assert made.secret.encode() not in on_disk
        assert made.secret[11:].encode() not in on_disk
        assert key_cutting.digest(made.secret).encode() in on_disk  # so that the two above can fail

    def test_nobody_gives_what_they_have_not(self, cafe: Cafe) -> None:
        clerk = cut(cafe, Scope.KEYS, Scope.ORDERS_READ).key.actor

        with pytest.raises(Forbidden) as refused:
            cut(cafe, Scope.ORDERS_READ, Scope.MENU_WRITE, Scope.KITCHEN, by=clerk)

        assert str(refused.value) == "You cannot give KITCHEN, MENU_WRITE: you do not have it."
        assert len(asyncio.run(key_cutting.every(cafe, HOUSE))) == 1
        assert cut(cafe, Scope.ORDERS_READ, by=clerk).key.scopes == {Scope.ORDERS_READ}

    @pytest.mark.parametrize("scopes", [set(Scope) - {Scope.KEYS}, set()])
    def test_without_the_scope_nobody_cuts_lists_finds_or_revokes(self, cafe: Cafe, scopes: set[Scope]) -> None:
        made = cut(cafe)
        actor = Actor("person:1", "Ada", frozenset(scopes), person_id=1)

        for id in (made.key.public_id, "nobody"):
            with pytest.raises(Forbidden, match="To make and revoke keys, one needs the scope KEYS"):
                asyncio.run(key_cutting.revoke(cafe, actor, id))
            with pytest.raises(Forbidden, match="To make and revoke keys, one needs the scope KEYS"):
                asyncio.run(key_cutting.find(cafe, actor, id))
        with pytest.raises(Forbidden):
            cut(cafe, Scope.ORDERS_READ, by=actor)
        assert asyncio.run(key_cutting.every(cafe, actor)) == []
        assert is_known(cafe, made.secret)

    def test_a_guest_is_told_to_say_who_they_are(self, cafe: Cafe) -> None:
        with pytest.raises(Unauthenticated):
            cut(cafe, by=GUEST)
        with pytest.raises(Unauthenticated):
            asyncio.run(key_cutting.revoke(cafe, GUEST, "nobody"))
        assert asyncio.run(key_cutting.every(cafe, GUEST)) == []

    def test_what_is_refused_is_not_stored(self, cafe: Cafe, file: Path) -> None:
        with pytest.raises(Rejected) as refused:
            asyncio.run(key_cutting.cut(cafe, HOUSE, "\x00", [], NOON))

        codes = [problem.code for problem in refused.value.problems]
        assert codes == [ProblemCode.INVALID_TEXT, ProblemCode.EMPTY_SCOPES, ProblemCode.INVALID_EXPIRY]
        assert counted(file)["api_keys"] == 0


class TestUsing:
    def test_a_key_opens_what_its_scopes_say(self, cafe: Cafe) -> None:
        made = cut(cafe, Scope.KITCHEN)

        actor = recognised(Callers(cafe), made.secret)

        assert actor == Actor(f"key:{made.key.id}", "till", frozenset((Scope.KITCHEN,)), key_id=made.key.id)
        assert actor.person_id is None and not actor.is_guest

    def test_a_key_expires_by_the_cafe_s_clock(self, cafe: Cafe, clock: Clock) -> None:
        made, callers = cut(cafe, lasts=timedelta(days=1)), Callers(cafe)

        clock.passes(timedelta(days=1, microseconds=-1))
        assert recognised(callers, made.secret).key_id == made.key.id
        clock.passes(timedelta(microseconds=1))
        with pytest.raises(Unauthenticated, match="This key opens nothing"):
            recognised(callers, made.secret)

    def test_a_revoked_key_opens_nothing_at_once_in_every_process(self, cafe: Cafe, file: Path) -> None:
        made, callers = cut(cafe), Callers(cafe)
        assert recognised(callers, made.secret).key_id == made.key.id

        with opened(file) as other:
            asyncio.run(key_cutting.revoke(other, HOUSE, made.key.public_id))

        with pytest.raises(Unauthenticated, match="This key opens nothing"):
            recognised(callers, made.secret)
        assert asyncio.run(key_cutting.every(cafe, HOUSE)) == []

    def test_a_key_is_revoked_once(self, cafe: Cafe) -> None:
        made = cut(cafe)

        revoked = asyncio.run(key_cutting.revoke(cafe, HOUSE, made.key.public_id))
        with pytest.raises(Rejected) as again:
            asyncio.run(key_cutting.revoke(cafe, HOUSE, made.key.public_id))

        assert revoked == made.key
        assert [(p.code, p.path) for p in again.value.problems] == [(ProblemCode.NOT_FOUND, ("id",))]

    def test_its_last_use_is_noted_to_the_minute(self, cafe: Cafe, clock: Clock) -> None:
        made, callers = cut(cafe), Callers(cafe)
        noted = []

        for seconds in (0, 59, 1, 30, 3600):
            clock.passes(timedelta(seconds=seconds))
            recognised(callers, made.secret)
            [key] = asyncio.run(key_cutting.every(cafe, HOUSE))
            noted.append(key.last_used_at and (key.last_used_at - NOON).total_seconds())

        assert noted == [0, 0, 60, 60, 3690]

    def test_a_wrong_key_notes_nothing(self, cafe: Cafe, file: Path) -> None:
        made = cut(cafe)
        before = written(file)

        assert not is_known(cafe, made.secret[:-1])
        assert not is_known(cafe, made.key.prefix)
        assert not is_known(cafe, key_cutting.digest(made.secret))  # whoever has read the books has no key

        assert written(file) == before


class TestTheFirst:
    def test_it_opens_everything(self, cafe: Cafe) -> None:
        first = asyncio.run(key_cutting.cut_first(cafe))

        assert first is not None
        assert (first.key.name, first.key.scopes) == ("manager", frozenset(Scope))
        assert recognised(Callers(cafe), first.secret).scopes == frozenset(Scope)

    def test_there_is_one_only_even_after_it_was_revoked(self, cafe: Cafe, file: Path) -> None:
        first = asyncio.run(key_cutting.cut_first(cafe))
        assert first is not None
        asyncio.run(key_cutting.revoke(cafe, HOUSE, first.key.public_id))

        assert asyncio.run(key_cutting.cut_first(cafe)) is None
        with opened(file) as other:
            assert asyncio.run(key_cutting.cut_first(other)) is None

    def test_there_is_none_after_any_other(self, cafe: Cafe) -> None:
        cut(cafe)

        assert asyncio.run(key_cutting.cut_first(cafe)) is None

    def test_of_many_servers_that_start_at_once_one_makes_it(self, cafe: Cafe, file: Path) -> None:
        with opened(file) as other:
            made = at_once([partial(key_cutting.cut_first, each) for each in (cafe, other) * 8])

        assert len([each for each in made if each is not None]) == 1
        assert counted(file)["api_keys"] == 1


class TestWhatSessionsAreSignedWith:
    @pytest.fixture(autouse=True)
    def first(self, cafe: Cafe, file: Path) -> None:
        """Have the first one made by the clock of the test."""
        execute(file, "DELETE FROM signing_keys")
        asyncio.run(key_cutting.ensure_signing_key(cafe))

    def test_a_session_lasts_an_hour_by_the_cafe_s_clock(self, cafe: Cafe, clock: Clock) -> None:
        session = signed_in(cafe)

        assert session.expires_at == NOON + timedelta(hours=1)
        clock.passes(timedelta(hours=1, microseconds=-1))
        assert is_known(cafe, session.token)
        clock.passes(timedelta(microseconds=1))
        assert not is_known(cafe, session.token)

    def test_changed_the_new_one_signs_and_the_old_one_is_believed_until_its_sessions_end(
        self, cafe: Cafe, clock: Clock
    ) -> None:
        before = signed_in(cafe)
        clock.passes(timedelta(minutes=10))
        asyncio.run(key_cutting.change_signing_key(cafe))
        after = asyncio.run(signing_in.sign_in(cafe, "ada@example.com", "an oat latte, please"))

        assert (is_known(cafe, before.token), is_known(cafe, after.token)) == (True, True)
        clock.passes(timedelta(minutes=50))
        assert (is_known(cafe, before.token), is_known(cafe, after.token)) == (False, True)

    def test_an_old_one_is_believed_no_longer_than_the_last_session_that_it_can_have_signed(
        self, cafe: Cafe, clock: Clock
    ) -> None:
        stolen = cafe.store.read_now(keys.signing_keys, clock.now)
        [(kid, secret)] = stolen.items()
        person = signed_in(cafe).person
        clock.passes(timedelta(days=1))
        asyncio.run(key_cutting.change_signing_key(cafe))
        forged = forge(cafe, person.public_id, kid, secret)

        clock.passes(sessions.LIFE - timedelta(microseconds=1))
        assert is_known(cafe, forged)
        clock.passes(timedelta(microseconds=1))
        assert not is_known(cafe, forged)

    def test_the_newest_of_several_signs_and_those_that_nobody_needs_are_forgotten(
        self, cafe: Cafe, file: Path, clock: Clock
    ) -> None:
        clock.passes(timedelta(days=1))
        for _ in range(5):
            asyncio.run(key_cutting.change_signing_key(cafe))
            clock.passes(timedelta(minutes=40))

        assert counted(file)["signing_keys"] == 3  # the two of the last hour, and the one that was in use when it began
        assert is_known(cafe, signed_in(cafe).token)

    def test_a_new_one_signs_even_if_the_clock_was_set_back(self, cafe: Cafe, clock: Clock) -> None:
        [old] = cafe.store.read_now(keys.signing_keys, clock.now)
        clock.passes(timedelta(days=-1))

        asyncio.run(key_cutting.change_signing_key(cafe))

        assert jwt.get_unverified_header(signed_in(cafe).token)["kid"] != old

    def test_another_process_signs_with_it_at_once(self, cafe: Cafe, file: Path, clock: Clock) -> None:
        with opened(file, clock) as other:
            clock.passes(timedelta(days=1))
            asyncio.run(key_cutting.change_signing_key(other))
            clock.passes(timedelta(days=1))
            asyncio.run(key_cutting.change_signing_key(other))

            assert is_known(other, signed_in(cafe).token)

    def test_it_is_made_once_however_many_start(self, file: Path, cafe: Cafe) -> None:
        at_once([lambda: key_cutting.ensure_signing_key(cafe)] * 8)

        assert counted(file)["signing_keys"] == 1


def forge(cafe: Cafe, subject: str, kid: str, secret: str) -> str:
    """Sign a session for a year with a stolen secret."""
    now = cafe.clock()
    claims = {"iss": sessions.OURS, "aud": sessions.OURS, "sub": subject, "iat": now, "exp": now + timedelta(days=365)}
    return jwt.encode(claims, secret, sessions.ALGORITHM, headers={"kid": kid})
