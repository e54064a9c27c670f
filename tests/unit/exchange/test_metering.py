from arbitrax.exchange.journal import CommandEntry, EntryId
from arbitrax.exchange.records import Code, Kind
from arbitrax.exchange.service.batches import form
from arbitrax.exchange.service.metering import MeteredOutputs, WorkerMeter
from arbitrax.exchange.service.sequencer import Sequencer
from tests.exchange.feed import command_entries
from tests.exchange.venue import command


class Outputs:
    """Keeps what is sent until it is confirmed."""

    def __init__(self):
        self.pending = 0

    def send(self, entry, lease, gateways):
        self.pending += 1

    def confirm(self):
        self.pending -= 1


def test_what_leaves_is_counted_and_an_entry_of_an_epoch_has_no_latency():
    meter, sequencer = WorkerMeter(), Sequencer()
    outputs = MeteredOutputs(Outputs(), meter)
    entries = command_entries(1, 100)[:2]
    cancel = CommandEntry(command(Kind.CANCEL, order=1 << 55, account=1)).fields()
    entries += [(EntryId(10_000 + at, 0), cancel) for at in range(5)]
    commands = events = 0
    for entry in entries:
        made = sequencer.execute(form([entry], sequencer.entry))
        outputs.send(made, "lease:1", None)
        commands, events = commands + len(made.counts), events + len(made.events)
        assert outputs.pending == 1
        outputs.confirm()
    assert (meter.commands, meter.events, meter.batches) == (commands, events, len(entries))
    assert meter.rejects() == {Code.UNKNOWN_ORDER.name.lower(): 5}
    assert sum(meter.latencies.counts) == len(entries) - 1
    meter.report(1)
    assert meter.report(1).commands == commands
