"""How things stand, in the words of Prometheus: counts and numbers, never a title."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from reconciler import __version__
from reconciler.daemon.standing import Counters, Standing
from reconciler.engine.guarding import PLEX, STASH
from reconciler.engine.health import Trouble
from reconciler.engine.status import Status
from state.records import Stage


def exposition(standing: Standing, accept: str) -> tuple[str, bytes]:
    """Write a page of metrics in a form that *accept* names: its type, and itself."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Sheet(standing))
    encode, content_type = choose_encoder(accept)
    return content_type, encode(registry)


class _Sheet(Collector):
    """Nothing is counted here: what is known is written down when it is asked for."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def collect(self) -> Iterable[Metric]:
        standing = self._standing
        build = {"version": __version__}
        yield InfoMetricFamily("plexsync_build", "What runs.", value=build)
        ready = "Whether plexsync does what it is there for."
        yield _gauge("ready", ready, int(standing.is_ready))
        if standing.polled_at is not None:
            yield _gauge(
                "last_poll_timestamp_seconds",
                "When Stash last answered a poll.",
                standing.polled_at,
            )
        yield _troubles(standing)
        yield from _of_state(standing.status)
        yield from _of_work(standing.counters)


def _troubles(standing: Standing) -> Metric:
    counts = dict.fromkeys(Trouble, 0)
    for item in standing.health:
        counts[item.type] += 1
    return _by("health_items", "Health items, by type.", "type", counts.items())


def _of_state(status: Status) -> Iterator[Metric]:
    """Tell what the ledger knows; libraries go by titles, so theirs are sums."""
    if status.watermark is not None:
        yield _gauge(
            "watermark_timestamp_seconds",
            "Up to when Stash is recorded.",
            status.watermark,
        )
    out = {one.server for one in status.outages if one.ended is None}
    servers = {server: int(server in out) for server in (STASH, PLEX)}
    owed = {stage: status.outbox.get(stage, 0) for stage in Stage}
    doubts = len(set(status.doubts) - set(status.believed))
    yield _gauge("scenes", "Scenes known.", status.scenes)
    yield _by("owed", "Items that are owed a delivery.", "stage", owed.items())
    yield _gauge("retrying", "Those tried in vain.", status.retrying)
    yield _gauge("waiting", "Scenes without an item.", sum(status.waiting.values()))
    yield _gauge("dead_letters", "Fields that were given up.", status.dead)
    yield _gauge("conflicts", "Fields left as somebody has them.", status.conflicts)
    yield _gauge("contested", "Items of several scenes.", status.contested)
    yield _gauge("held_passes", "Passes that the brake holds.", len(status.held))
    yield _gauge("doubts", "Servers and libraries not believed.", doubts)
    yield _gauge("paused", "Whether writes are paused.", int(status.paused is not None))
    yield _by("outage", "Whether a server cannot be asked.", "server", servers.items())


def _of_work(counters: Counters) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "plexsync_requests", "Requests sent, by kind.", labels=("server", "kind")
    )
    for name, count in sorted(counters.requests.items()):
        server, _, kind = name.partition(" ")
        requests.add_metric((server, kind), count)
    passes = CounterMetricFamily(
        "plexsync_passes", "Passes, by outcome.", labels=("outcome",)
    )
    for outcome, count in sorted(counters.passes.items()):
        passes.add_metric((outcome,), count)
    yield requests
    yield passes
    yield CounterMetricFamily(
        "plexsync_writes", "Items written.", value=counters.written
    )
    yield SummaryMetricFamily(
        "plexsync_pass_seconds",
        "Passes, and how long they took.",
        count_value=sum(counters.passes.values()),
        sum_value=counters.seconds,
    )


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"plexsync_{name}", says, value=value)


def _by(name: str, says: str, label: str, values: Iterable[tuple[str, int]]) -> Metric:
    family = GaugeMetricFamily(f"plexsync_{name}", says, labels=(label,))
    for value, count in values:
        family.add_metric((value,), count)
    return family
