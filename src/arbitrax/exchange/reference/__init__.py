"""The reference exchange: plain Python, obviously right, slow, never removed. Its docstrings are the contract.

`engine` says what a command does in which order, `submit` and `amend` the order of checks, `matching` how orders meet,
`stops`, `pegs`, `auction` and `house` what their names say, `risk` and `accounts` the money, `identity` exactly once,
`hashing` the state hash. Every number is an integer.
"""

from arbitrax.exchange.reference.engine import MatchingEngine

__all__ = ["MatchingEngine"]
