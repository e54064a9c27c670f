"""The only place that wires ports to implementations. Each factory imports what it needs when called."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache, cached_property
from typing import TYPE_CHECKING

from arbitrax.domain.errors import InputError, SchemaError, StoreError, StoreUnavailableError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from threading import Event

    from arbitrax.domain.assets import AssetType
    from arbitrax.exchange.journal import EntryId
    from arbitrax.exchange.service.metering import WorkerMeter
    from arbitrax.exchange.service.status import ShardStatus
    from arbitrax.exchange.service.verification import Verification
    from arbitrax.market_data.providers.provider import Provider
    from arbitrax.services.backtest_records import BacktestRecords
    from arbitrax.services.cash_movements import MovementNotes
    from arbitrax.services.cash_transfers import CashTransfers
    from arbitrax.services.catalogue_ports import AssetStore, IngestionStore, QualityStore, ScheduleStore
    from arbitrax.services.identity import Users
    from arbitrax.services.identity_keys import Keys
    from arbitrax.services.identity_logins import Logins
    from arbitrax.services.identity_ports import IdentityStore
    from arbitrax.services.ingestion_records import IngestionRecords
    from arbitrax.services.jobs import JobChanges, JobStore
    from arbitrax.services.mutations import Mutations
    from arbitrax.services.ports import ActionStore, BarStore, RunStore
    from arbitrax.services.run_parts import RunParts
    from arbitrax.services.series import SeriesCatalogue
    from arbitrax.services.traded_bars import TradedBars
    from arbitrax.services.trading_desk import RunInThread, TradingDesk
    from arbitrax.services.vendor_keys import VendorKeys
    from arbitrax.settings import Settings
    from arbitrax.storage.embedded import EmbeddedServers
    from arbitrax.storage.exchange_files.snapshots import FileSnapshots
    from arbitrax.storage.parquet.bar_cache import BarCache
    from arbitrax.storage.postgres.connection import Database
    from arbitrax.storage.postgres.exchange_orders import PostgresOrders
    from arbitrax.storage.postgres.job_outbox import PostgresJobOutbox
    from arbitrax.storage.postgres.summary import DatabaseSummary
    from arbitrax.storage.redis.client_journal import ValkeyClientJournal
    from arbitrax.storage.redis.feed_source import ValkeyFeedSource
    from arbitrax.storage.redis.recent_bars import RecentBars
    from arbitrax.storage.redis.request_buckets import ValkeyRequestBuckets
    from arbitrax.storage.redis.run_feed import RunFeed
    from arbitrax.storage.redis.run_reader import ValkeyRunReader
    from arbitrax.trading.exchange_broker import ExchangeBroker
    from arbitrax.trading.gateway import Gateway
    from arbitrax.trading.registry import Account, Instrument, Registry, RegistryStore
    from arbitrax.trading.transfers import TransferStore

NEARLY_FULL = 64 * 1024**2
"""Free bytes below which PostgreSQL may not find room for its next log segment."""


class Store:
    """The stores behind their ports, each made when first used."""

    def __init__(self, database: Database, settings: Settings, *, recent: bool = False) -> None:
        """Take the database; ``recent``: keep recent days in the cache's server too, which is then running."""
        self._database = database
        self._settings = settings
        self._keeps_recent = recent

    @cached_property
    def bars(self) -> BarStore:
        """Bars, with the cache of this home in front."""
        from arbitrax.storage.postgres.bar_store import PostgresBarStore

        return PostgresBarStore(self._database, self._cache, self._recent)

    @cached_property
    def actions(self) -> ActionStore:
        """Corporate actions."""
        from arbitrax.storage.postgres.action_store import PostgresActionStore

        return PostgresActionStore(self._database)

    @cached_property
    def runs(self) -> RunStore:
        """Finished runs."""
        from arbitrax.storage.postgres.run_store import PostgresRunStore

        return PostgresRunStore(self._database)

    @cached_property
    def run_parts(self) -> RunParts:
        """Parts of finished runs."""
        from arbitrax.storage.postgres.run_parts import PostgresRunParts

        return PostgresRunParts(self._database)

    @cached_property
    def jobs(self) -> JobStore:
        """What is done in the background."""
        from arbitrax.storage.postgres.job_store import PostgresJobStore

        return PostgresJobStore(self._database)

    @cached_property
    def job_changes(self) -> JobChanges:
        """What becomes of jobs, while it happens."""
        from arbitrax.storage.postgres.job_changes import PostgresJobChanges

        return PostgresJobChanges(self._database)

    @cached_property
    def backtest_records(self) -> BacktestRecords:
        """Backtests in every status, by whoever asked."""
        from arbitrax.storage.postgres.backtest_records import PostgresBacktestRecords

        return PostgresBacktestRecords(self._database)

    def job_outbox(self) -> PostgresJobOutbox:
        """Return what waits to be announced to the broker; open it with ``with``."""
        from arbitrax.storage.postgres.job_outbox import PostgresJobOutbox

        return PostgresJobOutbox(self._database)

    @cached_property
    def assets(self) -> AssetStore:
        """The catalogue."""
        from arbitrax.storage.postgres.asset_store import PostgresAssetStore

        return PostgresAssetStore(self._database)

    @cached_property
    def series(self) -> SeriesCatalogue:
        """The list of stored series."""
        from arbitrax.storage.postgres.series_catalogue import PostgresSeriesCatalogue

        return PostgresSeriesCatalogue(self._database)

    @cached_property
    def quality(self) -> QualityStore:
        """Quality reports, rows set aside, repairs."""
        from arbitrax.storage.postgres.quality_store import PostgresQualityStore

        return PostgresQualityStore(self._database, self._cache, self._recent)

    @cached_property
    def ingestions(self) -> IngestionStore:
        """What was asked of vendors, and how far it got."""
        from arbitrax.storage.postgres.ingestion_store import PostgresIngestionStore

        return PostgresIngestionStore(self._database, self._cache, self._recent)

    @cached_property
    def ingestion_records(self) -> IngestionRecords:
        """Ingestions in every status, by whoever asked."""
        from arbitrax.storage.postgres.ingestion_records import PostgresIngestionRecords

        return PostgresIngestionRecords(self._database)

    @cached_property
    def schedules(self) -> ScheduleStore:
        """What is to be ingested regularly."""
        from arbitrax.storage.postgres.schedule_store import PostgresScheduleStore

        return PostgresScheduleStore(self._database)

    @cached_property
    def registry(self) -> RegistryStore:
        """Instruments and accounts of the exchange."""
        from arbitrax.storage.postgres.exchange_registry import PostgresRegistryStore

        return PostgresRegistryStore(self._database)

    @cached_property
    def recorded_orders(self) -> PostgresOrders:
        """What the recorder has of accounts' orders."""
        from arbitrax.storage.postgres.exchange_orders import PostgresOrders

        return PostgresOrders(self._database)

    @cached_property
    def traded_bars(self) -> TradedBars:
        """Bars of what traded on the exchange."""
        from arbitrax.storage.postgres.traded_bars import PostgresTradedBars

        return PostgresTradedBars(self._database)

    @cached_property
    def transfers(self) -> TransferStore:
        """Transfers of cash."""
        from arbitrax.storage.postgres.transfer_store import PostgresTransferStore

        return PostgresTransferStore(self._database)

    @cached_property
    def identity(self) -> IdentityStore:
        """Users, logins, keys, the audit log."""
        from arbitrax.storage.postgres.identity_store import PostgresIdentityStore

        return PostgresIdentityStore(self._database)

    @cached_property
    def mutations(self) -> Mutations:
        """What makes changes, notes them, and does them once."""
        from arbitrax.services.mutations import Mutations
        from arbitrax.storage.postgres.idempotency_store import PostgresIdempotencyStore

        return Mutations(self.identity, PostgresIdempotencyStore(self._database), utc_now)

    @cached_property
    def users(self) -> Users:
        """The use cases of users."""
        from arbitrax.services.identity import Users

        return Users(self.identity, utc_now)

    def forget_made_password(self, name: str) -> None:
        """Remove the file with a user's first password, if this home has it."""
        from arbitrax.services.identity_first import forget_made_password

        forget_made_password(self._settings.home, name)

    @cached_property
    def keys(self) -> Keys:
        """The use cases of API keys."""
        from arbitrax.services.identity_keys import Keys

        return Keys(self.identity, utc_now)

    @cached_property
    def vendor_keys(self) -> VendorKeys:
        """The use cases of vendors' keys."""
        from arbitrax.services.vendor_keys import KEYED, VendorKeys
        from arbitrax.storage.postgres.vendor_key_store import PostgresVendorKeys
        from arbitrax.storage.secret_seal import HomeSeal

        given = frozenset(each for each in KEYED if getattr(self._settings, f"{each}_key", None))
        return VendorKeys(PostgresVendorKeys(self._database), HomeSeal(self._settings.home / "identity"), given)

    @cached_property
    def logins(self) -> Logins:
        """The use cases of signing in."""
        from arbitrax.services.identity_logins import Logins
        from arbitrax.services.identity_tokens import AccessTokens
        from arbitrax.storage.signing_key_file import HomeSigningKey

        file = HomeSigningKey(self._settings.home / "identity")
        return Logins(self.identity, AccessTokens(self.identity, file, utc_now), utc_now)

    @cached_property
    def _cache(self) -> BarCache:
        from arbitrax.storage.parquet.bar_cache import BarCache

        return BarCache(self._settings.home / "cache" / "bars")

    @cached_property
    def _recent(self) -> RecentBars | None:
        if not self._keeps_recent:
            return None
        from arbitrax.storage.redis.recent_bars import RecentBars

        return RecentBars(cache_url(self._settings))


@contextmanager
def open_store(
    settings: Settings, *, seed: bool = True, recent: bool = False, patience: float | None = None
) -> Iterator[Store]:
    """Open the stores of the settings; the embedded PostgreSQL starts by itself, with ``recent`` the cache as well.

    patience: seconds after which a statement is given up; None never.

    An embedded database gets this release's schema and, while it holds no prices at all and ``seed`` says so, the
    bundled ones. A database of your own is only ever changed by `arbitrax db upgrade`.

    Raises:
        StoreUnavailableError: PostgreSQL is down or refuses us.
        SchemaError: the database has another schema than this release.
    """
    with _full_disk_named(settings), _database(settings, patience) as database:
        store = Store(database, settings, recent=recent)
        if settings.database_url is None:
            _prepare_embedded(database)
            if seed and not store.bars.catalogue():
                from arbitrax.services.imports import import_samples

                import_samples(store, received=time.time_ns())
        yield store


def utc_now() -> datetime:
    """Return the time."""
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _database(settings: Settings, patience: float | None = None) -> Database:
    from arbitrax.storage.postgres.connection import Database

    return Database(database_url(settings), replica_url=settings.database_replica_url, patience=patience)


@contextmanager
def _full_disk_named(settings: Settings) -> Iterator[None]:
    """Say so when an embedded server broke because its disk is full: it cannot tell us itself."""
    try:
        yield
    except StoreUnavailableError as error:
        if settings.database_url is not None or not settings.home.exists():
            raise
        free = shutil.disk_usage(settings.home).free
        if free >= NEARLY_FULL:
            raise
        raise StoreError(
            f"The disk under {settings.home} is full ({free >> 20} MB free), so the embedded PostgreSQL stopped; free "
            "some space and try again."
        ) from error


def database_url(settings: Settings) -> str:
    """Return the URL of the configured PostgreSQL, or of the embedded one, which is then running."""
    return settings.database_url or embedded_servers(settings.home, settings.durability).postgres_url()


class Vendors:
    """The vendors that settings give access to; all processes of a home keep to a vendor's pace together."""

    def __init__(self, settings: Settings, stored: Callable[[str], str | None]) -> None:
        """Take the settings, and what finds a vendor's stored key where they have none."""
        self._settings, self._stored = settings, stored

    def order(self, interval: str, asset_type: AssetType) -> list[str]:
        """Return the names of those to ask for bars of an interval and a type of asset, best first.

        Raises:
            InputError: none has such bars.
        """
        from arbitrax.market_data.providers.choice import choose
        from arbitrax.market_data.providers.limits import VENDORS

        return choose([name for name in VENDORS if self._key(name)], interval, asset_type)

    def open(self, name: str) -> Provider:
        """Return a vendor.

        Raises:
            InputError: nobody has this name, or the vendor no such plan.
            Unauthorized: it wants a key that is not set.
            StoreUnavailableError: the cache that keeps the pace is down.
        """
        from arbitrax.market_data.providers.access import Access
        from arbitrax.market_data.providers.choice import provider_named
        from arbitrax.market_data.providers.synthetic import SyntheticProvider
        from arbitrax.market_data.synthetic import SOURCE
        from arbitrax.storage.redis.token_bucket import ValkeyBucket

        if name == SOURCE:
            return SyntheticProvider()
        access = Access(
            key=self._key(name),
            plan=self._setting(name, "plan") or "free",
            base_url=self._setting(name, "url"),
            bucket=ValkeyBucket(cache_url(self._settings)),
        )
        return provider_named(name, access)

    def _key(self, vendor: str) -> str | None:
        return self._setting(vendor, "key") or self._stored(vendor)

    def _setting(self, vendor: str, what: str) -> str | None:
        value: str | None = getattr(self._settings, f"{vendor}_{what}", None)
        return value


def cache_url(settings: Settings) -> str:
    """Return the URL of the configured cache, or of the embedded one, which is then running."""
    return settings.cache_url or embedded_servers(settings.home, settings.durability).cache_url()


def journal_url(settings: Settings) -> str:
    """Return the URL of the configured journal, or of the embedded one, which is then running."""
    return settings.redis_url or embedded_servers(settings.home, settings.durability).journal_url()


def serve_exchange(
    settings: Settings, shard: int, say: Callable[[str], None], stop: Event, metrics_port: int | None = None
) -> None:
    """Execute a shard until ``stop`` is set: see `arbitrax.exchange.service.worker.serve`.

    Raises:
        StoreError: the journal's server would lose entries.
        DataError: the journal is damaged, or gives other events than were written.
    """
    from arbitrax.exchange.service.metering import MeteredOutputs, WorkerMeter
    from arbitrax.exchange.service.recovery import Sources
    from arbitrax.exchange.service.snapshotting import Pace
    from arbitrax.exchange.service.worker import serve
    from arbitrax.storage.exchange_files.shard_archive import FileArchive
    from arbitrax.storage.postgres.recorded_mark import RecordedMark
    from arbitrax.storage.redis.file_sync import FileSync
    from arbitrax.storage.redis.inquiry_answers import InquiryAnswers
    from arbitrax.storage.redis.session_schedule import SessionSchedule
    from arbitrax.storage.redis.shard_server import ShardServer
    from arbitrax.storage.redis.shard_store import ValkeyShardStore
    from arbitrax.storage.redis.worker_reports import WorkerReports

    meter = WorkerMeter()

    def connect() -> ValkeyShardStore:
        store = ValkeyShardStore(journal_url(settings), shard, settings.durability)
        store.outputs = MeteredOutputs(store.outputs, meter)
        return store

    def known(shard: int) -> EntryId | None:
        with ShardServer(journal_url(settings), shard) as server:
            recorded = server.progress().recorded
        return recorded if recorded > (0, 0) else None

    pace = Pace(settings.snapshot_commands, float(settings.snapshot_seconds))
    with (
        metrics_served(settings, shard, metrics_port, meter),
        FileSync(lambda: journal_url(settings), shard, settings.durability, say),
        WorkerReports(lambda: journal_url(settings), shard, meter),
        SessionSchedule(lambda: journal_url(settings), shard, say) as sessions,
        InquiryAnswers(lambda: journal_url(settings), shard) as answers,
    ):
        sources = Sources(
            exchange_snapshots(settings, shard),
            FileArchive(exchange_folder(settings)),
            RecordedMark(known, lambda: _database(settings), say),
        )
        serve(shard, connect, sources=sources, pace=pace, say=say, stop=stop, sessions=sessions, answers=answers)


def serve_archiver(settings: Settings, shard: int, say: Callable[[str], None], stop: Event) -> None:
    """Archive a shard until ``stop`` is set: see `arbitrax.exchange.service.archiver_process.run_archiver`.

    Raises:
        DataError: archive and journal do not fit together, or a segment is damaged.
    """
    from subprocess import DEVNULL, Popen

    from arbitrax.exchange.service.archiver_process import run_archiver
    from arbitrax.exchange.service.archiving import Archiver
    from arbitrax.exchange.service.upkeep import Upkeep
    from arbitrax.storage.exchange_files.shard_archive import open_archive
    from arbitrax.storage.redis.shard_server import ShardServer

    def verify(start: str | None) -> Popen[bytes]:
        words = [sys.executable, "-m", "arbitrax.cli.main", "exchange", "verify", "--shard", str(shard), "--quiet"]
        return Popen([*words, *(("--from", start) if start else ())], stdin=DEVNULL)  # noqa: S603 - our own program

    @contextmanager
    def session() -> Iterator[tuple[Archiver, Upkeep]]:
        with (
            open_archive(exchange_folder(settings), shard) as archive,
            ShardServer(journal_url(settings), shard, archive.owner) as server,
        ):
            upkeep = Upkeep(server, exchange_snapshots(settings, shard), verify, say)
            try:
                yield Archiver(server, archive.commands, archive.events, say), upkeep
            finally:
                upkeep.end()

    run_archiver(session, stop, say)


def verify_exchange(settings: Settings, shard: int, start: str | None, done: Callable[[int], None]) -> Verification:
    """Replay a shard: see `arbitrax.exchange.service.verification`."""
    from arbitrax.exchange.service.verification import Verifier
    from arbitrax.storage.exchange_files.segment_file import Stream
    from arbitrax.storage.exchange_files.segments import Segments
    from arbitrax.storage.exchange_files.snapshots import check_snapshot
    from arbitrax.storage.redis.shard_server import ShardServer

    folder = exchange_folder(settings)
    commands, events = (Segments(folder, shard, stream) for stream in (Stream.COMMANDS, Stream.EVENTS))
    with ShardServer(journal_url(settings), shard) as server:
        return Verifier(server, commands, events, check_snapshot).run(shard, start, done)


@contextmanager
def metrics_served(
    settings: Settings, shard: int, port: int | None, meter: WorkerMeter | None = None
) -> Iterator[None]:
    """Answer Prometheus on a port of the loopback while the block runs; None: not at all.

    Raises:
        InputError: the port cannot be had.
    """
    if port is None:
        yield
        return
    from arbitrax.services.exchange_metrics import shard_metrics, worker_metrics
    from arbitrax.telemetry import exposition

    def collect() -> Iterator[exposition.Sample | exposition.Distribution]:
        yield from shard_metrics(exchange_status(settings, shard))
        if meter is not None:
            yield from worker_metrics(shard, meter)

    try:
        served = exposition.serve(port, collect)
    except (OSError, OverflowError) as error:
        raise InputError(f"Port {port} cannot be used for metrics ({error}); choose another.") from None
    with served:
        yield


def exchange_status(settings: Settings, shard: int) -> ShardStatus:
    """Return how a shard is doing, whatever is down."""
    from arbitrax.storage.redis.exchange_status import read_status

    return read_status(lambda: journal_url(settings), lambda: cache_url(settings), shard)


def serve_feed(settings: Settings, shard: int, say: Callable[[str], None], stop: Event) -> None:
    """Publish a shard until ``stop`` is set: see `arbitrax.exchange.feed.publishing.serve`.

    Raises:
        DataError: the beginning of the events is gone.
    """
    from arbitrax.exchange.feed.publishing import serve
    from arbitrax.exchange.feed.recovery import Sources
    from arbitrax.storage.exchange_files.feed_checkpoints import FileCheckpoints
    from arbitrax.storage.exchange_files.shard_archive import FileArchive
    from arbitrax.storage.redis.feed_store import ValkeyFeedStore
    from arbitrax.trading.feed_directory import RegistryDirectory

    def connect() -> ValkeyFeedStore:
        return ValkeyFeedStore(journal_url(settings), cache_url(settings), shard)

    folder = exchange_folder(settings)
    directory = RegistryDirectory(shard, lambda: read_registry(settings))
    sources = Sources(directory, FileCheckpoints(folder, shard), FileArchive(folder))
    serve(shard, connect, sources=sources, say=say, stop=stop)


def feed_source(settings: Settings) -> ValkeyFeedSource:
    """Return where gateways read the feed; open it with ``async with``."""
    from arbitrax.storage.redis.feed_source import ValkeyFeedSource

    return ValkeyFeedSource(cache_url(settings))


def run_feed(settings: Settings) -> RunFeed:
    """Return where what happens to runs is told."""
    from arbitrax.storage.redis.run_feed import RunFeed

    return RunFeed(cache_url(settings))


def run_reader(settings: Settings) -> ValkeyRunReader:
    """Return where gateways read what is told of runs."""
    from arbitrax.storage.redis.run_reader import ValkeyRunReader

    return ValkeyRunReader(cache_url(settings))


def read_registry(settings: Settings) -> Registry:
    """Return the instruments and accounts of the exchange.

    Raises:
        StoreError: the database is down, or of another release.
    """
    from arbitrax.trading.registry import Registry

    with open_store(settings, seed=False) as store:
        return Registry(store.registry.instruments(), store.registry.accounts())


def uploads_folder(settings: Settings) -> Path:
    """Return where files that users sent wait for a worker."""
    return settings.home / "uploads"


def exchange_folder(settings: Settings) -> Path:
    """Return where segments and snapshots are."""
    return settings.exchange_folder or settings.home / "exchange"


def exchange_snapshots(settings: Settings, shard: int) -> FileSnapshots:
    """Return the snapshots of a shard."""
    from arbitrax.storage.exchange_files.snapshots import FileSnapshots
    from arbitrax.storage.redis.shard_server import ShardServer

    return FileSnapshots(exchange_folder(settings), shard, lambda: ShardServer(journal_url(settings), shard))


@asynccontextmanager
async def open_gateway(settings: Settings, shards: set[int]) -> AsyncIterator[tuple[Gateway, ValkeyClientJournal]]:
    """Open this process's way to shards of the exchange.

    Raises:
        StoreUnavailableError: the journal's server is down.
    """
    from arbitrax.storage.redis.client_journal import ValkeyClientJournal
    from arbitrax.trading.gateway import Gateway

    journal = ValkeyClientJournal(journal_url(settings))
    gateway = Gateway(journal, shards)
    try:
        await gateway.open()
        yield gateway, journal
    finally:
        await gateway.close()


def open_movement_notes(journal: ValkeyClientJournal) -> MovementNotes:
    """Return where deposits and withdrawals are noted."""
    from arbitrax.storage.redis.movement_notes import ValkeyMovementNotes

    return ValkeyMovementNotes(journal)


@asynccontextmanager
async def open_broker(
    settings: Settings, registry: Registry, shards: set[int], patience: float | None = None
) -> AsyncIterator[ExchangeBroker]:
    """Open the paper exchange as a broker; the same errors. ``patience``: as of `open_store`."""
    import asyncio
    from contextlib import AsyncExitStack

    from arbitrax.storage.postgres.exchange_accounts import PostgresAccounts
    from arbitrax.trading.exchange_broker import ExchangeBroker

    async with AsyncExitStack() as stack:

        async def feed() -> ValkeyFeedSource:
            return await stack.enter_async_context(feed_source(settings))

        # In a thread: it looks how the server is.
        database = stack.enter_context(await asyncio.to_thread(_database, settings, patience))
        gateway, _ = await stack.enter_async_context(open_gateway(settings, shards))
        yield ExchangeBroker(gateway, registry, PostgresAccounts(database), feed)


def trading_desk(settings: Settings, store: Store, run: RunInThread, patience: float) -> TradingDesk:
    """Return the paper exchange for users; ``run`` runs what waits on stores in a thread.

    patience: seconds after which a statement is given up.

    What it needs is opened when it is first asked, so a gateway starts while the exchange is down; its modules are
    loaded now, for they would hold up all who ask beside the first order.
    """
    import arbitrax.storage.postgres.exchange_accounts
    import arbitrax.storage.redis.client_journal
    import arbitrax.storage.redis.feed_source
    import arbitrax.trading.exchange_broker  # noqa: F401 - for the first order
    from arbitrax.services.trading_desk import TradingDesk

    async def load() -> tuple[list[Instrument], list[Account]]:
        def both() -> tuple[list[Instrument], list[Account]]:
            return store.registry.instruments(), store.registry.accounts()

        return await run(both)

    @asynccontextmanager
    async def opened(registry: Registry, shards: set[int]) -> AsyncIterator[ExchangeBroker]:
        await run(lambda: journal_url(settings))  # an embedded server starts here, not on the event loop
        await run(lambda: cache_url(settings))
        async with open_broker(settings, registry, shards, patience) as broker:
            yield broker

    return TradingDesk(load, opened)


def serve_maker(settings: Settings, seed: int, say: Callable[[str], None], stop: Event) -> None:
    """Set the sample market up and quote it until ``stop`` is set: see `arbitrax.services.sample_market`."""
    import asyncio

    from arbitrax.services.sample_market import make_market, set_up_sample
    from arbitrax.trading.registry import Registry

    @asynccontextmanager
    async def opened() -> AsyncIterator[tuple[ExchangeBroker, Registry]]:
        with open_store(settings, seed=False) as store:
            registry = Registry(store.registry.instruments(), store.registry.accounts())
            async with open_gateway(settings, {0}) as (gateway, journal):
                await set_up_sample(store.registry, gateway, journal)
            registry = Registry(store.registry.instruments(), store.registry.accounts())
        async with open_broker(settings, registry, {0}) as broker:
            yield broker, registry

    asyncio.run(make_market(opened, seed, say, stop))


@asynccontextmanager
async def open_transfers(settings: Settings) -> AsyncIterator[tuple[CashTransfers, TransferStore, Registry]]:
    """Open the way of cash between accounts of all shards; the same errors, and those of `open_store`."""
    from arbitrax.services.cash_transfers import CashTransfers
    from arbitrax.storage.redis.settled_journal import SettledJournal
    from arbitrax.trading.registry import Registry

    with open_store(settings, seed=False) as store:
        registry = Registry(store.registry.instruments(), store.registry.accounts())
        shards = {each.shard for each in registry.by_id.values()}
        settled = SettledJournal(journal_url(settings), settings.durability)
        async with open_gateway(settings, shards) as (gateway, _):
            yield CashTransfers(store.transfers, registry, gateway.channels, settled), store.transfers, registry


def serve_recorder(settings: Settings, shard: int, say: Callable[[str], None], stop: Event) -> None:
    """Record a shard until ``stop`` is set: see `arbitrax.exchange.recording.process.run_recorder`."""
    from arbitrax.exchange.recording.process import run_recorder
    from arbitrax.exchange.recording.recorder import Recorder
    from arbitrax.storage.exchange_files.segment_file import Stream
    from arbitrax.storage.exchange_files.shard_archive import archived_entries
    from arbitrax.storage.postgres.exchange_records import PostgresRecords
    from arbitrax.storage.redis.recorder_server import ValkeyShardStreams

    folder = exchange_folder(settings)

    @contextmanager
    def connect() -> Iterator[Recorder]:
        # Embedded servers that have ended start again here.
        with _full_disk_named(settings), _database(settings) as database:
            if settings.database_url is None:
                _prepare_embedded(database)
            with ValkeyShardStreams(
                journal_url(settings),
                shard,
                archived_events=lambda after: archived_entries(folder, shard, Stream.EVENTS, after),
                archived_commands=lambda after: archived_entries(folder, shard, Stream.COMMANDS, after),
            ) as streams:
                yield Recorder(shard, streams, PostgresRecords(database, shard), say)

    run_recorder(connect, say, stop)


@contextmanager
def identity_version(settings: Settings) -> Iterator[Callable[[], int]]:
    """Yield what reads the identity's version, by a connection of its own; embedded servers that ended start again."""
    from arbitrax.storage.postgres.connection import Database
    from arbitrax.storage.postgres.identity_store import PostgresIdentityStore

    with Database(database_url(settings), patience=1.0) as database:
        store = PostgresIdentityStore(database)

        def read() -> int:
            try:
                return store.version()
            except StoreUnavailableError:
                database_url(settings)
                raise

        yield read


def gateway_checks(settings: Settings, store: Store) -> dict[str, Callable[[], object]]:
    """Return by name what raises when something that a gateway needs is down."""
    from arbitrax.storage.redis.server_info import server_version

    return {
        "postgres": store.identity.version,
        "journal": lambda: server_version(journal_url(settings)),
        "cache": lambda: server_version(cache_url(settings)),
    }


def request_buckets(settings: Settings) -> ValkeyRequestBuckets:
    """Return the buckets of rate limits that all gateways share."""
    from arbitrax.storage.redis.request_buckets import ValkeyRequestBuckets

    return ValkeyRequestBuckets(cache_url(settings))


@cache
def embedded_servers(home: Path, durability: str) -> EmbeddedServers:
    """Return this process's share of a home's servers; it ends with the process."""
    from arbitrax.storage.embedded import EmbeddedServers

    return EmbeddedServers(home, durability=durability)


@contextmanager
def start_servers(settings: Settings) -> Iterator[dict[str, str]]:
    """Start every embedded server that the settings do not replace; yield where each is, without passwords."""
    embedded = embedded_servers(settings.home, settings.durability)
    starts = {
        "postgres": (settings.database_url, embedded.postgres_url),
        "journal": (settings.redis_url, embedded.journal_url),
        "cache": (settings.cache_url, embedded.cache_url),
    }
    sockets = {}
    for name, (external, start) in starts.items():
        if external is None:
            start()
            sockets[name] = next(str(each.socket) for each in embedded.status() if each.name == name)
        else:
            sockets[name] = "external"
    yield sockets
    embedded.release()


def upgrade_database(settings: Settings) -> tuple[str, str]:
    """Bring the schema to this release's; return its state before and its revision now."""
    from arbitrax.storage.postgres import schema

    return schema.upgrade(database_url(settings)), schema.HEAD


def check_database(settings: Settings) -> tuple[str, str]:
    """Return the state of the schema and this release's revision."""
    from arbitrax.storage.postgres import schema

    return schema.check(database_url(settings)), schema.HEAD


def inspect_database(settings: Settings) -> DatabaseSummary:
    """Return what the database holds, whatever its schema."""
    from arbitrax.storage.postgres.summary import database_summary

    return database_summary(database_url(settings))


def inspect_valkeys(settings: Settings) -> dict[str, str]:
    """Return name and version of the journal's and the cache's server, after a round trip to each."""
    from arbitrax.storage.redis.server_info import server_version

    embedded = embedded_servers(settings.home, settings.durability)
    return {
        "journal": server_version(settings.redis_url or embedded.journal_url()),
        "cache": server_version(settings.cache_url or embedded.cache_url()),
    }


def _prepare_embedded(database: Database) -> None:
    from arbitrax.storage.postgres import schema

    try:
        with database.connection():
            return
    except SchemaError:
        schema.upgrade(database.url)
