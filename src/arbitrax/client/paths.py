"""Names in paths."""

from urllib.parse import quote


def quoted(text: str) -> str:
    """Return a name as one step of a path, whatever characters it has."""
    return quote(text, safe="")
