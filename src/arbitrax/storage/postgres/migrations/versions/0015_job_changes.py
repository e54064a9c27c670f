"""Changes of jobs are heard of, their logs kept; trades of the exchange are found by their symbol."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add triggers, table and index."""
    run_script("0015_job_changes.up.sql")


def downgrade() -> None:
    """Drop them, and the logs."""
    run_script("0015_job_changes.down.sql")
