"""What reading a file or frame yields: bars, and what had to be done to get them."""

from msgspec import Struct

from arbitrax.domain.bars import Bars


class Series(Struct, frozen=True):
    """Checked bars of one symbol: sorted, distinct, complete, positive."""

    bars: Bars
    rows_read: int
    duplicates_dropped: int = 0
    """Rows identical to another one."""
    rows_reordered: int = 0
    """Rows that stood before an earlier one in the source."""
    notices: tuple[str, ...] = ()
    """Sentences the user should see, such as an assumed time zone."""
