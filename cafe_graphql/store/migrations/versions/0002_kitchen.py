"""The kitchen: stations, pickup slots, the queue, and what of an order is made."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("cafe") as cafe:
        cafe.add_column(sa.Column("stations", sa.Integer(), nullable=False, server_default="2"))
        cafe.add_column(sa.Column("slot_minutes", sa.Integer(), nullable=False, server_default="15"))
        cafe.add_column(sa.Column("slot_capacity", sa.Integer(), nullable=False, server_default="12"))
    op.add_column("orders", sa.Column("work_seconds", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("order_lines", sa.Column("is_done", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("orders", sa.Column("queue_promise", sa.BigInteger(), nullable=True))
    op.execute("UPDATE orders SET queue_promise = estimated_ready_at WHERE status = 'placed'")
    is_queued = sa.text("queue_promise IS NOT NULL")
    op.create_index("ix_orders_queue", "orders", ["queue_promise", "id"], sqlite_where=is_queued)
    op.create_index("ix_orders_pickup", "orders", ["pickup_at"], sqlite_where=sa.text("pickup_at IS NOT NULL"))
