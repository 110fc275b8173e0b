"""The day's figures: indexes that hold all that a report adds up, so that it reads no order or line."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    sold = ["currency", "business_date", "placed_at", "subtotal"]
    op.create_index("ix_orders_sales", "orders", sold, sqlite_where=sa.text("status != 'cancelled'"))
    # The wider index answers whatever the narrow one did, and each line is written to one index less than to both.
    op.drop_index("ix_order_lines_item", "order_lines")
    op.create_index("ix_order_lines_item", "order_lines", ["item_id", "order_id", "quantity", "unit_price"])
