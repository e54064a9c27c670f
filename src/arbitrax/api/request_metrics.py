"""Counts and times of requests, for Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from arbitrax.telemetry.exposition import Distribution, Sample
from arbitrax.telemetry.latencies import Latencies

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class RequestMetrics:
    """What a gateway process has answered. Labels are the routes', so that their number is bounded."""

    def __init__(self) -> None:
        self.open = 0
        """Requests that are being answered."""
        self._answered: Counter[tuple[str, str, int]] = Counter()
        self._latencies = Latencies()

    def begun(self) -> None:
        """Count a request in."""
        self.open += 1

    def ended(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count it out."""
        self.open -= 1
        self._answered[method if method in _METHODS else "other", route or "none", status] += 1
        self._latencies.add(seconds * 1000)

    def collect(self) -> Iterator[Sample | Distribution]:
        """Give what is known, as `arbitrax.telemetry.exposition` wants it."""
        yield Sample("arbitrax_api_open_requests", "Requests that are being answered.", self.open, {})
        for (method, route, status), count in list(self._answered.items()):
            labels = {"method": method, "route": route, "status": str(status)}
            yield Sample("arbitrax_api_requests_total", "Requests answered.", count, labels)
        yield Distribution("arbitrax_api_request_seconds", "Time from request to answer.", self._latencies, {})
