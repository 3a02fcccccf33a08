"""How alembic reaches the database: over the connection that `server.migrations` hands it."""

from sqlalchemy import text

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
    before = context.get_context().get_current_heads()
    context.run_migrations()
    # With the tables: an older program that starts on them reads whether it may.
    serves_from = context.config.attributes.get("serves_from")
    if serves_from and context.get_context().get_current_heads() != before:
        connection.execute(text(f"COMMENT ON COLUMN alembic_version.version_num IS '{serves_from}'"))
