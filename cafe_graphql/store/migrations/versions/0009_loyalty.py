"""Loyalty: the café's points, what each account has of them, and the ledger of their movements."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("cafe", sa.Column("loyalty", sa.JSON(), nullable=True))
    op.add_column("orders", sa.Column("points", sa.Integer(), nullable=False, server_default="0"))
    # SQLite adds a column with a check of its own in place; Alembic would write all the table anew for it.
    for column in ("points", "points_owed"):
        op.execute(f"ALTER TABLE people ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0 CHECK ({column} >= 0)")
    op.create_table(
        "points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["people.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_points_customer_id", "points", ["customer_id"])
    op.create_index("ix_points_order_id", "points", ["order_id"])
