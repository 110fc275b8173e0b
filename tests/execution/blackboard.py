"""A blackboard that everybody reads alike, with a few things on it that are not the same for all."""

from dataclasses import dataclass, field

import strawberry
from graphql import GraphQLError
from strawberry.permission import BasePermission

from cafe_graphql.core.rates import RateLimit
from cafe_graphql.execution.engine import Engine
from cafe_graphql.execution.public import PublicFields


@dataclass
class Wall:
    """The context: what is written on the wall, in which version, and how often it was read."""

    text: str = "Soup"
    version: int = 1
    readings: list[str] = field(default_factory=list)
    caller = ""
    rate: RateLimit | None = None

    def renewed(self) -> "Wall":
        """Give the wall as it is."""
        return self

    def write(self, text: str) -> None:
        self.text, self.version = text, self.version + 1


Info = strawberry.Info[Wall, None]


class Staff(BasePermission):
    def has_permission(self, source: object, info: strawberry.Info, **_: object) -> bool:
        return True


@strawberry.interface
class Written:
    text: str


@strawberry.type
class Board(Written):
    read_at: int
    below: Written | None = None

    @strawberry.field
    def loud(self, mark: str = "!") -> str:
        return self.text.upper() + mark

    @strawberry.field
    async def comments(self) -> int:
        return 3

    @strawberry.field(permission_classes=[Staff])  # type: ignore[untyped-decorator]
    def secret(self) -> str:
        return "two left"

    @strawberry.field
    def torn(self) -> str | None:
        raise GraphQLError("torn", extensions={"code": "TORN"})


@strawberry.input
class Light:
    colour: str = "white"
    watts: int | None = None


@strawberry.type
class Query:
    @strawberry.field
    def board(self, info: Info, light: Light | None = None, name: str = "") -> Board:
        info.context.readings.append(name)
        return Board(text=f"{info.context.text}{name}", read_at=1, below=Board(text="Bread", read_at=2))

    @strawberry.field
    def late(self) -> str:
        async def later() -> str:
            return "Soup"

        return later()  # type: ignore[return-value]

    @strawberry.field
    def guest(self) -> str:
        return "Ada"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def board(self, info: Info) -> Board:
        return Board(text="wiped", read_at=1)


schema = strawberry.Schema(Query, Mutation)

PUBLIC = PublicFields(frozenset({"Query.board", "Query.late"}), frozenset({"Board.readAt"}), lambda wall: wall.version)


def engine() -> Engine:
    """Give a fresh engine before a wall that it knows to be public."""
    return Engine(schema._schema, public=PUBLIC)
