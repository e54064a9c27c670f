"""Series know whose uploads alone they are made of."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; series that are stored already are nobody's alone."""
    run_script("0016_owners_of_series.up.sql")


def downgrade() -> None:
    """Drop it."""
    run_script("0016_owners_of_series.down.sql")
