"""What a strategy says: heard line by line, kept within bounds."""

import io
import logging
import sys
from contextlib import redirect_stdout

import pytest

from arbitrax.jobs.said import heard
from arbitrax.services.run_log import MOST_AT_ONCE, MOST_LINE, MOST_LINES, LogKeeper, LogLine


def test_the_newest_lines_are_kept_and_how_many_were_cut() -> None:
    keeper = LogKeeper()
    for at in range(MOST_LINES + 7):
        keeper.add(f"line {at}", at)
    assert keeper.log.cut == 7
    assert len(keeper.log.lines) == MOST_LINES
    assert (keeper.log.lines[0], keeper.log.lines[-1]) == (LogLine("line 7", 7), LogLine("line 1006", 1006))


def test_each_line_is_told_once_and_of_a_flood_the_newest() -> None:
    keeper = LogKeeper()
    keeper.add("one")
    assert keeper.untold() == [LogLine("one")]
    assert keeper.untold() == []
    for at in range(1_000):
        keeper.add(str(at))
    assert [each.text for each in keeper.untold()] == [str(at) for at in range(1_000 - MOST_AT_ONCE, 1_000)]


def test_a_line_is_cut_and_has_nothing_that_is_no_text() -> None:
    keeper = LogKeeper()
    keeper.add("x" * 5_000)
    keeper.add("a\x1b[31mb\tc")
    assert [each.text for each in keeper.log.lines] == ["x" * MOST_LINE, "a [31mb c"]


def test_prints_and_loggers_are_heard_and_then_not_any_more(capsys: pytest.CaptureFixture[str]) -> None:
    said = list[str]()
    log = logging.getLogger("somebody.elses")
    level = logging.getLogger().level
    with heard(said.append):
        sys.stdout.write("a")
        sys.stdout.write("b\nc\n")
        log.debug("no")
        log.info("yes %d", 1)
        log.error("bad\nworse")
        logging.getLogger("arbitrax.storage").warning("of the engine")
        logging.getLogger("arbitrax.strategies.sma_cross").info("of a strategy")
        sys.stdout.write("rest")
    assert said == ["ab", "c", "yes 1", "error: bad", "error: worse", "of a strategy", "rest"]
    sys.stdout.write("out\n")
    log.info("no")
    assert capsys.readouterr().out == "out\n"
    assert said[-1] == "rest"
    assert logging.getLogger().level == level


def test_nothing_is_heard_while_prints_go_elsewhere() -> None:
    said, elsewhere = list[str](), io.StringIO()
    with heard(said.append):
        with redirect_stdout(elsewhere):
            sys.stdout.write("checked\n")
            logging.getLogger("somebody.elses").error("checked")
        logging.getLogger("somebody.elses").info("run")
    assert (said, elsewhere.getvalue()) == (["run"], "checked\n")


def test_what_is_said_before_a_fault_is_heard() -> None:
    said = list[str]()

    def fail() -> None:
        with heard(said.append):
            sys.stdout.write("before")
            raise ValueError("as asked")

    with pytest.raises(ValueError, match="as asked"):
        fail()
    assert said == ["before"]
