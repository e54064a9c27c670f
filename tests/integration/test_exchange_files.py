"""Archiver, trimming, snapshots and verification of the exchange, as processes around a real worker and Valkey."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import valkey

from arbitrax.domain.errors import StoreError
from arbitrax.exchange.journal import START, CommandEntry, EntryId, SnapshotManifest, sealed
from arbitrax.exchange.records import COMMAND
from arbitrax.exchange.service.entry_tables import tables
from arbitrax.exchange.service.trimming import KEPT, superfluous
from arbitrax.exchange.streams import as_commands, generate, opening
from arbitrax.storage.embedded import EmbeddedServers
from arbitrax.storage.exchange_files.segment_file import Stream
from arbitrax.storage.exchange_files.segments import Segments
from arbitrax.storage.exchange_files.shard_archive import open_archive
from arbitrax.storage.redis.shard_server import ShardServer

EACH = 40
"""Commands of an entry."""
PATIENCE = 1_500
"""Looks, 20 ms apart, at what another process should do."""


class Shard:
    """Shard 0 on a server of its own content, and the processes around it."""

    def __init__(self, url, folder, client):
        self.url, self.folder, self.client = url, folder, client
        self.exchange = folder / "exchange"
        self.running = []
        stream = np.concatenate([opening(), as_commands(generate(1_000, 30_000).lines)])
        self.commands = stream[: len(stream) // EACH * EACH].reshape(-1, EACH)
        self.sent = 0

    def environment(self, **more):
        settings = {
            "HOME": self.folder,
            "SNAPSHOT_SECONDS": 3_600,
            **({"REDIS_URL": self.url} if self.url else {}),
            **more,
        }
        return {**os.environ, **{f"ARBITRAX_{name}": str(value) for name, value in settings.items()}}

    def start(self, *words, **settings):
        process = subprocess.Popen(
            [sys.executable, "-m", "arbitrax.cli.main", *words],
            env=self.environment(**settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.running.append(process)
        return process

    def stop(self, process, *, kill=False, code=0):
        process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        assert process.returncode == (-signal.SIGKILL if kill else code), err
        return out + err

    def verify(self, *words, code=0):
        done = subprocess.run(
            [sys.executable, "-m", "arbitrax.cli.main", "exchange", "verify", *words],
            env=self.environment(), capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return json.loads(done.stdout) if "--json" in words and done.stdout else done.stderr

    def send(self, entries):
        for _ in range(entries):
            self.client.xadd("commands:0", CommandEntry(self.commands[self.sent % len(self.commands)]).fields())
            self.sent += 1

    def wait(self, condition):
        for _ in range(PATIENCE):
            found = condition()
            if found:
                return found
            self.client.xread({"nothing": "$"}, block=20)
        raise AssertionError([(each.args[3:], each.poll()) for each in self.running])

    def applied(self):
        return EntryId.parse(self.client.hget("exchange:0", "applied") or b"0-0")

    def is_level(self):
        """Whether all commands are executed, and all of it archived."""
        tail = self.client.xrevrange("commands:0", count=1)[0][0]
        marks = self.client.hmget("marks:0", "archived_commands", "archived_events")
        return self.client.hget("exchange:0", "applied") == tail and marks == [tail, tail]

    def is_trimmed(self):
        """Whether both streams begin later than the archive."""
        return all(self.streamed(each)[0][0] > self.archived(each)[0][0] for each in Stream)

    def archived(self, stream):
        return [each for table in Segments(self.exchange, 0, stream).read() for each in table.entries()]

    def streamed(self, stream):
        found = self.client.xrange(f"{stream.name.lower()}:0")
        return [(EntryId.parse(name), fields) for name, fields in found]

    def write(self, stream, entries):
        key = f"{stream.name.lower()}:0"
        self.client.delete(key)
        for name, fields in entries:
            self.client.xadd(key, fields, id=str(name))

    def manifests(self):
        with ShardServer(self.url, 0) as server:
            return server.manifests()

    def verified(self):
        return sorted((name for name, each in self.manifests().items() if each.verified), key=self.entry_of)

    def entry_of(self, name):
        return EntryId.parse(self.manifests()[name].entry)

    def forget_after(self, last):
        """Do to the server what a power cut does: the end of its journal was never there."""
        for stream in Stream:
            kept = [each for each in self.streamed(stream) if each[0] <= last]
            self.write(stream, kept)
        fields = self.client.xrevrange("events:0", count=1)[0][1]
        self.client.hset("exchange:0", mapping={"applied": str(last), "hash": fields[b"h"], "epoch": fields[b"o"]})
        self.client.delete("marks:0", "archiver:0")


@pytest.fixture
def shard(embedded_servers, tmp_path):
    url = embedded_servers.journal_url()
    with valkey.Valkey.from_url(url) as client:
        client.flushall()
        made = Shard(url, tmp_path, client)
        yield made
        for process in made.running:
            process.kill()
            process.communicate()
        client.flushall()


@pytest.mark.parametrize("rounds", [6, pytest.param(60, marks=pytest.mark.nightly)])
def test_an_archiver_that_is_killed_again_and_again_copies_every_entry_once(shard, rounds):
    worker = shard.start("serve", "exchange")
    dice = random.Random(7)  # noqa: S311 - moments, not secrets
    for _ in range(rounds):
        archiver = shard.start("serve", "archiver")
        moved = shard.client.hget("marks:0", "archived_events")
        for _ in range(dice.randrange(4, 12)):
            shard.send(dice.randrange(1, 5))
        if dice.random() < 0.7:
            shard.wait(lambda moved=moved: shard.client.hget("marks:0", "archived_events") != moved)
            shard.send(dice.randrange(1, 20))
        shard.stop(archiver, kill=True)
    archiver = shard.start("serve", "archiver")
    shard.send(3)
    shard.wait(shard.is_level)
    assert "Traceback" not in shard.stop(archiver) + shard.stop(worker)
    for stream in Stream:
        assert shard.archived(stream) == shard.streamed(stream)
    found = shard.verify("--json")
    assert (found["differs"], found["commands"]) == (None, EACH * shard.sent + 1)  # and the one that opens the epoch


def test_streams_are_trimmed_and_everything_is_still_there(shard):
    worker = shard.start("serve", "exchange", SNAPSHOT_COMMANDS=2_000)
    archiver = shard.start("serve", "archiver")
    for _ in range(8):
        shard.send(60)
        known = len(shard.verified())
        tail = shard.client.xrevrange("commands:0", count=1)[0][0]
        shard.wait(lambda tail=tail: shard.client.hget("exchange:0", "applied") == tail)
        shard.client.hset("marks:0", "recorded", str(shard.applied()))
        if known < 3:
            shard.wait(lambda known=known: len(shard.verified()) > known)
    shard.wait(shard.is_trimmed)
    shard.wait(shard.is_level)
    shard.stop(worker)  # with it, no more snapshots
    shard.wait(lambda: all(each.verified for each in shard.manifests().values()) and not superfluous(shard.manifests()))
    verified = shard.verified()
    assert len(verified) == KEPT
    for stream in Stream:
        streamed = shard.streamed(stream)
        assert streamed[0][0] <= shard.entry_of(verified[-2]), (
            "the second newest verified snapshot needs what follows it"
        )
        archived = shard.archived(stream)
        assert archived[-len(streamed) :] == streamed
    found = shard.verify("--json")
    assert (found["differs"], found["commands"]) == (None, EACH * shard.sent + 1)
    assert found["snapshots"] == verified
    later = shard.verify("--json", "--from", verified[0])
    assert later["differs"] is None
    assert [later[name] for name in ("state_hash", "running_hash")] == [
        found[name] for name in ("state_hash", "running_hash")
    ]
    assert 0 < later["commands"] < found["commands"]
    worker = shard.start("serve", "exchange")  # from a snapshot, segments and streams
    before = shard.applied()
    shard.send(5)
    shard.wait(lambda: shard.applied() > before and shard.is_level())
    shard.stop(archiver)
    said = shard.stop(worker)
    assert "recovery.done" in said
    assert "from=0-0" not in said
    assert shard.verify("--json")["differs"] is None
    names = {path.name for path in (shard.exchange / "shard-0" / "snapshots").iterdir()}
    assert set(shard.manifests()) <= names
    assert len(names) < 8, "older snapshots are removed"


def test_a_server_that_lost_its_end_gets_it_back_from_the_archive(shard):
    worker, archiver = shard.start("serve", "exchange"), shard.start("serve", "archiver")
    for _ in range(6):
        shard.send(10)
        shard.wait(shard.is_level)
    shard.stop(worker), shard.stop(archiver)
    events = shard.streamed(Stream.EVENTS)
    commands = shard.archived(Stream.COMMANDS)
    hash_before = events[-1][1][b"h"]
    shard.forget_after(events[len(events) // 2][0])
    archiver = shard.start("serve", "archiver")
    shard.wait((shard.exchange / "shard-0" / "events" / "orphaned").is_dir)
    worker = shard.start("serve", "exchange")
    shard.wait(lambda: shard.client.hget("exchange:0", "hash") == hash_before)
    shard.send(10)
    shard.wait(shard.is_level)
    assert "lost the events after" in shard.stop(archiver)
    shard.stop(worker)
    assert shard.archived(Stream.COMMANDS)[: len(commands)] == commands
    assert shard.verify("--json")["differs"] is None


def test_an_epoch_is_opened_behind_what_only_the_archive_has(shard):
    worker, archiver = shard.start("serve", "exchange", SNAPSHOT_COMMANDS=1_000), shard.start("serve", "archiver")
    shard.send(20)
    shard.wait(shard.is_level)
    shard.stop(archiver)
    archived = shard.archived(Stream.COMMANDS)
    end = archived[-1][0]
    shard.send(60)
    shard.wait(lambda: max(map(shard.entry_of, shard.manifests()), default=end) > end)
    assert shard.verify("--json")["snapshots"]
    shard.stop(worker)
    shard.forget_after(shard.streamed(Stream.EVENTS)[0][0])
    assert shard.applied() < end
    worker = shard.start("serve", "exchange")
    shard.wait(lambda: shard.client.hget("exchange:0", "epoch") == b"2")
    shard.client.delete("snapshots:0")  # a server that lost its end has none of what came later
    archiver = shard.start("serve", "archiver")
    shard.send(5)
    shard.wait(shard.is_level)
    shard.stop(archiver), shard.stop(worker)
    after = shard.archived(Stream.COMMANDS)
    assert after[: len(archived)] == archived
    assert after[len(archived)][0] == EntryId(end.ms, end.seq + 1), "the entry of the epoch"
    found = shard.verify("--json")
    assert (found["differs"], found["entries"]) == (None, len(after))


def test_a_replay_names_the_first_entry_that_differs(shard):
    worker = shard.start("serve", "exchange")
    shard.send(30)
    tail = shard.client.xrevrange("commands:0", count=1)[0][0]
    shard.wait(lambda: shard.client.hget("exchange:0", "applied") == tail)
    shard.stop(worker)
    events = shard.streamed(Stream.EVENTS)
    at = max(range(len(events)), key=lambda each: len(events[each][1][b"e"]))
    name, fields = events[at]
    changed = bytearray(fields[b"e"])
    changed[-40] ^= 1  # of its last event
    fields = sealed({**fields, b"e": bytes(changed)})
    shard.write(Stream.EVENTS, [*events[:at], (name, fields), *events[at + 1 :]])
    found = shard.verify("--json", code=1)
    assert found["differs"] == str(name)
    assert found["reason"].endswith("gives other events than are written")
    assert f"{name} differs" in shard.verify(code=1)
    shard.write(Stream.EVENTS, events)
    assert shard.verify("--json")["differs"] is None
    shard.client.hset("exchange:0", "hash", "0" * 16)
    assert shard.verify("--json", code=1)["differs"] == tail.decode()


def test_damaged_files_are_refused_by_name(shard):
    worker = shard.start("serve", "exchange", SNAPSHOT_COMMANDS=1_000)
    archiver = shard.start("serve", "archiver")
    shard.send(60)
    shard.wait(lambda: shard.verified() and shard.is_level())
    shard.stop(worker), shard.stop(archiver)
    name = shard.verified()[0]
    path = shard.exchange / "shard-0" / "snapshots" / name
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    for words in ([], ["--from", name]):
        assert f"The snapshot {path} is damaged" in shard.verify(*words, code=1)
    path.write_bytes(whole)
    assert "did you mean" in shard.verify("--from", name[:-1], code=2)
    (segment,) = (shard.exchange / "shard-0" / "commands").glob("0*")
    whole = segment.read_bytes()
    segment.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    assert f"The segment {segment} is damaged at byte 88" in shard.verify(code=1)
    archiver = shard.start("serve", "archiver")
    _, err = archiver.communicate(timeout=60)
    assert (archiver.returncode, f"The segment {segment} is damaged at byte 88" in err) == (1, True)
    segment.write_bytes(whole)
    assert shard.verify("--json")["differs"] is None


def test_a_full_disk_is_said_once_and_waited_out(shard):
    worker, archiver = shard.start("serve", "exchange"), shard.start("serve", "archiver")
    shard.send(10)
    shard.wait(shard.is_level)
    _, most = resource.prlimit(archiver.pid, resource.RLIMIT_FSIZE)
    full = max(path.stat().st_size for path in shard.exchange.rglob("0*")) + 500
    resource.prlimit(archiver.pid, resource.RLIMIT_FSIZE, (full, most))
    shard.send(20)
    assert "The archive cannot be written: File too large" in archiver.stderr.readline()
    kept = shard.client.hgetall("marks:0")
    resource.prlimit(archiver.pid, resource.RLIMIT_FSIZE, (most, most))
    shard.wait(shard.is_level)
    assert kept != shard.client.hgetall("marks:0")
    assert shard.stop(archiver).endswith("Archiving again.\n")
    shard.stop(worker)
    assert shard.verify("--json")["differs"] is None


def test_a_server_killed_under_worker_and_archiver_costs_nothing(tmp_path):
    # Not under pytest's folder: as root, the server's own account must be able to enter it.
    home = Path(tempfile.mkdtemp(prefix="arbitrax-test-"))
    home.chmod(0o711)
    try:
        with EmbeddedServers(home) as servers, valkey.Valkey.from_url(servers.journal_url()) as client:
            shard = Shard(None, home, client)
            worker, archiver = shard.start("serve", "exchange"), shard.start("serve", "archiver")
            for _ in range(3):
                shard.send(10)
                shard.wait(shard.is_level)
                shard.send(10)
                os.kill(next(each.pid for each in servers.status() if each.name == "journal"), signal.SIGKILL)
                servers.journal_url()  # whoever needs it first starts it again
            shard.send(10)
            shard.wait(shard.is_level)
            for stream in Stream:
                assert shard.archived(stream) == shard.streamed(stream)
            found = shard.verify("--json")
            assert (found["differs"], found["commands"]) == (None, EACH * shard.sent + 1)
            assert "Traceback" not in shard.stop(archiver) + shard.stop(worker)
    finally:
        shutil.rmtree(home)


def test_only_the_archive_that_has_the_right_marks_and_trims(shard):
    worker = shard.start("serve", "exchange")
    shard.send(20)
    shard.wait(lambda: shard.applied() == EntryId.parse(shard.client.xrevrange("commands:0", count=1)[0][0]))
    shard.stop(worker)
    streamed = shard.streamed(Stream.EVENTS)
    middle, last = streamed[len(streamed) // 2][0], streamed[-1][0]
    beyond = EntryId(last.ms, last.seq + 1)
    with ShardServer(shard.url, 0, "one") as one, ShardServer(shard.url, 0, "other") as other:
        assert one.trim(middle, START) is None, "without a claim"
        assert one.claim()
        assert not other.claim()
        assert not other.set_marks(last, last)
        assert one.trim(middle, START) is None, "nothing is archived"
        assert one.set_marks(beyond, last)
        assert other.trim(middle, START) is None
        assert one.trim(beyond, START) is None, "beyond what is applied"
        assert one.trim(middle, middle) is None, "nothing is recorded"
        shard.client.hset("marks:0", "recorded", str(middle))
        assert one.trim(START, last) is None, "beyond what is recorded"
        assert shard.streamed(Stream.EVENTS) == streamed
        while one.trim(middle, middle):
            pass
        assert [shard.streamed(each)[0][0] for each in Stream] == [middle, middle]
        assert not other.remove_manifest("any")


def test_a_manifest_is_installed_by_the_lease_of_its_token_only(shard):
    manifest = SnapshotManifest(0, 1, 7, "5-0", "0" * 16, "0" * 16, "somewhere", 16, "", 0)
    with ShardServer(shard.url, 0) as server:
        assert not server.install("a", manifest)
        shard.client.set("lease:0", "owner:8")
        assert not server.install("a", manifest)
        shard.client.set("lease:0", "owner:7")
        assert server.install("a", manifest)
        assert server.manifests() == {"a": manifest}
        assert not server.mark_verified("a", SnapshotManifest(0, 1, 7, "5-0", "1" * 16, "0" * 16, "other", 16, "", 0))
        assert server.mark_verified("a", manifest)
        assert server.manifests()["a"].verified


def test_a_second_writer_of_an_archive_is_refused(tmp_path):
    with open_archive(tmp_path, 0) as archive:
        archive.commands.append(list(tables([(EntryId(1, 0), {b"c": np.zeros(1, COMMAND).tobytes()})])))
        with pytest.raises(StoreError, match="Another archiver of shard 0"), open_archive(tmp_path, 0):
            pass
    with open_archive(tmp_path, 0) as again:
        assert (again.owner, again.commands.last) == (archive.owner, EntryId(1, 0))
