"""How often promo codes were used, in all and by each account: counted in the act that uses one or gives it back."""

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from cafe_graphql.core.purses import Purse
from cafe_graphql.store.hot import Hot
from cafe_graphql.store.tables import PromoUseRow, table

uses = table(PromoUseRow)

EVERYBODY = 0
"""The number under which the uses of all are counted; no account has it."""

_USES = Hot(select(uses.c.uses).where(uses.c.code == bindparam("code"), uses.c.customer_id == bindparam("customer_id")))
_COUNT = Hot(
    insert(uses).on_conflict_do_update(index_elements=["code", "customer_id"], set_={"uses": uses.c.uses + 1}),
    [column.key for column in uses.c],
)


def seen(connection: Connection, code: str, customer_id: int | None) -> Purse:
    """Tell how often a code was used, by its key."""
    own = 0 if customer_id is None else _count(connection, code, customer_id)
    return Purse(customer_id is not None, code_uses=_count(connection, code, EVERYBODY), own_uses=own)


def use(connection: Connection, code: str, customer_id: int | None) -> None:
    """Count a use of a code, in all and by an account."""
    for whose in _counted(customer_id):
        _COUNT.run(connection, {"code": code, "customer_id": whose, "uses": 1})


def give_back(connection: Connection, code: str, customer_id: int | None) -> None:
    """Count a use less, that there was."""
    its = (uses.c.code == code, uses.c.customer_id.in_(_counted(customer_id)))
    connection.execute(update(uses).where(*its).values(uses=uses.c.uses - 1))


def _count(connection: Connection, code: str, whose: int) -> int:
    return _USES.scalar(connection, {"code": code, "customer_id": whose}) or 0


def _counted(customer_id: int | None) -> tuple[int, ...]:
    return (EVERYBODY,) if customer_id is None else (EVERYBODY, customer_id)
