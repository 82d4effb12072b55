"""Alembic's entry: the connection comes from search_api.database.migrate."""

from alembic import context

from search_api.database import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
