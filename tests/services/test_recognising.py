"""Recognising callers: by the café's own key, a key, a session, or an issuer's word; and nobody by anything else."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cafe_graphql.core.errors import Away, Unauthenticated
from cafe_graphql.core.people import HOUSE, Actor, Role, Scope
from cafe_graphql.services import key_cutting, recognising, signing_in
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.recognising import MAX_LENGTH, Callers, Credential
from cafe_graphql.services.sessions import OURS, Session
from cafe_graphql.store import keys
from tests.gateways.forge import CONFIGURATION, KEYS, Forge, later, rsa_key, running_forge, says
from tests.gateways.forge import NOON as NOON_AT_THE_ISSUER
from tests.services.books import Clock, at_once, counted, opened
from tests.store.watching import watched_reads

HOUSE_KEY = "the key of the house"
ADA = "ada@example.com"

OPENS_NOTHING = "This key opens nothing: it is wrong, has expired, or was revoked."
NONE_OF_OURS = "This token is none of ours: sign in again, without sending it."
ENDED = "Your session has ended: sign in again, without sending its token."
NOT_TRUSTED = "This token is from an issuer that is not trusted here."
TOO_LONG = "What you sent to say who you are is too long to be a key or a token."


def recognised(callers: Callers, credential: str) -> Actor:
    async def recognise() -> Actor:
        actor = await callers.recognise(Credential.of(credential))
        await asyncio.gather(*callers._notes)
        return actor

    return asyncio.run(recognise())


def refusal(callers: Callers, credential: str) -> str:
    with pytest.raises(Unauthenticated) as refused:
        recognised(callers, credential)
    assert len(credential) < 8 or credential not in str(refused.value)
    return str(refused.value)


def signed_in(cafe: Cafe, email: str = ADA) -> Session:
    return asyncio.run(signing_in.sign_up(cafe, email, "an oat latte, please", "Ada"))


def cut(cafe: Cafe, *scopes: Scope) -> key_cutting.Cut:
    return asyncio.run(key_cutting.cut(cafe, HOUSE, "till", scopes or list(Scope)))


class TestWhoTheyAre:
    def test_the_house_has_its_own_key(self, cafe: Cafe) -> None:
        assert recognised(Callers(cafe, HOUSE_KEY), HOUSE_KEY) == HOUSE

    @pytest.mark.parametrize("house_key", [None, "", "another key"])
    def test_without_one_that_key_opens_nothing(self, cafe: Cafe, house_key: str | None) -> None:
        callers = Callers(cafe, house_key)

        assert [refusal(callers, wrong) for wrong in (HOUSE_KEY, "", "None")] == [OPENS_NOTHING] * 3

    def test_somebody_with_a_session_is_who_they_are_now(self, cafe: Cafe, file: Path) -> None:
        session, callers = signed_in(cafe), Callers(cafe)
        person = session.person

        assert recognised(callers, session.token) == person.actor(session.expires_at)
        with opened(file) as other:
            asyncio.run(signing_in.change_role(other, person, Role.MANAGER))
        assert recognised(callers, session.token).scopes == frozenset(Scope)
        with opened(file) as other:
            asyncio.run(signing_in.change_role(other, person, Role.CUSTOMER))
        assert recognised(callers, session.token).scopes == frozenset()

    def test_somebody_unchanged_is_looked_up_once(self, cafe: Cafe) -> None:
        made, session, callers = cut(cafe), signed_in(cafe), Callers(cafe)
        for credential in (made.secret, session.token) * 2:  # the key's first use is noted, which is written
            recognised(callers, credential)

        with statements(cafe) as told:
            for credential in (made.secret, session.token):
                recognised(callers, credential)
        assert told == []

    def test_no_more_are_remembered_than_have_room(self, cafe: Cafe, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(recognising, "MAX_REMEMBERED", 3)
        made, callers = [cut(cafe) for _ in range(6)], Callers(cafe)

        for _ in range(2):
            assert [recognised(callers, each.secret).key_id for each in made] == [each.key.id for each in made]
            assert len(callers._known) == 3

    def test_nobody_wrong_is_remembered(self, cafe: Cafe) -> None:
        callers = Callers(cafe)
        for number in range(5):
            refusal(callers, f"guess {number}")

        assert len(callers._known) == 0

    def test_a_session_of_an_account_that_is_gone_is_nobody_s(self, cafe: Cafe) -> None:
        token = by_hand(cafe, sub="nobody")

        assert refusal(Callers(cafe), token) == "This account is no longer there."


def the_signing_key(cafe: Cafe) -> tuple[str, str]:
    [(kid, secret)] = cafe.store.read_now(keys.signing_keys, cafe.clock()).items()
    return kid, secret


def by_hand(cafe: Cafe, header: dict[str, Any] | None = None, *, secret: str | None = None, **changed: Any) -> str:
    """Write a session as no library would; what is None is left out. By itself it is a good one."""
    kid, ours = the_signing_key(cafe)
    now = cafe.clock().timestamp()
    claims = {"iss": OURS, "aud": OURS, "sub": "nobody", "iat": now, "exp": now + 3600, **changed}
    head = {"alg": "HS256", "typ": "JWT", "kid": kid, **(header or {})}
    signed = ".".join(part({k: v for k, v in each.items() if v is not None}) for each in (head, claims))
    return f"{signed}.{encoded(hmac.digest((secret or ours).encode(), signed.encode(), hashlib.sha256))}"


def part(document: object) -> str:
    return encoded(document if isinstance(document, bytes) else json.dumps(document).encode())


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(claims: object, header: object = None) -> str:
    return f"{part(header or {'alg': 'none'})}.{part(claims)}."


HEADERS: dict[str, dict[str, Any]] = {
    "alg none": {"alg": "none"},
    "alg None": {"alg": "None"},
    "alg empty": {"alg": ""},
    "alg null": {"alg": None},
    "alg RS256": {"alg": "RS256"},
    "alg HS512": {"alg": "HS512"},
    "alg hs256": {"alg": "hs256"},
    "alg list": {"alg": ["HS256"]},
    "kid missing": {"kid": None},
    "kid unknown": {"kid": "00000000"},
    "kid empty": {"kid": ""},
    "kid path": {"kid": "../../../../dev/null"},
    "kid SQL": {"kid": "' UNION SELECT 'x' --"},
    "kid NUL": {"kid": "\x00"},
    "kid number": {"kid": 0},
    "kid list": {"kid": ["a"]},
    "kid object": {"kid": {"$ne": ""}},
    "crit": {"crit": ["exp"]},
    "detached": {"b64": False},
}

CLAIMS: dict[str, dict[str, Any]] = {
    "other audience": {"aud": "https://elsewhere.example"},
    "audience missing": {"aud": None},
    "audience empty": {"aud": []},
    "audience number": {"aud": 1},
    "audience mixed": {"aud": [1, None]},
    "exp missing": {"exp": None},
    "exp text": {"exp": "tomorrow"},
    "exp NaN": {"exp": float("nan")},
    "exp for ever": {"exp": float("inf")},
    "exp far": {"exp": 10**30},
    "exp list": {"exp": [1]},
    "sub missing": {"sub": None},
    "sub number": {"sub": 1},
    "sub list": {"sub": ["ada"]},
    "iat missing": {"iat": None},
}


class TestHostileTokens:
    def test_a_token_made_by_hand_as_it_should_be_is_taken(self, cafe: Cafe) -> None:
        person = signed_in(cafe).person

        assert recognised(Callers(cafe), by_hand(cafe, sub=person.public_id)).person_id == person.id

    @pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
    def test_no_header_opens_what_our_own_does(self, cafe: Cafe, header: dict[str, Any]) -> None:
        person = signed_in(cafe).person

        token = by_hand(cafe, header, sub=person.public_id)

        assert refusal(Callers(cafe), token) in (NONE_OF_OURS, OPENS_NOTHING)

    @pytest.mark.parametrize("claims", CLAIMS.values(), ids=CLAIMS)
    def test_what_does_not_hold_is_refused_however_well_signed(self, cafe: Cafe, claims: dict[str, Any]) -> None:
        person = signed_in(cafe).person

        token = by_hand(cafe, **{"sub": person.public_id, **claims})

        assert refusal(Callers(cafe), token) == NONE_OF_OURS

    def test_it_must_be_signed_with_our_secret(self, cafe: Cafe) -> None:
        person = signed_in(cafe).person
        other, kid = "s" * 43, the_signing_key(cafe)[0]

        for secret in (other, kid, "\x00", "0"):
            assert refusal(Callers(cafe), by_hand(cafe, secret=secret, sub=person.public_id)) == NONE_OF_OURS
        assert refusal(Callers(cafe), unsigned(claims_of(cafe, person.public_id))) == NONE_OF_OURS
        token = by_hand(cafe, sub=person.public_id)
        for broken in (token[:-4], token.rpartition(".")[0] + ".", token[:-1] + chr(ord(token[-1]) ^ 1) + "AAAA"):
            assert refusal(Callers(cafe), broken) in (NONE_OF_OURS, OPENS_NOTHING)

    def test_an_asymmetric_signature_is_no_session(self, cafe: Cafe) -> None:
        claims = claims_of(cafe, signed_in(cafe).person.public_id)
        headers = {"kid": the_signing_key(cafe)[0], "jwk": {"kty": "oct", "k": ""}, "jku": "https://elsewhere.example"}

        token = jwt.encode(claims, rsa_key("spring"), "RS256", headers=headers)

        assert refusal(Callers(cafe), token) == NONE_OF_OURS

    def test_one_that_has_expired_is_told_so(self, cafe: Cafe) -> None:
        person = signed_in(cafe).person
        for over in (0, -1, -(10**9)):
            token = by_hand(cafe, sub=person.public_id, exp=cafe.clock().timestamp() + over)
            assert refusal(Callers(cafe), token) == ENDED

    @pytest.mark.parametrize("issuer", ["https://login.example.com", "", "cafe-graphql/", "CAFE-GRAPHQL"])
    def test_one_of_another_issuer_is_not_trusted(self, cafe: Cafe, issuer: str) -> None:
        assert refusal(Callers(cafe), by_hand(cafe, iss=issuer)) == NOT_TRUSTED

    @pytest.mark.parametrize("issuer", [None, 1, ["cafe-graphql"], {"a": 1}])
    def test_one_of_no_issuer_is_no_token(self, cafe: Cafe, issuer: object) -> None:
        assert refusal(Callers(cafe), by_hand(cafe, iss=issuer)) == OPENS_NOTHING

    @pytest.mark.parametrize(
        "payload",
        [
            *(b"", b"null", b"[]", b'"cafe-graphql"', b"\xff\xfe", b"{", b'{"iss": "cafe-graphql", "iss": null}'),
            *(b"[" * 9_000, b'{"a":' * 1_500 + b"1" + b"}" * 1_500),
            b'{"exp":' + b"9" * 6_000 + b', "iss": "cafe-graphql"}',
        ],
        ids=lambda payload: repr(payload[:20]),
    )
    def test_what_is_no_json_or_too_much_of_it_is_no_token(self, cafe: Cafe, payload: bytes) -> None:
        head = part({"alg": "HS256", "kid": the_signing_key(cafe)[0]})

        for token in (f"{head}.{part(payload)}.AAAA", f"{part(payload)}.{part({'iss': OURS})}.AAAA"):
            assert refusal(Callers(cafe), token) in (OPENS_NOTHING, NONE_OF_OURS)

    @pytest.mark.parametrize("length", [MAX_LENGTH + 1, 10_000_000])
    def test_what_is_too_long_is_not_even_looked_at(self, cafe: Cafe, length: int) -> None:
        with statements(cafe) as told:
            assert refusal(Callers(cafe), "x" * length) == TOO_LONG
        assert told == []
        assert refusal(Callers(cafe), "x" * MAX_LENGTH) == OPENS_NOTHING


def claims_of(cafe: Cafe, subject: str) -> dict[str, Any]:
    now = int(cafe.clock().timestamp())
    return {"iss": OURS, "aud": OURS, "sub": subject, "iat": now, "exp": now + 3600}


anything = st.text(st.characters(), max_size=200)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | anything
    | st.sampled_from([OURS, "HS256", "none", "RS256"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(anything, inner, max_size=3),
    max_leaves=6,
)
headers = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("alg", "typ", "kid", "jku", "jwk", "x5u", "crit", "b64", "zip", "enc"), json_values)
)
claims = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("aud", "sub", "iat", "exp", "nbf", "jti", "scope"), json_values)
    | {"iss": st.just(OURS) | json_values},
)


class TestNonsense:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
    @given(st.text(st.characters()) | st.binary().map(lambda raw: raw.decode("latin-1")) | st.from_regex(r"[\w.=-]+"))
    def test_any_text_is_somebody_s_or_refused(self, cafe: Cafe, text: str) -> None:
        assert refusal(Callers(cafe, HOUSE_KEY), text) in (OPENS_NOTHING, NOT_TRUSTED, NONE_OF_OURS)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
    @given(headers, claims)
    def test_any_token_is_somebody_s_or_refused(self, cafe: Cafe, header: dict[str, Any], said: dict[str, Any]) -> None:
        wrongly = by_hand(cafe, header, secret="s" * 43, **said)
        unproven = unsigned(said, header)

        for token in (wrongly, unproven):
            assert refusal(Callers(cafe), token) in (OPENS_NOTHING, NOT_TRUSTED, NONE_OF_OURS)


class TestSayingNothingByTheTimeItTakes:
    """How long it takes in fact is measured by `tests.benchmarks.wrong_keys`."""

    def test_a_wrong_key_takes_the_same_steps_whichever_it_is(self, cafe: Cafe) -> None:
        made, revoked, expired = cut(cafe), cut(cafe), cut(cafe)
        asyncio.run(key_cutting.revoke(cafe, HOUSE, revoked.key.public_id))
        callers = Callers(cafe, HOUSE_KEY)
        wrong = [made.secret[:-1] + "_", made.key.prefix, "nothing like it", HOUSE_KEY + "!", revoked.secret]

        steps = []
        for credential in wrong:
            with statements(cafe) as told:
                assert refusal(callers, credential) == OPENS_NOTHING
            steps.append(told)

        with statements(cafe) as right:
            recognised(Callers(cafe, HOUSE_KEY), expired.secret)
        assert steps == [right] * len(wrong)
        assert len(steps[0]) == 1 and "api_keys.digest = ?" in steps[0][0]

    def test_so_does_the_key_of_the_house(self, cafe: Cafe) -> None:
        with statements(cafe) as right:
            recognised(Callers(cafe, HOUSE_KEY), HOUSE_KEY)
        with statements(cafe) as wrong:
            refusal(Callers(cafe, HOUSE_KEY), "guessed")

        assert right == wrong and len(right) == 1


@contextmanager
def statements(cafe: Cafe) -> Iterator[list[str]]:
    """Give what is looked up in the books in the block, without the digests that it is looked up by."""
    told: list[str] = []
    with watched_reads(cafe.store) as seen:
        yield told
    told += [re.sub("'[0-9a-f]{64}'", "?", statement) for statement in seen if statement.startswith("SELECT")]


@pytest.fixture
def forge() -> Iterator[Forge]:
    """Give an issuer made by hand."""
    with running_forge() as running:
        yield running


@pytest.fixture
def at_noon(clock: Clock) -> Clock:
    """Set the café's clock by the issuer's."""
    clock.now = NOON_AT_THE_ISSUER
    return clock


class TestAnIssuersWord:
    def test_somebody_who_comes_for_the_first_time_has_an_account_from_then_on(
        self, cafe: Cafe, file: Path, forge: Forge, at_noon: Clock
    ) -> None:
        callers = Callers(cafe, issuer=forge.issuer())
        token = forge.token(name="Ada\u00a0 Lovelace", email="Ada@Example.com", email_verified=True)

        first, again = recognised(callers, token), recognised(Callers(cafe, issuer=forge.issuer()), token)

        person = asyncio.run(signing_in.who_is(cafe, first))
        assert person is not None and first == again
        assert (person.name, person.email, person.role) == ("Customer", ADA, Role.CUSTOMER)
        assert counted(file)["people"] == 1
        assert first.scopes == frozenset() and first.person_id == person.id

    @pytest.mark.parametrize("verified", [False, None])
    def test_an_address_that_nobody_has_checked_is_not_kept(
        self, cafe: Cafe, forge: Forge, at_noon: Clock, verified: bool | None
    ) -> None:
        actor = recognised(
            Callers(cafe, issuer=forge.issuer()), forge.token(email=ADA, email_verified=verified, name="Ada")
        )

        person = asyncio.run(signing_in.who_is(cafe, actor))
        assert person is not None and (person.name, person.email) == ("Ada", None)

    def test_an_address_never_leads_to_somebody_else_s_account(
        self, cafe: Cafe, file: Path, forge: Forge, at_noon: Clock
    ) -> None:
        ours = signed_in(cafe).person
        asyncio.run(signing_in.change_role(cafe, ours, Role.MANAGER))

        theirs = recognised(Callers(cafe, issuer=forge.issuer()), forge.token(email=ADA, email_verified=True))

        assert theirs.person_id != ours.id and theirs.scopes == frozenset()
        assert counted(file)["people"] == 2
        assert [person.email for person in asyncio.run(signing_in.with_email(cafe, ADA))] == [ADA, ADA]

    def test_of_many_requests_at_once_the_first_opens_the_account(
        self, cafe: Cafe, file: Path, forge: Forge, at_noon: Clock
    ) -> None:
        callers, token = Callers(cafe, issuer=forge.issuer()), forge.token()

        actors = at_once([lambda: callers.recognise(Credential.of(token))] * 20)

        assert len(set(actors)) == 1 and counted(file)["people"] == 1

    @pytest.mark.parametrize(
        ("said", "role"),
        [
            (["barista"], Role.BARISTA),
            (["customer", "manager", "barista"], Role.MANAGER),
            (["Manager"], Role.MANAGER),
            (["admin", "*"], Role.CUSTOMER),
            ([], Role.CUSTOMER),
            (None, Role.CUSTOMER),
        ],
    )
    def test_an_issuer_that_gives_roles_gives_the_highest(
        self, cafe: Cafe, forge: Forge, at_noon: Clock, said: list[str] | None, role: Role
    ) -> None:
        callers = Callers(cafe, issuer=forge.issuer(roles_claim="realm.roles"))

        assert recognised(callers, forge.token(realm={"roles": said})).role is role

    def test_and_takes_them_away(self, cafe: Cafe, forge: Forge, at_noon: Clock) -> None:
        callers = Callers(cafe, issuer=forge.issuer(roles_claim="roles"))

        roles = [recognised(callers, forge.token(roles=said)).role for said in (["manager"], ["barista"], [])]

        assert roles == [Role.MANAGER, Role.BARISTA, Role.CUSTOMER]

    def test_one_that_gives_none_leaves_them_to_the_cafe(self, cafe: Cafe, forge: Forge, at_noon: Clock) -> None:
        callers, token = Callers(cafe, issuer=forge.issuer()), forge.token(roles=["manager"])
        person = asyncio.run(signing_in.who_is(cafe, recognised(callers, token)))
        assert person is not None and person.role is Role.CUSTOMER

        asyncio.run(signing_in.change_role(cafe, person, Role.BARISTA))

        assert recognised(callers, token).role is Role.BARISTA

    def test_its_word_holds_until_it_ends_and_as_long_as_clocks_may_differ(
        self, cafe: Cafe, forge: Forge, at_noon: Clock
    ) -> None:
        token = forge.token(exp=later(timedelta(minutes=1)))
        callers = Callers(cafe, issuer=forge.issuer())

        actor = recognised(callers, token)

        assert actor.until == NOON_AT_THE_ISSUER + timedelta(seconds=90)
        at_noon.passes(timedelta(seconds=89))
        assert recognising.still(cafe, actor) == actor
        at_noon.passes(timedelta(seconds=1))
        with pytest.raises(Unauthenticated, match="say anew who you are"):
            recognising.still(cafe, actor)

    @pytest.mark.parametrize(
        ("token", "said"),
        [
            (lambda forge: forge.token(aud="another"), "The token is meant for another audience."),
            (lambda forge: forge.token(key="winter"), "The token is signed with a key, or in a way, that its issuer"),
            (lambda forge: forge.token(exp=later(-timedelta(hours=1))), "The token has expired."),
            (lambda forge: forge.token(sub=None), "The token's claim “sub” is missing"),
            (lambda forge: unsigned(forge.claims()), "Tokens signed with this algorithm, or with none,"),
            (lambda forge: hmac_of(forge.claims()), "Tokens signed with this algorithm, or with none,"),
        ],
        ids=["audience", "key", "expired", "subject", "none", "HS256"],
    )
    def test_what_does_not_hold_opens_no_account(
        self, cafe: Cafe, file: Path, forge: Forge, at_noon: Clock, token: Callable[[Forge], str], said: str
    ) -> None:
        assert refusal(Callers(cafe, issuer=forge.issuer()), token(forge)).startswith(said)
        assert counted(file)["people"] == 0

    def test_our_sessions_are_none_of_its_affair(self, cafe: Cafe, forge: Forge, at_noon: Clock) -> None:
        session = signed_in(cafe)

        assert recognised(Callers(cafe, issuer=forge.issuer()), session.token).person_id == session.person.id
        assert forge.asked[CONFIGURATION] == forge.asked[KEYS] == 0

    def test_it_cannot_speak_in_our_name(self, cafe: Cafe, forge: Forge, at_noon: Clock) -> None:
        person = signed_in(cafe).person
        token = forge.token(iss=OURS, aud=OURS, sub=person.public_id)

        assert refusal(Callers(cafe, issuer=forge.issuer(OURS)), token) == NONE_OF_OURS

    def test_when_it_does_not_answer_nobody_is_a_guest(self, cafe: Cafe, forge: Forge, at_noon: Clock) -> None:
        forge.answers[KEYS] = says(b"", 500)

        with pytest.raises(Away, match="the identity provider does not answer"):
            recognised(Callers(cafe, issuer=forge.issuer()), forge.token())


def hmac_of(claims: dict[str, Any]) -> str:
    """Sign with what everybody knows: the public key."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwt.encode(claims, "n" * 64, "HS256", headers={"kid": "spring"})


class TestBeingStillWhoTheyWere:
    def test_a_revoked_key_an_ended_session_and_a_taken_role_count_from_one_moment_to_the_next(
        self, cafe: Cafe, file: Path, clock: Clock
    ) -> None:
        made, session, callers = cut(cafe), signed_in(cafe), Callers(cafe)
        key, person = recognised(callers, made.secret), recognised(callers, session.token)
        assert (recognising.still(cafe, key), recognising.still(cafe, person)) == (key, person)

        with opened(file) as other:
            asyncio.run(signing_in.change_role(other, session.person, Role.BARISTA))
            asyncio.run(key_cutting.revoke(other, HOUSE, made.key.public_id))

        assert recognising.still(cafe, person).role is Role.BARISTA
        with pytest.raises(Unauthenticated, match="Your key was revoked"):
            recognising.still(cafe, key)
        clock.passes(timedelta(hours=1))
        with pytest.raises(Unauthenticated, match="Your session has ended"):
            recognising.still(cafe, person)

    def test_the_house_and_guests_are_always_who_they_are(self, cafe: Cafe) -> None:
        with statements(cafe) as told:
            assert recognising.still(cafe, HOUSE) is HOUSE
        assert told == []

    def test_a_thousand_who_ask_between_two_changes_cost_one_look_at_the_books(self, cafe: Cafe) -> None:
        key = recognised(Callers(cafe), cut(cafe).secret)

        with statements(cafe) as told:
            for _ in range(1_000):
                recognising.still(cafe, key)
            cut(cafe)
            for _ in range(1_000):
                recognising.still(cafe, key)

        looks = [statement for statement in told if f"WHERE api_keys.id = {key.key_id} " in statement]
        assert len(looks) == 2

    def test_what_is_kept_of_them_is_bounded(self, cafe: Cafe, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cafe_graphql.services.cafe.MAX_KNOWN", 3)
        actors = [cut(cafe).key.actor for _ in range(7)]

        for actor in actors * 2:
            assert recognising.still(cafe, actor) == actor
            assert len(cafe._known) <= 3
