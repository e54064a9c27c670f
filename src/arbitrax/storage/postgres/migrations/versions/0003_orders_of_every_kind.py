"""Orders of every kind, fills and account events of a run."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen orders and trades, create fills and account events."""
    run_script("0003_orders_of_every_kind.up.sql")


def downgrade() -> None:
    """Narrow them again; runs that hold more than the first schema can say are deleted."""
    run_script("0003_orders_of_every_kind.down.sql")
