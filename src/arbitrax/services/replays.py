"""Replay a file on an exchange of its own: commands of ours, or a LOBSTER day."""

from collections.abc import Callable
from pathlib import Path

from arbitrax.domain.errors import InputError
from arbitrax.exchange.command_file import read_command_file
from arbitrax.exchange.lobster.files import book_file_of, read_lobster
from arbitrax.exchange.lobster.replay import LobsterOutcome, replay_lobster
from arbitrax.exchange.replay import Outcome, Run


def replay_file(path: Path, book: Path | None, done: Callable[[int], None]) -> Outcome | LobsterOutcome:
    """Replay a file; ``done`` hears of commands executed.

    book: the order book file of a LOBSTER message file; None: found by its name.

    Raises:
        InputError: the file's ending is neither `.npy` nor `.csv`, or it is not clear which its order book file is.
        DataError: a file is missing or damaged.
    """
    if path.suffix == ".npy":
        if book is not None:
            raise InputError(f"--book {book} belongs to a LOBSTER message file; {path.name} is a file of commands.")
        run = Run()
        for part in run.execute(read_command_file(path)):
            done(part.stop - part.start)
        return run.outcome()
    if path.suffix != ".csv":
        raise InputError(f"{path} is neither commands (.npy) nor a LOBSTER message file (.csv).")
    return replay_lobster(read_lobster(path, book or book_file_of(path)), done)
