"""Places where tests end the process as kill -9 does: ``ARBITRAX_CRASH_AT=output.sent:3`` at the third time there.

Read once, when imported; without the variable a place is a call of an empty function.

    append.sent         an entry is on its way to the journal
    append.replied      it is there
    batch.read          entries were read
    batch.executed      the engine has run them, nothing is sent
    output.before       their outputs are packed
    output.sent         they are on their way
    output.replied      they are written
    lease.acquired      nothing is recovered yet
    recovery.done       the next entry is about to be read
    epoch.inserted      a new epoch is in the journal, not executed
    snapshot.forked     a child writes the state
    snapshot.written    it has, the store was not told
    snapshot.installed  the store was told
    archive.commands    commands are in the archive, the events that answer them are not
    archive.events      those too; the server was not told
    stream.trimmed      a step of a stream is gone
    record.before       events are worked out, nothing is stored
    record.stored       they are, the server was not told
    feed.followed       a feed knows what events did, nothing is sent
    feed.published      it is published
    transfer.begun      a transfer of cash is stored, nothing is sent
    transfer.debited    the source's shard has answered, nothing is stored
    transfer.credited   the target's shard has
"""

import os
import signal

VARIABLE = "ARBITRAX_CRASH_AT"

_name, _, _times = os.environ.get(VARIABLE, "").partition(":")
_left = int(_times or 1)


def _count(place: str) -> None:
    global _left  # noqa: PLW0603 - of the process, like its end
    if place == _name:
        _left -= 1
        if not _left:
            os.kill(os.getpid(), signal.SIGKILL)


def _go_on(place: str) -> None:
    """Do nothing."""


reach = _count if _name else _go_on
