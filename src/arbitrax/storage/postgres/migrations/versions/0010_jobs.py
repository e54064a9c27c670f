"""Jobs: what is to be done in the background, who does it, and how each attempt ended."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    run_script("0010_jobs.up.sql")


def downgrade() -> None:
    """Drop them; the runs that jobs made stay."""
    run_script("0010_jobs.down.sql")
