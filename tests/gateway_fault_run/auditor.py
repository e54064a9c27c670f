"""Judges what users of gateways were told, besides what the auditor of the exchange asks."""

from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal

from arbitrax.bootstrap import open_store
from arbitrax.domain.ids import decode
from arbitrax.exchange.records import Happening
from arbitrax.services.jobs import Attempt
from tests.fault_run.auditor import Auditor
from tests.fault_run.exchange_file import LOT


class GatewayAuditor(Auditor):
    """The same exchange; acknowledged by status, id and filled quantity; and backtests."""

    attempts: list[list[Attempt]]
    """Of each backtest."""

    def checks(self) -> list[Callable[[], None]]:
        """Return every question."""
        return [*super().checks(), self.compare_jobs, self.find_violations]

    def compare_acknowledgements(self) -> None:
        """An order that a user was told of is in the journal once; one that was refused, or never sent, is not."""
        accepted, lots = self.accepted(), self.lots()
        outcomes = defaultdict(set)
        sent = {line["id"] for line in self.told if "sent" in line}
        for line in self.told:
            for word in ("sent", "unknown", "refused", "cancelled", "seen_late", "over"):
                self.acknowledged[word] += word in line
            if "order" in line:
                outcomes[line["id"]].add(line["order"])
                number = _number(line["order"])
                assert accepted[line["id"]] == [number], (
                    f"{line['id']} was told {line['order']}; the journal has {accepted[line['id']]}"
                )
                filled = lots[number] * LOT
                assert Decimal(line["filled"]) <= filled, (
                    f"{line['id']} was told that {line['filled']} filled; the journal has {filled}"
                )
            elif "refused" in line:
                assert not accepted[line["id"]], f"{line['id']} was refused ({line['refused']}), and is in the journal"
            elif "cancelled" in line:
                assert self.core.order(_number(line["cancelled"])) is None, (
                    f"{line['cancelled']} was told cancelled, and is open"
                )
        more = {name: told for name, told in outcomes.items() if len(told) > 1}
        assert not more, f"told of two orders: {list(more.items())[:5]}"
        unasked = {name for name, orders in accepted.items() if orders} - sent
        assert not unasked, f"{list(unasked)[:5]} are in the journal, and nobody sent them"
        undecided = sent - set(outcomes) - {line["id"] for line in self.told if "refused" in line}
        assert not undecided, f"{len(undecided)} orders never got an outcome: {list(undecided)[:5]}"
        self.acknowledged["orders"] = len(outcomes)
        assert outcomes, "no user was told of any order; this run proves nothing"

    def lots(self) -> Counter[int]:
        """Return the lots that filled of each order."""
        found = Counter[int]()
        for each in self.events[self.events["kind"] == Happening.FILLED]:
            for side in ("order", "maker"):
                found[int(each[side])] += int(each["quantity"])
        return found

    def compare_jobs(self) -> None:
        """A backtest that was asked for is one, done once, whose result is stored; there is no other."""
        ids, self.attempts = defaultdict(set), []
        for line in self.told:
            if "backtest" in line:
                ids[line["job"]].add(line["backtest"])
        twice = {key: found for key, found in ids.items() if len(found) > 1}
        assert not twice, f"one key, more than one backtest: {list(twice.items())[:5]}"
        asked = {line["job"] for line in self.told if "job" in line}
        with open_store(self.settings) as store:
            for (backtest,) in ids.values():
                job = store.jobs.find(decode("bt", backtest))
                assert job is not None, f"{backtest} was taken, and is not stored"
                self.attempts.append(store.jobs.attempts(job.id))
                attempts = [each.outcome for each in self.attempts[-1]]
                assert job.status == "succeeded", f"{backtest} is {job.status} after {attempts}: {job.error}"
                assert attempts.count("succeeded") == 1, f"{backtest} was done more than once: {attempts}"
                assert store.runs.load(job.id) is not None, f"{backtest} has no result"
            stored = store.jobs.newest(10_000)
        assert len(stored) == len(asked) == len(ids), f"{len(asked)} asked, {len(ids)} taken, {len(stored)} stored"
        self.acknowledged["backtests"] = len(ids)

    def find_violations(self) -> None:
        """Users saw what they must not see, or did not see what was theirs."""
        found = [line["violation"] for line in self.told if "violation" in line]
        assert not found, f"{len(found)}: {found[:3]}"


def _number(order: str) -> int:
    return int(order.removeprefix("ord_"), 16)
