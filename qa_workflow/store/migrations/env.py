"""Run by Alembic for each change: on the connection that it was handed, in the transaction that this is in."""

from alembic import context

from qa_workflow.fault_points import passing
from qa_workflow.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    on_version_apply=lambda **_: passing("mid_migration"),
)
with context.begin_transaction():
    context.run_migrations()
