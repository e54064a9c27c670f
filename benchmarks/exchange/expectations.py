"""What books make of the stream: as it is meant, or as those make of it that cannot reduce an order in its place."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.streams import PlainBook
from benchmarks.exchange.peers.worker import Trade, summary
from benchmarks.exchange.stream import EXPECTED, FOLDER, MESSAGES, stored

MEANT = "as meant"
REQUEUED = "reduced orders go to the back"
REVIVED = "the same, and amends of closed orders are new ones"


class Replay(PlainBook):
    """The plain book, told what the stream says."""

    def drop_live(self, order: int) -> None:
        """Nothing is drawn here."""

    def reduce(self, order: int, lots: int) -> None:
        """Leave so many lots open, in its place."""
        self.orders[order][2] = lots

    def follow(self, rows: NDArray[np.int64], variant: str) -> None:
        for op, order, side, price, lots in rows.tolist():
            if op == 2:
                if order in self.orders:
                    self.take_out(order)
            elif op == 3 and variant == MEANT:
                self.reduce(order, lots)
            elif op < 2 or order in self.orders:
                if op > 2:
                    self.take_out(order)
                self.enter(order, side, None if op == 1 else price, lots)
            elif variant == REVIVED:
                self.enter(order, side, price, lots)


class Changes(Replay):
    """Writes down what a book that is only shown the market must do: rows of the stream, op 0, 2 and 3."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[int, int, int, int, int]] = []

    def rest(self, order: int, side: int, price: int, lots: int) -> None:
        super().rest(order, side, price, lots)
        self.rows.append((0, order, side, price, lots))

    def reduce(self, order: int, lots: int) -> None:
        super().reduce(order, lots)
        side, price, _ = self.orders[order]
        self.rows.append((3, order, side, price, lots))

    def take_out(self, order: int) -> int:
        side, price, _ = self.orders[order]
        self.rows.append((2, order, side, price, 0))
        return super().take_out(order)

    def enter(self, order: int, side: int, price: int | None, lots: int) -> int:
        before = len(self.trades)
        left = super().enter(order, side, price, lots)
        maker = self.trades[-1][1] if len(self.trades) > before else 0
        if maker in self.orders:  # only the last one met has lots left
            self.reduce(maker, self.orders[maker][2])
        return left


def changes(resting: int, messages: int) -> tuple[Path, int, list[int | None]]:
    """Return the file of the changes, how many they are, and the best prices they leave."""
    path, touch = FOLDER / f"changes-{resting}.rows", FOLDER / f"changes-{resting}.json"
    if not touch.exists():
        book = Changes()
        book.follow(np.load(stored(resting))[:messages], MEANT)
        np.array(book.rows, np.int64).tofile(path)
        touch.write_text(json.dumps([book.best(0), book.best(1)]))
    return path, path.stat().st_size // 40, json.loads(touch.read_text())


def expected(resting: int, messages: int) -> dict[str, dict[str, Any]]:
    """Return count, lots, cash and hash of the trades of the first ``messages``, by variant; kept beside the stream."""
    path = FOLDER / f"orders-{resting}-{messages}.json"
    if not path.exists():
        found = {}
        for variant in (MEANT, REQUEUED, REVIVED):
            book = Replay()
            book.follow(np.load(stored(resting))[:messages], variant)
            found[variant] = summary([Trade(*each[1:]) for each in book.trades])
        assert messages < MESSAGES or found[MEANT]["hash"] == EXPECTED[resting][0]
        path.write_text(json.dumps(found))
    told: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return told


def verdict(outcome: dict[str, Any], resting: int, messages: int) -> str:
    """Return in words which of the known results an engine reached, by all that it tells."""
    if "touch" in outcome:
        return "best prices agree" if outcome["touch"] == changes(resting, messages)[2] else "best prices DIFFER"
    told = {name: outcome[name] for name in ("hash", "count", "lots", "cash") if name in outcome}
    variants = expected(resting, messages)
    # The variant with which it agrees in most, the plain one before others.
    variant, result = max(variants.items(), key=lambda item: sum(item[1][name] == told[name] for name in told))
    same = [name for name in told if told[name] == result[name]]
    which = "" if variant == MEANT else f" ({variant})"
    if len(same) == len(told):
        return ("hash agrees" if "hash" in told else f"{', '.join(told)} agree") + which
    apart = ", ".join(f"{name} {told[name]:,} for {result[name]:,}" for name in told if name not in (*same, "hash"))
    return "DIFFERS" + (f" in who met whom{which}" if not apart else f": {apart}{which}")
