"""What else a run rests on: its corporate actions as known at a time, and finer bars."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give the assets of a run the time of their actions, and a role to finer bars."""
    run_script("0004_actions_of_a_run.up.sql")


def downgrade() -> None:
    """Take both away; runs that rest on them are deleted, as they could not be reproduced."""
    run_script("0004_actions_of_a_run.down.sql")
