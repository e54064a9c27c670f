"""The `arbitrax` program: how signals, errors and broken streams leave it.

Exit codes: 0 ok, 1 failed, 2 the command's words are wrong, 3 done in part, 4 an order refused by risk, 5 the outcome
of an order unknown, 130 interrupted, 143 terminated.
"""

import os
import signal
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and exit."""
    try:
        # A plain SIGTERM would skip the exit hooks, and the embedded servers would outlive their last user.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        _open_streams()
        code = _run()
    except KeyboardInterrupt:
        _write_error("Interrupted; nothing half-done was kept.\n")
        code = 130
    except SystemExit as end:
        # The tables' library ends the program when the reader has gone (`| head`), which is no failure.
        gone = isinstance(end.__context__, BrokenPipeError)
        code = 0 if gone or end.code is None else end.code if isinstance(end.code, int) else 1
    # From here on only the exit hooks run: they stop the servers, and must not be interrupted in it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(code)


def _run() -> int:
    # Here, not above: importing takes a tenth of a second, and Ctrl-C in it should end like any other.
    from cyclopts import CycloptsError

    from arbitrax.cli.commands import app
    from arbitrax.cli.local_only import refuse_url
    from arbitrax.domain.errors import ArbitraxError

    try:
        refuse_url(app)
        code = app(exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except CycloptsError as error:
        return _complain(f"{str(error).strip()} Run with --help to see what this command takes.", "input.usage", 2)
    except ArbitraxError as error:
        return _complain(str(error), error.code, error.exit_code)
    except BrokenPipeError:
        _silence_stdout()  # the reader has gone (`| head`): nobody is left to tell
        return 0
    except ImportError as error:
        cause: BaseException = error
        while cause.__cause__ is not None:  # commands load by their import path, which wraps what went wrong
            cause = cause.__cause__
        if not isinstance(cause, ImportError) or cause.name != "arbitrax.kernels":
            raise
        return _complain(str(cause), "build.stale", 1)
    except OSError as error:
        if error.filename is not None:
            raise
        _silence_stdout()
        return _complain(f"The output cannot be written: {error.strerror}.", "output.failed", 1)
    return code if isinstance(code, int) else 0


def _complain(sentence: str, code: str, exit_code: int) -> int:
    if "--json" in sys.argv:
        import msgspec

        _write_error(msgspec.json.encode({"error": {"code": code, "message": sentence}}).decode() + "\n")
    else:
        _write_error(f"Error: {sentence}\n")
    return exit_code


def _write_error(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        pass  # the exit code still tells


def _open_streams() -> None:
    """Give closed streams a place to go, before any file or socket of ours takes their numbers."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - open until the process ends
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - open until the process ends


def _silence_stdout() -> None:
    """Let what is still buffered go nowhere: flushing it at exit would complain again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


if __name__ == "__main__":
    main()
