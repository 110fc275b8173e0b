"""Who may do what: the one table of permissions, and how it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from cafe_graphql.core.errors import Forbidden, Unauthenticated
from cafe_graphql.core.people import Actor, Scope


class Act(StrEnum):
    """Something that not everybody may do. Reading the menu, quoting and following by a token are none: all may."""

    PLACE_ORDERS = "place orders"
    READ_ORDERS = "read orders"
    CANCEL_ORDERS = "call orders off"
    WORK_IN_KITCHEN = "see and move the kitchen's work"
    WRITE_MENU = "change the menu"
    KEEP_PANTRY = "keep the pantry"
    PAY_ORDERS = "pay for orders by card"
    TAKE_PAYMENTS = "take cash and give refunds"
    READ_REPORTS = "read the day's figures"
    CUT_KEYS = "make and revoke keys"


class Reach(Enum):
    """How far somebody's permission reaches."""

    OWN = auto()  # what is their own
    ALL = auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do something: whoever has one of `scopes`, wherever it is done; guests, too, or people with an account
    as far as it is their own."""

    scopes: frozenset[Scope]
    guests: bool = False
    own: bool = False


RULES: Mapping[Act, Rule] = {
    Act.PLACE_ORDERS: Rule(frozenset((Scope.ORDERS_PLACE,)), guests=True, own=True),
    Act.READ_ORDERS: Rule(frozenset((Scope.ORDERS_READ,)), own=True),
    Act.CANCEL_ORDERS: Rule(frozenset((Scope.ORDERS_PLACE, Scope.KITCHEN)), own=True),
    Act.WORK_IN_KITCHEN: Rule(frozenset((Scope.KITCHEN,))),
    Act.WRITE_MENU: Rule(frozenset((Scope.MENU_WRITE,))),
    Act.KEEP_PANTRY: Rule(frozenset((Scope.PANTRY_WRITE,))),
    Act.PAY_ORDERS: Rule(frozenset((Scope.PAYMENTS,)), own=True),
    Act.TAKE_PAYMENTS: Rule(frozenset((Scope.PAYMENTS,))),
    Act.READ_REPORTS: Rule(frozenset((Scope.REPORTS,))),
    Act.CUT_KEYS: Rule(frozenset((Scope.KEYS,))),
}


def reach(actor: Actor, act: Act) -> Reach | None:
    """Tell how far an actor may do something; None: not at all."""
    rule = RULES[act]
    if not rule.scopes.isdisjoint(actor.scopes) or (actor.is_guest and rule.guests):
        return Reach.ALL
    return Reach.OWN if rule.own and actor.person_id is not None else None


def require(actor: Actor, act: Act) -> Reach:
    """Tell how far an actor may do something; `Unauthenticated` or `Forbidden` when not at all."""
    allowed = reach(actor, act)
    if allowed is not None:
        return allowed
    need = f"To {act}, {_needed(RULES[act])}"
    if actor.is_guest:
        raise Unauthenticated(
            f"{need}: send a key in the header X-API-Key, or sign in and send “Authorization: Bearer”."
        )
    raise Forbidden(f"{need}; what you sent has {_listed(actor.scopes)}.")


def in_words(act: Act) -> str:
    """Say who may do something, as a sentence."""
    rule = RULES[act]
    holders = " or ".join(f"`{scope.name}`" for scope in sorted(rule.scopes))
    others = "guests and " * rule.guests + "people with an account" * rule.own
    own = " (their own)" if rule.own and not rule.guests else ""
    return f"Needs the scope {holders}" + (f"; open to {others}{own}." if others else ".")


def _needed(rule: Rule) -> str:
    scopes = " or ".join(scope.name for scope in sorted(rule.scopes))
    return f"one needs the scope {scopes}" + (" or an account" if rule.own else "")


def _listed(scopes: frozenset[Scope]) -> str:
    return ", ".join(scope.name for scope in sorted(scopes)) or "no scopes"
