"""Where Alembic meets our tables; `migrations.upgrade` hands the connection in."""

from alembic import context
from sqlmodel import SQLModel

from cafe_graphql.store import tables

assert tables, "importing the tables is what fills the metadata"

context.configure(connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata)
context.run_migrations()
