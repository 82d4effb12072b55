"""Alembic's entry: the connection comes from knowledge_base.store.migrate."""

from alembic import context

from knowledge_base.store.migrate import VERSION_TABLE
from knowledge_base.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
