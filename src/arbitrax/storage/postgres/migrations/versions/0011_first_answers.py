"""What the submission of an order came to, as it was told: the answer to the same order again."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; orders from before have none."""
    run_script("0011_first_answers.up.sql")


def downgrade() -> None:
    """Drop them: the journal still has what they say."""
    run_script("0011_first_answers.down.sql")
