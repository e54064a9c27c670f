"""The exchange: its instruments and accounts, what the recorder keeps of orders, fills and round trips."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add tables and columns; orders, fills and trades of accounts get words of their own."""
    run_script("0006_exchange.up.sql")


def downgrade() -> None:
    """Drop them, and the orders, fills and trades of accounts: the journal still has them."""
    run_script("0006_exchange.down.sql")
