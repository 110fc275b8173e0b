"""The day's refunds: an index that holds all that a report adds up of them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"


def upgrade() -> None:
    columns = ["updated_at", "order_id", "amount"]
    op.create_index("ix_refunds_done", "refunds", columns, sqlite_where=sa.text("state = 'done'"))
