"""Prices: tax rates and promo codes of the menu, how often codes were used, and what orders were sold at."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("cafe", sa.Column("tax_rates", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("cafe", sa.Column("tax", sa.String(), nullable=True))
    op.add_column("cafe", sa.Column("promo_codes", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("categories", sa.Column("tax", sa.String(), nullable=True))
    op.add_column("orders", sa.Column("taxes", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("orders", sa.Column("discount", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("orders", sa.Column("promo_code", sa.String(), nullable=True))
    op.add_column("order_lines", sa.Column("discount", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("order_lines", sa.Column("tax", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "promo_uses",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "customer_id"),
    )
    _widen_what_reports_add_up()


def _widen_what_reports_add_up() -> None:
    op.drop_index("ix_orders_sales", "orders")
    sold = ["currency", "business_date", "placed_at", "subtotal", "discount"]
    op.create_index("ix_orders_sales", "orders", sold, sqlite_where=sa.text("status != 'cancelled'"))
    op.drop_index("ix_order_lines_item", "order_lines")
    of_item = ["item_id", "order_id", "quantity", "unit_price", "discount"]
    op.create_index("ix_order_lines_item", "order_lines", of_item)
