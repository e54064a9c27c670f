"""Transfers of cash between accounts of shards."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    run_script("0007_transfers.up.sql")


def downgrade() -> None:
    """Drop it; what has begun must be finished, or the cash under way is nobody's."""
    run_script("0007_transfers.down.sql")
