"""Who may do what: the table in words, and that nobody gets more by being less."""

from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core import permissions
from cafe_graphql.core.errors import Forbidden, Unauthenticated
from cafe_graphql.core.people import GUEST, HOUSE, SCOPES, Actor, ApiKey, Person, Role, Scope
from cafe_graphql.core.permissions import Act, Reach

NOON = datetime(2026, 5, 1, 16, 0, tzinfo=UTC)

OWN, ALL, NOT = Reach.OWN, Reach.ALL, None

PEOPLE = {role: Person(1, "ada", "Ada", "ada@example.com", role).actor(NOON) for role in Role}

scopes = st.frozensets(st.sampled_from(Scope))


def key(*scopes: Scope) -> Actor:
    """Give a program whose key has these scopes."""
    return ApiKey(7, "till", "till", "cafe_abcdef", frozenset(scopes), NOON, None, None).actor


WORDS = {
    Act.PLACE_ORDERS: "Needs the scope `ORDERS_PLACE`; open to guests and people with an account.",
    Act.READ_ORDERS: "Needs the scope `ORDERS_READ`; open to people with an account (their own).",
    Act.CANCEL_ORDERS: "Needs the scope `KITCHEN` or `ORDERS_PLACE`; open to people with an account (their own).",
    Act.WORK_IN_KITCHEN: "Needs the scope `KITCHEN`.",
    Act.WRITE_MENU: "Needs the scope `MENU_WRITE`.",
    Act.KEEP_PANTRY: "Needs the scope `PANTRY_WRITE`.",
    Act.PAY_ORDERS: "Needs the scope `PAYMENTS`; open to people with an account (their own).",
    Act.TAKE_PAYMENTS: "Needs the scope `PAYMENTS`.",
    Act.READ_REPORTS: "Needs the scope `REPORTS`.",
    Act.CUT_KEYS: "Needs the scope `KEYS`.",
}


def test_the_table_has_a_rule_for_every_act_and_says_each_in_words() -> None:
    assert {act: permissions.in_words(act) for act in permissions.RULES} == WORDS
    assert set(permissions.RULES) == set(Act)


def test_every_scope_opens_something() -> None:
    assert frozenset[Scope]().union(*(rule.scopes for rule in permissions.RULES.values())) == frozenset(Scope)


REACH = {
    #                     guest customer barista manager
    Act.PLACE_ORDERS: (ALL, OWN, ALL, ALL),
    Act.READ_ORDERS: (NOT, OWN, ALL, ALL),
    Act.CANCEL_ORDERS: (NOT, OWN, ALL, ALL),
    Act.WORK_IN_KITCHEN: (NOT, NOT, ALL, ALL),
    Act.WRITE_MENU: (NOT, NOT, NOT, ALL),
    Act.KEEP_PANTRY: (NOT, NOT, ALL, ALL),
    Act.PAY_ORDERS: (NOT, OWN, ALL, ALL),
    Act.TAKE_PAYMENTS: (NOT, NOT, ALL, ALL),
    Act.READ_REPORTS: (NOT, NOT, NOT, ALL),
    Act.CUT_KEYS: (NOT, NOT, NOT, ALL),
}


@pytest.mark.parametrize("act", Act)
def test_how_far_each_may_go(act: Act) -> None:
    everybody = (GUEST, *(PEOPLE[role] for role in Role))

    assert tuple(permissions.reach(actor, act) for actor in everybody) == REACH[act]
    assert permissions.reach(HOUSE, act) is ALL


OPENS = {
    Scope.ORDERS_READ: {Act.READ_ORDERS},
    Scope.ORDERS_PLACE: {Act.PLACE_ORDERS, Act.CANCEL_ORDERS},
    Scope.KITCHEN: {Act.WORK_IN_KITCHEN, Act.CANCEL_ORDERS},
    Scope.MENU_WRITE: {Act.WRITE_MENU},
    Scope.PANTRY_WRITE: {Act.KEEP_PANTRY},
    Scope.PAYMENTS: {Act.TAKE_PAYMENTS, Act.PAY_ORDERS},
    Scope.REPORTS: {Act.READ_REPORTS},
    Scope.KEYS: {Act.CUT_KEYS},
}


@pytest.mark.parametrize("scope", Scope)
def test_a_key_opens_what_its_scope_says_and_nothing_of_its_own(scope: Scope) -> None:
    reaches = {act: permissions.reach(key(scope), act) for act in Act}

    assert {act for act, reach in reaches.items() if reach is ALL} == OPENS[scope]
    assert OWN not in reaches.values()


@given(fewer=scopes, more=scopes, act=st.sampled_from(Act), person=st.none() | st.just(1))
def test_nobody_gets_more_by_having_fewer(
    fewer: frozenset[Scope], more: frozenset[Scope], act: Act, person: int | None
) -> None:
    less = permissions.reach(Actor("ada", "Ada", fewer, person_id=person), act)
    greater = permissions.reach(Actor("ada", "Ada", fewer | more, person_id=person), act)

    assert _rank(less) <= _rank(greater)


@given(held=scopes, act=st.sampled_from(Act))
def test_an_account_takes_nothing_away(held: frozenset[Scope], act: Act) -> None:
    nobody, somebody = Actor("key:1", "till", held), Actor("person:1", "Ada", held, person_id=1)

    assert _rank(permissions.reach(nobody, act)) <= _rank(permissions.reach(somebody, act))


def test_roles_are_trusted_with_more_from_one_to_the_next() -> None:
    assert SCOPES[Role.CUSTOMER] < SCOPES[Role.BARISTA] < SCOPES[Role.MANAGER] == frozenset(Scope)


def test_the_one_thing_that_a_guest_may_and_a_poor_key_may_not_is_to_place_orders() -> None:
    poor = key()

    more = {act for act in Act if _rank(permissions.reach(GUEST, act)) > _rank(permissions.reach(poor, act))}

    assert more == {Act.PLACE_ORDERS}  # what is placed with a key stands under its name


@pytest.mark.parametrize("act", Act)
def test_to_require_is_to_reach_or_to_be_told_why_not(act: Act) -> None:
    for actor in (GUEST, *PEOPLE.values(), HOUSE, key(), *map(key, Scope)):
        reach = permissions.reach(actor, act)
        if reach is not None:
            assert permissions.require(actor, act) is reach
            continue
        with pytest.raises(Forbidden) as refused:
            permissions.require(actor, act)
        assert (type(refused.value) is Unauthenticated) is actor.is_guest


def test_a_guest_is_told_what_to_send_and_a_key_what_it_lacks() -> None:
    with pytest.raises(Unauthenticated) as guest:
        permissions.require(GUEST, Act.READ_ORDERS)
    with pytest.raises(Forbidden) as till:
        permissions.require(key(Scope.ORDERS_PLACE, Scope.KITCHEN), Act.READ_ORDERS)
    with pytest.raises(Forbidden) as customer:
        permissions.require(PEOPLE[Role.CUSTOMER], Act.CUT_KEYS)

    assert str(guest.value) == (
        "To read orders, one needs the scope ORDERS_READ or an account: send a key in the header X-API-Key,"
        " or sign in and send “Authorization: Bearer”."
    )
    assert str(till.value) == (
        "To read orders, one needs the scope ORDERS_READ or an account; what you sent has KITCHEN, ORDERS_PLACE."
    )
    assert str(customer.value) == "To make and revoke keys, one needs the scope KEYS; what you sent has no scopes."


def test_those_of_one_standing_reach_equally_far() -> None:
    everybody = [GUEST, HOUSE, *PEOPLE.values(), *map(key, Scope)]
    for one, other in combinations(everybody, 2):
        if one.standing == other.standing:
            assert all(permissions.reach(one, act) == permissions.reach(other, act) for act in Act)
    assert key(*Scope).standing == HOUSE.standing != PEOPLE[Role.MANAGER].standing


def test_history_names_staff_and_no_customers() -> None:
    assert [PEOPLE[role].name for role in Role] == ["customer", "Ada", "Ada"]


def _rank(reach: Reach | None) -> int:
    return (NOT, OWN, ALL).index(reach)
