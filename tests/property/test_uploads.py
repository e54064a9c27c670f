"""Whatever bytes are sent as a file of bars, they are looked at, or refused in a sentence."""

from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from arbitrax.domain.errors import DataError, InputError
from arbitrax.services.uploads import MAPPED, Preview, Upload, look_at

NAMES = st.sampled_from(["date", "open", "high", "low", "close", "Settle", "", " ", "a"])
FIELDS = NAMES | st.text(max_size=6) | st.sampled_from(["2024-01-02", "10", "1e400", "-1", "nan", '"', "12:00"])
TABLES = st.tuples(
    st.lists(st.lists(FIELDS, max_size=7), max_size=5),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
).map(lambda table: table[2].join(table[1].join(row) for row in table[0]).encode(errors="replace"))


@given(TABLES | st.binary(max_size=60), st.dictionaries(st.sampled_from(MAPPED), NAMES, max_size=3), st.booleans())
@example(b";", {}, True)
@example(b"\xc2\x81\xc2\x90X\x1f\r\xf1\xb8\x90\x8d`", {"low": "Low"}, True)
def test_any_bytes_are_looked_at_or_refused(data: bytes, columns: dict[str, str], whole: bool) -> None:
    with suppress(DataError, InputError):
        assert isinstance(look_at(data, Upload(columns=columns), whole=whole), Preview)
