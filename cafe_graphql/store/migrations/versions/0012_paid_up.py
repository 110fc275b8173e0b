"""Whether all of an order was paid at one time: from then on, what is given back is not due again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("orders", sa.Column("was_paid_up", sa.Boolean(), nullable=False, server_default="0"))
    op.execute("UPDATE orders SET was_paid_up = 1 WHERE paid >= total")
