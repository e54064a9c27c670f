"""The first schema: assets, prices and what happens to them; strategies, backtests, accounts, orders and trades."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    run_script("0001_first_schema.up.sql")


def downgrade() -> None:
    """Drop the tables and what is in them."""
    run_script("0001_first_schema.down.sql")
