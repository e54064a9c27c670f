"""Identity: logins and their refresh tokens, signing keys, who did what, and who owns a backtest."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add tables and columns."""
    run_script("0009_identity.up.sql")


def downgrade() -> None:
    """Drop them; backtests lose their owners."""
    run_script("0009_identity.down.sql")
