"""Metrics for Prometheus, over HTTP on this machine's loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from arbitrax.telemetry.latencies import BOUNDS, Latencies

if TYPE_CHECKING:
    from prometheus_client.core import Metric

LOOPBACK = "127.0.0.1"


class Sample(NamedTuple):
    """A number with its labels; a name that ends in ``_total`` only grows."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str]


class Distribution(NamedTuple):
    """A histogram, shown in seconds."""

    name: str
    help: str
    latencies: Latencies
    labels: Mapping[str, str]


Collect = Callable[[], Iterable[Sample | Distribution]]


class _Collector:
    """What `prometheus_client` asks at each scrape."""

    def __init__(self, collect: Collect) -> None:
        self._collect = collect

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        families: dict[str, Metric] = {}
        for each in self._collect():
            labels = list(each.labels)
            if isinstance(each, Distribution):
                histogram = HistogramMetricFamily(each.name, each.help, labels=labels)
                histogram.add_metric(list(each.labels.values()), _buckets(each.latencies), each.latencies.total / 1000)
                families[each.name] = histogram
                continue
            kind = CounterMetricFamily if each.name.endswith("_total") else GaugeMetricFamily
            family = families.setdefault(each.name, kind(each.name, each.help, labels=labels))
            family.add_metric(list(each.labels.values()), each.value)  # type: ignore[attr-defined]
        yield from families.values()


def _buckets(latencies: Latencies) -> list[tuple[str, float]]:
    buckets, count = [], 0
    for bound, more in zip((*BOUNDS, float("inf")), latencies.counts, strict=True):
        count += more
        buckets.append(("+Inf" if bound == float("inf") else f"{bound / 1000:.6g}", float(count)))
    return buckets


class Served:
    """An HTTP server that answers scrapes until the block ends."""

    def __init__(self, port: int, collect: Collect) -> None:
        from prometheus_client import CollectorRegistry, start_http_server

        registry = CollectorRegistry()
        registry.register(_Collector(collect))
        self._server, self._thread = start_http_server(port, addr=LOOPBACK, registry=registry)

    @property
    def port(self) -> int:
        """Return where it answers."""
        return int(self._server.server_port)

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve(port: int, collect: Collect) -> Served:
    """Answer scrapes of a port, 0: any that is free.

    Raises:
        OSError: the port is taken.
    """
    return Served(port, collect)
