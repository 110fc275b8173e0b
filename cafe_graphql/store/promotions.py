"""How often promo codes were used, in all and by each account: counted in the act that uses one or gives it back."""

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from cafe_graphql.store.hot import Hot
from cafe_graphql.store.tables import PromoUseRow, table

counts = table(PromoUseRow)

EVERYBODY = 0
"""The number under which the uses of all are counted; no account has it."""

_USES = Hot(
    select(counts.c.uses).where(counts.c.code == bindparam("code"), counts.c.customer_id == bindparam("customer_id"))
)
_COUNT = Hot(
    insert(counts).on_conflict_do_update(index_elements=["code", "customer_id"], set_={"uses": counts.c.uses + 1}),
    [column.key for column in counts.c],
)


def uses(connection: Connection, code: str, customer_id: int | None) -> tuple[int, int]:
    """Tell how often a code was used, by its key: in all, and by an account."""
    own = 0 if customer_id is None else _count(connection, code, customer_id)
    return _count(connection, code, EVERYBODY), own


def use(connection: Connection, code: str, customer_id: int | None) -> None:
    """Count a use of a code, in all and by an account."""
    for whose in _counted(customer_id):
        _COUNT.run(connection, {"code": code, "customer_id": whose, "uses": 1})


def give_back(connection: Connection, code: str, customer_id: int | None) -> None:
    """Count a use less, that there was."""
    its = (counts.c.code == code, counts.c.customer_id.in_(_counted(customer_id)))
    connection.execute(update(counts).where(*its).values(uses=counts.c.uses - 1))


def _count(connection: Connection, code: str, whose: int) -> int:
    return _USES.scalar(connection, {"code": code, "customer_id": whose}) or 0


def _counted(customer_id: int | None) -> tuple[int, ...]:
    return (EVERYBODY,) if customer_id is None else (EVERYBODY, customer_id)
