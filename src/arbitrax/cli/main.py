"""The `arbitrax` command: its tree, and how errors leave it.

Exit codes: 0 ok, 1 failed, 2 the command's words are wrong, 3 done in part, 130 interrupted.
"""

import signal
import sys
from typing import NoReturn

from cyclopts import App, CycloptsError

import arbitrax
from arbitrax.domain.errors import ArbitraxError

app = App(
    name="arbitrax",
    help="A self-hosted trading stack: research, honest backtests and a paper exchange.",
    version=arbitrax.__version__,
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
# By import path, so that a command loads only what it needs.
app.command("arbitrax.cli.demo:demo", name="demo", help="Run a real strategy on real prices, step by step.")
app.command("arbitrax.cli.up:up", name="up", help="Start the embedded servers and keep them until Ctrl-C.")
app.command("arbitrax.cli.doctor:doctor", name="doctor", help="Check versions, compiled core, stores, clock and disk.")
app.command("arbitrax.cli.data:app", name="data", help="Import, list and show market data.")
app.command("arbitrax.cli.strategy:app", name="strategy", help="List and describe strategies.")
app.command("arbitrax.cli.backtest:app", name="backtest", help="Run, list, show, report and reproduce backtests.")
app.command("arbitrax.cli.db:app", name="db", help="Upgrade and check the database schema.")
app.register_install_completion_command(help="Install completion for your shell.")


def main() -> NoReturn:
    """Run the command line and exit."""
    # A plain SIGTERM would skip the exit hooks, and the embedded servers would outlive their last user.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        code = app(exit_on_error=False, print_error=False)
    except CycloptsError as error:
        _complain(f"{str(error).strip()} Run with --help to see what this command takes.", "input.usage")
        sys.exit(2)
    except ArbitraxError as error:
        _complain(str(error), error.code)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted; nothing half-done was kept.\n")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone (`| head`); do not complain at exit
        sys.exit(0)
    except ImportError as error:
        if error.name != "arbitrax.kernels":
            raise
        _complain(str(error), "build.stale")
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _complain(sentence: str, code: str) -> None:
    if "--json" in sys.argv:
        import msgspec

        sys.stderr.write(msgspec.json.encode({"error": {"code": code, "message": sentence}}).decode() + "\n")
    else:
        sys.stderr.write(f"Error: {sentence}\n")


if __name__ == "__main__":
    main()
