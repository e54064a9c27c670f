"""Which job an ingestion was begun for, and which job brought each chunk."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what is stored belongs to the operator."""
    run_script("0012_ingestions_of_jobs.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_script("0012_ingestions_of_jobs.down.sql")
