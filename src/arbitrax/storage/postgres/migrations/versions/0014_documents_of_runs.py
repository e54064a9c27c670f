"""Honesty panels, figures and excursions of runs, stored with them."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; what older runs have is made when it is first asked for."""
    run_script("0014_documents_of_runs.up.sql")


def downgrade() -> None:
    """Drop it; all in it can be made again."""
    run_script("0014_documents_of_runs.down.sql")
