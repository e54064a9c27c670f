"""LOBSTER files: what a real market's messages do to our book (docs/concepts/lobster.md).

`files` reads the pair, `orders` follows each order through the messages, `depth` says which lots the messages do not
explain, `translate` makes commands of both, `replay` runs them and compares.
"""
