"""Receipts, as they were issued."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "receipts",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.UniqueConstraint("token"),
    )
    op.create_index("ix_receipts_order", "receipts", ["order_id", "sequence"])
    op.create_index("ix_receipts_sale", "receipts", ["order_id"], unique=True, sqlite_where=sa.text("kind = 'sale'"))
