"""What an old client order id stands for, and what was paid in and out of accounts."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the word by which two submissions are the same, and the table of payments."""
    run_script("0008_exchange_outcomes.up.sql")


def downgrade() -> None:
    """Drop both: the journal still has them."""
    run_script("0008_exchange_outcomes.down.sql")
