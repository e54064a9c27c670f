"""${message}."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    run_script("${up_revision}.up.sql")


def downgrade() -> None:
    """Revert."""
    run_script("${up_revision}.down.sql")
