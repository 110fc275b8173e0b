"""What every resolver has at hand: the café, the caller, and one menu for the whole operation."""

from functools import cached_property

import strawberry

from cafe_graphql.core.people import Actor
from cafe_graphql.core.rates import RateLimit
from cafe_graphql.schema import menu
from cafe_graphql.services.cafe import Cafe


class Context:
    """Made anew for each request."""

    def __init__(self, cafe: Cafe, actor: Actor) -> None:
        self.cafe = cafe
        self.actor = actor
        self.caller = ""
        self.rate: RateLimit | None = None

    def renewed(self) -> "Context":
        """Give a fresh context for another moment of the same caller's."""
        return Context(self.cafe, self.actor)

    @cached_property
    def menu(self) -> menu.Menu:
        """The menu as the operation first saw it, so that all its fields tell of the same one."""
        return menu.of(self.cafe.menu())


Info = strawberry.Info[Context, None]
