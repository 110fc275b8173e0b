"""The pantry: ingredients, and every movement of them.

Recipes were words that nobody went by, of ingredients that nobody counted: they go. A menu file brings new ones.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "ingredients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("low_stock_at", sa.BigInteger(), nullable=True),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.CheckConstraint("on_hand >= 0"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "pantry_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ingredient_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["ingredient_id"], ["ingredients.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    is_an_orders = sa.text("order_id IS NOT NULL")
    op.create_index("ix_pantry_moves_order", "pantry_moves", ["order_id"], sqlite_where=is_an_orders)
    op.execute("UPDATE items SET recipe = '{}'")
    for group_id, options in op.get_bind().execute(sa.text("SELECT id, options FROM option_groups")).all():
        without = json.dumps([{**option, "recipe": {}, "replaces": {}} for option in json.loads(options)])
        op.get_bind().execute(
            sa.text("UPDATE option_groups SET options = :options WHERE id = :id"), {"options": without, "id": group_id}
        )
