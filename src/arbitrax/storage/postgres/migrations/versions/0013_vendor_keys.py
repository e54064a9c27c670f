"""Keys of vendors, sealed."""

from arbitrax.storage.postgres.migrations.scripts import run_script

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    run_script("0013_vendor_keys.up.sql")


def downgrade() -> None:
    """Drop it; vendors are then asked with keys of the environment alone."""
    run_script("0013_vendor_keys.down.sql")
