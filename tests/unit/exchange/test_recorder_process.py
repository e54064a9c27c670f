"""The recorder as a process waits out what an operator can mend, and says it once."""

from contextlib import contextmanager
from threading import Event

import pytest

from arbitrax.domain.errors import DataError, SchemaError, StoreError, StoreUnavailableError
from arbitrax.exchange.recording import process
from arbitrax.exchange.recording.process import run_recorder


def run(monkeypatch, *failures):
    """Let connecting fail so often, then stop; return what was said."""
    monkeypatch.setattr(process, "FIRST_REST", 0.0)
    monkeypatch.setattr(process, "LONGEST_REST", 0.0)
    left, said, stop = list(failures), [], Event()

    @contextmanager
    def connect():
        if len(left) == 1:
            stop.set()
        raise left.pop(0)
        yield

    run_recorder(connect, said.append, stop)
    return said


def test_a_full_disk_and_a_server_that_is_down_are_waited_out_and_said_once_each(monkeypatch):
    full, down = StoreError("The disk is full."), StoreUnavailableError("It is down.")
    said = run(monkeypatch, full, full, down, down, full)
    assert [each.partition(".")[0] for each in said] == ["The disk is full", "It is down", "The disk is full"]


@pytest.mark.parametrize("error", [SchemaError("Another schema."), DataError("Another body.")])
def test_what_waiting_does_not_mend_ends_it(monkeypatch, error):
    with pytest.raises(type(error)):
        run(monkeypatch, error)
