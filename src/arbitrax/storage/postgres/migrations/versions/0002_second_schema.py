"""The second schema: corporate actions with their past."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    run_script("0002_second_schema.up.sql")


def downgrade() -> None:
    """Drop the columns and what is in them."""
    run_script("0002_second_schema.down.sql")
