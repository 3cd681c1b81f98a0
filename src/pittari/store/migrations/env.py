"""Where Alembic meets the database: on the connection that `Database.migrate` holds locked."""

from alembic import context

from pittari.store import schema

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=schema.metadata, transactional_ddl=True)
context.run_migrations()
