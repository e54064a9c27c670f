"""Which runs jobs made, which ingestions they began, and which chunks they brought."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; ingestions that are stored belong to the operator."""
    run_script("0012_what_jobs_made.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_script("0012_what_jobs_made.down.sql")
