"""The broker that carries the news of jobs: dramatiq on Valkey or RabbitMQ.

A message is a ticket: it says that some job waits, and whoever takes it claims the one whose turn it is. Tickets may be
lost, doubled or late without harm: the jobs are in PostgreSQL, and the relay sends again what nobody came for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    import dramatiq
    from dramatiq.worker import Worker

QUEUE = "jobs"
ACTOR = "do_job"
POLL_MS = 50
TIMEOUT_SECONDS = 5.0


def open_broker(url: str) -> dramatiq.Broker:
    """Return the broker of a URL; it connects when first used.

    Raises:
        InputError: RabbitMQ without its client.
    """
    if url.startswith(("amqp://", "amqps://")):
        try:
            from dramatiq.brokers.rabbitmq import RabbitmqBroker
        except ImportError:
            raise InputError(
                "ARBITRAX_QUEUE_URL names RabbitMQ, whose client is missing; run `pip install arbitrax[rabbitmq]`."
            ) from None
        return RabbitmqBroker(url=url, middleware=[], confirm_delivery=True)
    import redis
    from dramatiq.brokers.redis import RedisBroker

    client = redis.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
    return RedisBroker(  # type: ignore[no-untyped-call]
        client=client, middleware=[], namespace="arbitrax:queue"
    )


def announcer(broker: dramatiq.Broker, work: Callable[[], None]) -> Callable[[UUID], None]:
    """Declare the queue, and return what sends a ticket for a job; ``work`` is done for each ticket that arrives."""
    import dramatiq

    def do_job(job: str) -> None:
        work()

    actor = dramatiq.actor(broker=broker, actor_name=ACTOR, queue_name=QUEUE)(do_job)
    return lambda job: _send(actor, job)


def _send(actor: dramatiq.Actor[[str], None], job: UUID) -> None:
    actor.send(str(job))


def consumer(broker: dramatiq.Broker, slots: int) -> Worker:
    """Return what takes tickets, as many at a time as there are slots: the others stay for other workers."""
    from dramatiq.worker import Worker

    worker = Worker(broker, worker_timeout=POLL_MS, worker_threads=slots)
    worker.queue_prefetch = slots
    worker.delay_prefetch = 1
    return worker
