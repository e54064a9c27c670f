import urllib.request

from arbitrax.telemetry.exposition import Distribution, Sample, serve
from arbitrax.telemetry.latencies import BOUNDS, Latencies, quantile


def test_scrapes_are_answered_with_what_is_known_at_the_moment():
    latencies, count = Latencies(), [0]

    def collect():
        yield Sample("a_up", "Up", 1.0, {"part": "x"})
        yield Sample("a_up", "Up", 0.0, {"part": "y"})
        yield Sample("a_things_total", "Things", count[0], {})
        yield Distribution("a_latency_seconds", "Latency", latencies, {"shard": "1"})

    with serve(0, collect) as served:
        url = f"http://127.0.0.1:{served.port}/metrics"
        for times in (1, 2):
            latencies.add(3.0)
            count[0] += 1
            text = urllib.request.urlopen(url, timeout=10).read().decode()
            assert 'a_up{part="x"} 1.0' in text
            assert 'a_up{part="y"} 0.0' in text
            assert f"a_things_total {times}.0" in text
            assert f'a_latency_seconds_bucket{{le="+Inf",shard="1"}} {times}.0' in text
            assert f'a_latency_seconds_sum{{shard="1"}} {times * 0.003}' in text


def test_quantiles_are_the_upper_bounds_of_buckets():
    latencies = Latencies()
    assert quantile(latencies.counts, 0.5) is None
    for ms in range(1, 101):
        latencies.add(float(ms))
    for share in (0.01, 0.5, 0.99):
        exact = share * 100
        assert exact <= quantile(latencies.counts, share) <= exact * 1.25 + 1e-9
    latencies.add(1e9)
    assert quantile(latencies.counts, 1.0) == round(BOUNDS[-1], 3)
    assert latencies.most == 1e9
