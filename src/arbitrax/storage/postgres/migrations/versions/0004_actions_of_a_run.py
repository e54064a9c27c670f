"""When the corporate actions that a run applied were known."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give the assets of a run the time of their actions."""
    run_script("0004_actions_of_a_run.up.sql")


def downgrade() -> None:
    """Take it away again; runs that applied actions are deleted, as they could not be reproduced."""
    run_script("0004_actions_of_a_run.down.sql")
