"""Ingestion and the catalogue: chunks, quality, repairs, schedules; an asset's place, units and symbols."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add tables and columns; name asset types as `arbitrax.domain.assets` does."""
    run_script("0005_ingestion.up.sql")


def downgrade() -> None:
    """Drop them; assets that gave up their symbol get one of their own."""
    run_script("0005_ingestion.down.sql")
