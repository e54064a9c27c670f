"""Every statement, a ``.sql`` file each; ``%(name)s`` are psycopg's parameters."""

from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def statement(name: str) -> bytes:
    """Return the text of ``name.sql``."""
    return (_HERE / f"{name}.sql").read_bytes()
