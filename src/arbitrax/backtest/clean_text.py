"""Text that any file can hold."""


def clean_text(text: str) -> str:
    """Return text whose characters are characters: what is none, or controls the terminal, becomes U+FFFD."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c >= " " and not "\x7f" <= c <= "\x9f" else "\ufffd" for c in text)
