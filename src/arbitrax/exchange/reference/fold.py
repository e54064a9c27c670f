"""The hash of the state is a fold of its numbers, in a stated order."""

MASK = (1 << 64) - 1
MULTIPLIER = 0x9FB21C651E98DF25


def fold(word: int, value: int) -> int:
    """Take one more 64-bit number (two's complement) into a hash.

    ``word ^= value; word *= MULTIPLIER; word ^= word >> 32``, modulo 2^64: each step is a bijection of the word, so no
    number is lost, and order matters.
    """
    word = ((word ^ (value & MASK)) * MULTIPLIER) & MASK
    return word ^ (word >> 32)
