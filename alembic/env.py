"""How alembic reaches the database: over the connection that `server.migrations` hands it."""

from alembic import context
from models import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    message = "Run migrations with `python3 run.py migrate`."
    raise SystemExit(message)

context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    compare_server_default=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
