"""Movements noted in ``cash:{shard}``: see `arbitrax.services.cash_movements.MovementNotes`.

Fields: ``id:{id}``: sequence number, outcome (``-``: open) and JSON of the movement; ``open:{account}``: the id of the
account's open one; ``seq:{account}``: the last number given out.
"""

from __future__ import annotations

import msgspec

from arbitrax.domain.errors import DataError
from arbitrax.services.cash_movements import CashMovement, NotedMovement
from arbitrax.storage.redis.client_journal import ValkeyClientJournal

# KEYS: movements; ARGV: id, account, JSON.
_BEGIN = """
local known = redis.call('HGET', KEYS[1], 'id:' .. ARGV[1])
if known then return known end
local open = redis.call('HGET', KEYS[1], 'open:' .. ARGV[2])
if open then return redis.call('HGET', KEYS[1], 'id:' .. open) end
local noted = redis.call('HINCRBY', KEYS[1], 'seq:' .. ARGV[2], 1) .. ' - ' .. ARGV[3]
redis.call('HSET', KEYS[1], 'id:' .. ARGV[1], noted, 'open:' .. ARGV[2], ARGV[1])
return noted
"""
# KEYS: movements; ARGV: id, account, outcome.
_END = """
local seq, rest = string.match(redis.call('HGET', KEYS[1], 'id:' .. ARGV[1]) or '', '^(%d+) %- (.*)$')
if not seq then return 0 end
redis.call('HSET', KEYS[1], 'id:' .. ARGV[1], seq .. ' ' .. ARGV[3] .. ' ' .. rest)
return redis.call('HDEL', KEYS[1], 'open:' .. ARGV[2])
"""


class ValkeyMovementNotes:
    """Over the connection of a client of the journal."""

    def __init__(self, journal: ValkeyClientJournal) -> None:
        self._journal = journal

    async def begin(self, shard: int, movement: CashMovement) -> NotedMovement:
        """Note one, or find what is noted.

        Raises:
            DataError: it cannot be read.
        """
        body = msgspec.json.encode(movement)
        text = await self._journal.ask("EVAL", _BEGIN, 1, f"cash:{shard}", movement.id, movement.account, body)
        try:
            seq, outcome, found = bytes(text).split(b" ", 2)
            known = msgspec.json.decode(found, type=CashMovement)
            return NotedMovement(known, int(seq), None if outcome == b"-" else outcome.decode())
        except ValueError as error:
            raise DataError(f"The note of a movement in cash:{shard} is damaged: {text!r} ({error}).") from None

    async def end(self, shard: int, movement: CashMovement, outcome: str) -> None:
        """Note an outcome."""
        await self._journal.ask("EVAL", _END, 1, f"cash:{shard}", movement.id, movement.account, outcome)
