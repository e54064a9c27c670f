"""Run a revision's SQL file."""

from pathlib import Path

from alembic import op

VERSIONS = Path(__file__).with_name("versions")


def run_script(name: str) -> None:
    """Run every statement of a file of ``versions`` in the migration's transaction."""
    # To the driver as it is: SQLAlchemy would read `:name` or `%` as parameters, and take one statement at a time.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None  # noqa: S101 -- Alembic is inside a transaction
    connection.execute((VERSIONS / name).read_bytes())
