"""Print how quick the web page is, in Chromium, on a real gateway: each row as soon as it is measured.

python -m benchmarks.web [--rows route,result,tiles,trades,book] [--minutes M] [--rounds N]

The machine's other work falls on Chromium too, so times of its main thread are told as processor time, by which they
are judged, and by the clock. Exit code 1 when a target does not hold.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.web import rows
from benchmarks.web.stack import BARS, PASSWORD, USER, WebStack, running

ROOT = Path(__file__).parents[2]
NODE = ROOT / ".venv" / "node" / "node"
SCRIPT = ROOT / "web" / "tests" / "measure" / "measure.ts"
ROWS: dict[str, Callable[["Page"], bool]] = {
    "route": lambda page: rows.route(page.measure("route"), page.stack.url),
    "result": lambda page: rows.result(page.measure("result")),
    "tiles": lambda page: rows.tiles(page.measure("tiles")),
    "trades": lambda page: rows.trades(page.measure("trades"), page.stack.big_rows),
    "book": lambda page: rows.book(*page.in_a_market()),
}


class Page:
    """The page in Chromium."""

    def __init__(self, stack: WebStack, browser: str, rounds: int, seconds: float) -> None:
        self.stack, self._browser, self._rounds, self._seconds = stack, browser, rounds, seconds

    def measure(self, row: str) -> dict[str, object]:
        """Return what a row of the script found."""
        asked = {
            "row": row, "url": self.stack.url, "browser": self._browser, "name": USER, "password": PASSWORD,
            "small": self.stack.small, "big": self.stack.big, "symbol": self.stack.symbol, "part": self.stack.part,
            "rounds": self._rounds,
            "seconds": self._seconds,
        }  # fmt: skip
        done = subprocess.run([NODE, SCRIPT, json.dumps(asked)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"The page could not be measured:\n{done.stdout}{done.stderr}")
        found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
        return found

    def in_a_market(self) -> tuple[dict[str, object], dict[str, object]]:
        """Return what the row `book` found, and what changed the book meanwhile."""
        words = [sys.executable, "-m", "benchmarks.web.market"]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as market:
            assert market.stdin is not None
            assert market.stdout is not None
            home = str(self.stack.settings.home)
            asked = {
                "home": home,
                "account": self.stack.maker,
                "symbol": self.stack.symbol,
                "part": self.stack.part,
                "rate": rows.RATE,
            }
            market.stdin.write(json.dumps(asked) + "\n")
            market.stdin.flush()
            if market.stdout.readline().strip() != "ready":
                raise SystemExit("There is no market.")
            found = self.measure("book")
            market.stdin.close()
            return found, json.loads(market.stdout.read())


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web")
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--minutes", type=float, default=10.0, help="of the market")
    parser.add_argument("--rounds", type=int, default=12, help="of navigations")
    given = parser.parse_args()
    wanted = given.rows.split(",")
    if unknown := set(wanted) - set(ROWS):
        parser.error(f"there is no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        parser.error("there is no Chromium; install it (apt-get install chromium), or name it by CHROMIUM")
    if not NODE.exists() or not SCRIPT.parents[2].joinpath("node_modules", ".developer").exists():
        parser.error("Node and the page's packages are not there; `make bench-web` installs them")
    print(f"The page, on a run of {BARS:,} bars (load {rows.load()})", flush=True)
    with running(exchange="book" in wanted, runs=bool({"result", "tiles", "trades"} & {*wanted})) as stack:
        page = Page(stack, browser, given.rounds, given.minutes * 60)
        held = [ROWS[name](page) for name in wanted]
    print(f"\n{'All targets hold.' if all(held) else 'Not every target holds.'}")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
