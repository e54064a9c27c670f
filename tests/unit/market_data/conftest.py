from collections.abc import Callable
from pathlib import Path

import pytest

from arbitrax.domain.errors import DataError
from arbitrax.market_data.files import read_file
from arbitrax.market_data.series import Series

HEADER = "Date,Open,High,Low,Close,Volume\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Series]:
    """Read text (or bytes) as the file AAPL.csv and return its only series."""

    def read_text(content: str | bytes, **options: str) -> Series:
        path = tmp_path / "AAPL.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        (series,) = read_file(path, **options)
        return series

    return read_text


@pytest.fixture
def refusal(read: Callable[..., Series]) -> Callable[..., str]:
    """Return the one-sentence message with which text is refused."""

    def message(content: str | bytes, **options: str) -> str:
        with pytest.raises(DataError) as caught:
            read(content, **options)
        text = str(caught.value)
        assert text[-1] in ".?"
        assert "\n" not in text
        return text

    return message


@pytest.fixture
def days() -> Callable[..., str]:
    """Write a daily file: good rows 2020-01-02 to 2020-01-04, then the rows given."""

    def write(*rows: str) -> str:
        good = [f"2020-01-0{day},10,12,9,11,100" for day in (2, 3, 4)]
        return HEADER + "".join(f"{row}\n" for row in (*good, *rows))

    return write
