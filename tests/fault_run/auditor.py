"""Judges what a run left: by what the clients were told, and by one engine that executes the journal at once."""

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from arbitrax.bootstrap import cache_url, database_url, exchange_folder, journal_url
from arbitrax.domain.errors import DataError
from arbitrax.exchange.core import MatchingCore, fold_events
from arbitrax.exchange.journal import NO_EVENTS, START, EntryId, read_command_entry, read_event_entry
from arbitrax.exchange.records import COMMAND, EVENT, FEES, HOUSE, Code, Happening, Kind
from arbitrax.exchange.service.history import history
from arbitrax.storage.exchange_files.segment_file import Stream
from arbitrax.storage.exchange_files.segments import Segments
from arbitrax.storage.exchange_files.snapshots import check_snapshot
from arbitrax.storage.redis import feed_keys
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.shard_server import ShardServer
from tests.exchange.ledger import Ledger
from tests.exchange.recorded import audit as audit_database
from tests.exchange.recorded import require_equal
from tests.fault_run.exchange_file import ACCOUNTS_EACH, CASH_DECIMALS, NAME, SHARD, SYMBOL, TICK_VALUE
from tests.fault_run.trader import read_log

ACCOUNTS = range(1, 1 + 2 * ACCOUNTS_EACH)
EVERY_LEVEL = 1 << 20


class Auditor:
    """One shard, at rest. `findings` is what differs, in sentences; empty: nothing does."""

    def __init__(self, settings, logs: list[Path]) -> None:
        self.settings = settings
        self.told = [line for log in logs for line in read_log(log)]
        self.findings: list[str] = []
        self.acknowledged = Counter()
        self.commands, self.rows, self.events = {}, np.empty(0, COMMAND), np.empty(0, EVENT)

    def checks(self) -> list[Callable[[], None]]:
        """Return every question."""
        return [
            self.read, self.replay, self.compare_acknowledgements, self.compare_snapshots, self.compare_cash,
            self.compare_database, self.compare_feed,
        ]  # fmt: skip

    def run(self) -> list[str]:
        """Ask every question; return the findings."""
        for check in self.checks():
            try:
                check()
            except (AssertionError, DataError) as error:
                self.findings.append(f"{check.__name__}: {error}")
                if check in (self.read, self.replay):
                    break
        return self.findings

    def read(self) -> None:
        """Read both streams, archive and server; where both have an entry they have the same."""
        folder = exchange_folder(self.settings)
        with ShardServer(journal_url(self.settings), SHARD) as server:
            self.applied, self.manifests = server.applied(), server.manifests()
            found = []
            for kind, stream in ((Stream.COMMANDS, server.commands), (Stream.EVENTS, server.events)):
                segments = Segments(folder, SHARD, kind)
                last = self.applied.entry
                entries = {
                    name: fields for table in history(segments, stream, START, last) for name, fields in table.entries()
                }
                on_server = {name: fields for page in stream.scan(START) for name, fields in page}
                beyond = [str(name) for name in on_server if name > last]
                assert not beyond, f"{kind.name} beyond what is applied: {beyond[:5]}"
                require_equal(f"entries of {kind.name} on the server", on_server, {n: entries[n] for n in on_server})
                assert list(entries) == sorted(entries)
                found.append(entries)
        self.commands = {name: read_command_entry(name, fields).commands for name, fields in found[0].items()}
        self.written = [read_event_entry(name, fields) for name, fields in found[1].items()]

    def replay(self) -> None:
        """Each entry of commands is answered once, in order, by the events that one engine gives at once."""
        answered = [EntryId(int(ms), int(seq)) for each in self.written for ms, seq, *_ in each.index.tolist()]
        require_equal("answered entries", Counter(answered), Counter(list(self.commands)))
        assert answered == list(self.commands), "entries are answered in another order"
        before = START
        for each in self.written:
            assert each.predecessor == before, f"the events of {each.last} follow {each.predecessor}, not {before}"
            before = each.last
        self.rows = np.concatenate(list(self.commands.values())).copy()
        self.rows["time"] = np.repeat([name.ms for name in self.commands], [len(e) for e in self.commands.values()])
        self.core = MatchingCore()
        self.events, self.offsets = self.core.run(self.rows)
        counts = np.concatenate([each.counts for each in self.written])
        other = np.flatnonzero(counts != np.diff(self.offsets))
        assert not len(other), f"command {other[0]} of the journal has {counts[other[0]]} events, written otherwise"
        told = np.concatenate([each.events for each in self.written])
        other = np.flatnonzero(told != self.events)
        assert not len(other), f"event {other[0]} is written as {told[other[0]]}, replayed as {self.events[other[0]]}"
        running = fold_events(NO_EVENTS, self.events)
        assert self.applied.hash == running == self.written[-1].hash, (
            f"running hash {self.applied.hash:016x} live, {self.written[-1].hash:016x} of the last events, "
            f"{running:016x} of the replay"
        )

    def compare_acknowledgements(self) -> None:
        """What a client was told happened, once; what it was told was not sent did not."""
        happened = Counter(each.tobytes() for each in self.events)
        accepted = self.accepted()
        executed = set()
        for line in self.told:
            name = line.get("id")
            for word in ("events", "unknown", "not_sent", "row"):
                self.acknowledged[word] += word in line
            if "events" not in line:
                continue
            rows = np.frombuffer(bytes.fromhex(line["events"]), EVENT)
            for row in rows:
                assert happened[row.tobytes()], f"{name} was told {row}, which did not happen"
            order = [int(row["order"]) for row in rows if row["kind"] in (Happening.ACCEPTED, Happening.REPEATED)]
            if line["kind"] == Kind.SUBMIT and order and rows["code"][0] == Code.OK:
                assert accepted[name] == order[:1], f"{name} was told {order[0]}; the journal has {accepted[name]}"
                executed.add(name)
            paid = rows["kind"] == Happening.CASH if line["kind"] in (Kind.DEPOSIT, Kind.WITHDRAW) else []
            for row in rows[paid] if len(rows) and len(paid) else []:
                count = happened[row.tobytes()]
                assert count == 1, f"{row['price']} of account {row['account']} was paid {count} times"
        refused = {line["id"] for line in self.told if "not_sent" in line and line["id"]}
        unsent = [name for name in refused - {line["id"] for line in self.told if "events" in line} if accepted[name]]
        assert not unsent, f"{unsent[:5]} were executed, and the client was told that they were not sent"
        self.acknowledged["orders"] = len(executed)
        assert executed, "no client was told of any order; this run proves nothing"

    def accepted(self) -> dict[str, list[int]]:
        """Return the order that each client order id became; none became two."""
        accepted = defaultdict(list)
        submitted = np.flatnonzero((self.rows["kind"] == Kind.SUBMIT) & (self.rows["client"] != b""))
        for at in submitted.tolist():
            first = self.events[self.offsets[at] : self.offsets[at + 1]]
            name = self.rows["client"][at].decode()
            accepted[name] += first["order"][first["kind"] == Happening.ACCEPTED].tolist()
        twice = {name: orders for name, orders in accepted.items() if len(orders) > 1}
        assert not twice, f"{len(twice)} orders were accepted twice: {list(twice.items())[:5]}"
        return accepted

    def compare_snapshots(self) -> None:
        """The newest verified snapshot is the replay's state there, and leads to the same end."""
        verified = [each for each in self.manifests.values() if each.verified]
        assert verified, "no snapshot was verified"
        newest = max(verified, key=lambda each: EntryId.parse(each.entry))
        self.snapshot = newest
        entry = EntryId.parse(newest.entry)
        cut = sum(len(each) for name, each in self.commands.items() if name <= entry)
        core = MatchingCore()
        events, _ = core.run(self.rows[:cut])
        assert f"{core.state_hash():016x}" == newest.state_hash, f"state at {entry} is not that of {newest.path}"
        assert f"{fold_events(NO_EVENTS, events):016x}" == newest.running_hash
        core = MatchingCore.load(check_snapshot(newest))
        rest, _ = core.run(self.rows[cut:])
        hashes = core.state_hash(), fold_events(int(newest.running_hash, 16), rest)
        assert hashes == (self.core.state_hash(), self.applied.hash), "the snapshot leads to another end"

    def compare_cash(self) -> None:
        """Each account, house and fees included, has deposits - withdrawals + what its fills and fees brought."""
        ledger = Ledger(ACCOUNTS, {SYMBOL: {"tick_value": TICK_VALUE}})
        ledger.take(self.events)
        ledger.check(self.core)
        deposits = {int(Code.DEPOSITED): 1, int(Code.WITHDRAWN): -1}
        cash = self.events[self.events["kind"] == Happening.CASH]
        paid = sum(abs(int(each["price"])) * deposits.get(int(each["code"]), 0) for each in cash)
        held = {each: self.core.account(each).cash for each in (FEES, HOUSE, *ACCOUNTS)}
        assert sum(held.values()) == paid, f"accounts hold {sum(held.values())}, {paid} was paid in: {held}"
        self.cash = held

    def compare_database(self) -> None:
        """PostgreSQL has the orders, fills, positions and round trips of the replay."""
        executed, at = [], 0
        epochs = {
            EntryId(int(ms), int(seq)): each.epoch for each in self.written for ms, seq, *_ in each.index.tolist()
        }
        for name, rows in self.commands.items():
            offsets = self.offsets[at : at + len(rows) + 1]
            made = self.events[offsets[0] : offsets[-1]]
            executed.append((epochs[name], name, rows, (offsets - offsets[0]).tolist(), made))
            at += len(rows)
        orders = {number: self.core.order(number) for each in ACCOUNTS for number in self.core.orders(each)}
        state = SimpleNamespace(
            orders={
                number: SimpleNamespace(
                    id=number, open=each.open, limit=each.limit, stop=each.stop, distance=0, symbol=each.symbol
                )
                for number, each in orders.items()
            },
            accounts={
                each: SimpleNamespace(
                    id=each, cash=self.core.account(each).cash, positions={SYMBOL: self.core.position(each, SYMBOL)}
                )
                for each in ACCOUNTS
            },
        )
        shard = SimpleNamespace(events=executed, engine=SimpleNamespace(state=state))
        audit_database(database_url(self.settings), shard, 10**CASH_DECIMALS)

    def compare_feed(self) -> None:
        """The published book is the engine's depth."""
        with Channel(cache_url(self.settings)) as cache:
            for side in (0, 1):
                lots = cache.ask("HGETALL", feed_keys.lots(NAME, side))
                prices = sorted(int(each) for each in cache.ask("ZRANGE", feed_keys.prices(NAME, side), 0, -1))
                shown = {int(price): int(each) for price, each in zip(lots[::2], lots[1::2], strict=True)}
                depth = {each.price: each.shown for each in self.core.depth(SYMBOL, side, EVERY_LEVEL)}
                require_equal("levels", shown, depth)
                assert prices == sorted(depth), f"prices {prices}, not {sorted(depth)}"
