"""Numbers as decimal text, the form they have at the edge."""


def decimal_text(number: float) -> str:
    """Return a finite number as the shortest decimal that reads back as the same, without an exponent."""
    text = repr(float(number))
    if "e" in text:
        import numpy as np

        text = np.format_float_positional(number, trim="-")
    return text.removesuffix(".0")
