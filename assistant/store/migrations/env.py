"""Run by Alembic for each migration, in the transaction that `assistant.store.schema` began."""

from __future__ import annotations

from alembic import context

from assistant.store.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
