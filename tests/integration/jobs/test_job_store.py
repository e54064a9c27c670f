"""Jobs in PostgreSQL: who gets which, and who may write."""

import time
from uuid import UUID

import psycopg
import pytest

from arbitrax.domain.errors import Fenced, TooManyJobs, UnknownNameError
from arbitrax.domain.ids import new_uuid
from arbitrax.services.jobs import (
    LEASE_SECONDS,
    MOST_ATTEMPTS,
    MOST_LOSSES,
    MOST_WAITING,
    Lease,
    Problem,
    cancel_job,
    find_job,
    submit_job,
)
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.job_outbox import PostgresJobOutbox
from arbitrax.storage.postgres.job_store import PostgresJobStore


@pytest.fixture
def database(postgres_url):
    with Database(postgres_url) as made:
        yield made


@pytest.fixture
def jobs(database):
    return PostgresJobStore(database)


def add_user(url, name) -> UUID:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "INSERT INTO users (id, name, password_hash) VALUES (gen_random_uuid(), %s, '$argon2id$x') RETURNING id",
            (name,),
        ).fetchone()
    return row[0]


def submit(jobs, owner=None):
    return submit_job(jobs, new_uuid(time.time_ns()), "backtest", {"n": 1}, owner=owner).id


def let_leases_end(url):
    with psycopg.connect(url) as connection:
        # A silence that began before the server did would not be held against the job.
        connection.execute(f"SELECT pg_sleep_until(pg_postmaster_start_time() + interval '{LEASE_SECONDS} s')")
        connection.execute("UPDATE jobs SET lease_until = clock_timestamp() - interval '1 ms' WHERE status = 'running'")


def waiting(database):
    """The jobs that are announced now, which then wait for five seconds."""
    sent = []
    with PostgresJobOutbox(database) as outbox:
        while outbox.relay(sent.append):
            pass
    return sent


def test_a_job_is_claimed_once_and_its_success_needs_the_fence(jobs) -> None:
    job = submit(jobs)
    claimed, lease = jobs.claim("one")
    assert (claimed.id, claimed.status, claimed.attempt) == (job, "running", 1)
    assert jobs.claim("two") is None
    with pytest.raises(Fenced):
        jobs.finish(Lease(job, lease.fence + 1), "failed", Problem("x", "y"))
    jobs.finish(lease, "failed", Problem("strategy.failed", "It broke."))
    found = jobs.find(job)
    assert (found.status, found.error) == ("failed", Problem("strategy.failed", "It broke."))
    assert [(each.number, each.holder, each.outcome) for each in jobs.attempts(job)] == [(1, "one", "failed")]
    with pytest.raises(Fenced):
        jobs.beat(lease, 0.5, None)


def test_users_take_turns_however_many_jobs_one_has(jobs, postgres_url) -> None:
    one, two = add_user(postgres_url, "one"), add_user(postgres_url, "two")
    many = [submit(jobs, one) for _ in range(5)]
    operators = submit(jobs)
    few = [submit(jobs, two) for _ in range(2)]
    order = [jobs.claim("w")[0].id for _ in range(8)]
    assert order[:3] == [many[0], operators, few[0]]
    assert order[3:] == [many[1], few[1], *many[2:]]


def test_long_jobs_of_one_user_do_not_take_every_slot_from_the_short_ones_of_another(jobs, postgres_url) -> None:
    one, two = add_user(postgres_url, "one"), add_user(postgres_url, "two")
    long, short = [submit(jobs, one) for _ in range(4)], [submit(jobs, two) for _ in range(4)]
    assert jobs.claim("w")[0].id == long[0]
    for each in short:  # there is one more slot; by turns alone the second time would be the first user's
        claimed, lease = jobs.claim("w")
        assert claimed.id == each
        jobs.finish(lease, "failed", Problem("x", "y"))
    assert jobs.claim("w")[0].id == long[1]  # nobody else waits


def test_a_user_has_so_many_jobs_waiting_and_no_more(jobs, postgres_url) -> None:
    one, two = add_user(postgres_url, "one"), add_user(postgres_url, "two")
    for _ in range(MOST_WAITING):
        submit(jobs, one)
    with pytest.raises(TooManyJobs, match="200 of your jobs wait already"):
        submit(jobs, one)
    submit(jobs, two)
    submit(jobs)
    jobs.claim("w")
    submit(jobs, one)


def test_a_newcomer_does_not_wait_for_the_queue_of_another(jobs, postgres_url) -> None:
    one, two = add_user(postgres_url, "one"), add_user(postgres_url, "two")
    for _ in range(4):
        submit(jobs, one)
    jobs.claim("w")
    mine = submit(jobs, two)
    assert jobs.claim("w")[0].id == mine


def test_a_lease_that_ended_is_anothers_and_the_first_holder_writes_nothing(jobs, postgres_url) -> None:
    job = submit(jobs)
    _, first = jobs.claim("one")
    assert jobs.expire() == []
    let_leases_end(postgres_url)
    assert jobs.expire() == [(job, "queued")]
    again, second = jobs.claim("two")
    assert (again.id, again.attempt, again.losses) == (job, 2, 1)
    with pytest.raises(Fenced):
        jobs.beat(first, 0.9, None)
    with pytest.raises(Fenced):
        jobs.finish(first, "failed", Problem("x", "y"))
    assert jobs.lose(first, "late") is None
    jobs.finish(second, "cancelled", None)
    assert [each.outcome for each in jobs.attempts(job)] == ["lost", "cancelled"]


def test_a_job_that_is_always_lost_ends_dead_with_its_reason(jobs, database) -> None:
    job = submit(jobs)
    for loss in range(MOST_LOSSES):
        _, lease = jobs.claim("w")
        status = jobs.lose(lease, "its process was killed by SIGSEGV, signal 11.")
        assert status == ("dead" if loss == MOST_LOSSES - 1 else "queued")
    found = jobs.find(job)
    assert found.error.code == "job.dead"
    assert "SIGSEGV" in found.error.detail
    assert jobs.claim("w") is None
    assert waiting(database) == []


def test_giving_back_is_not_held_against_a_job(jobs) -> None:
    job = submit(jobs)
    for _ in range(MOST_LOSSES + 2):
        _, lease = jobs.claim("w")
        jobs.give_back(lease, "its worker was stopped.")
    found = jobs.find(job)
    assert (found.status, found.attempt, found.losses) == ("queued", MOST_LOSSES + 2, 0)
    assert jobs.give_back(lease, "its worker was stopped.") is None


def test_a_job_that_is_given_back_for_ever_ends_dead_too(jobs) -> None:
    job = submit(jobs)
    for _ in range(MOST_ATTEMPTS - 1):
        _, lease = jobs.claim("w")
        assert jobs.give_back(lease, "the database ended.") == "queued"
    _, lease = jobs.claim("w")
    assert jobs.give_back(lease, "the database ended.") == "dead"
    found = jobs.find(job)
    assert (found.error.code, found.attempt, found.losses) == ("job.dead", MOST_ATTEMPTS, 0)
    assert found.error.detail.startswith(f"The job was tried {MOST_ATTEMPTS} times")
    assert jobs.claim("w") is None


def test_a_lease_that_ended_while_the_database_began_anew_is_not_held_against_a_job(jobs, postgres_url) -> None:
    job = submit(jobs)
    jobs.claim("w")
    with psycopg.connect(postgres_url) as connection:  # its last sign of life is older than the server
        connection.execute("UPDATE jobs SET lease_until = pg_postmaster_start_time()")
    assert jobs.expire() == [(job, "queued")]
    assert jobs.find(job).losses == 0
    (attempt,) = jobs.attempts(job)
    assert attempt.outcome == "given_back"
    assert "began anew" in attempt.reason


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_is_told(jobs, database) -> None:
    waits, runs = submit(jobs), submit(jobs)
    jobs.cancel(waits)
    assert jobs.find(waits).status == "cancelled"
    claimed, lease = jobs.claim("w")
    assert claimed.id == runs
    assert jobs.beat(lease, 0.1, None) is False
    jobs.cancel(runs)
    assert jobs.find(runs).status == "running"
    assert jobs.beat(lease, 0.2, None) is True
    jobs.finish(lease, "cancelled", None)
    jobs.cancel(runs)
    assert jobs.find(runs).status == "cancelled"
    assert waiting(database) == []


def test_a_cancelled_job_that_is_lost_is_not_tried_again(jobs) -> None:
    job = submit(jobs)
    _, lease = jobs.claim("w")
    jobs.cancel(job)
    assert jobs.lose(lease, "killed") == "cancelled"


def test_another_users_job_is_not_found(jobs, postgres_url) -> None:
    one, two = add_user(postgres_url, "one"), add_user(postgres_url, "two")
    job = submit(jobs, one)
    assert find_job(jobs, job, owner=one).id == job
    for ask in (find_job, cancel_job):
        with pytest.raises(UnknownNameError, match="There is no job_"):
            ask(jobs, job, owner=two)
    assert jobs.find(job).status == "queued"
    assert [each.id for each in jobs.newest(10, owner=two)] == []


def test_lists_go_on_where_they_ended(jobs) -> None:
    made = [submit(jobs) for _ in range(5)]
    first = jobs.newest(2)
    rest = jobs.newest(10, before=first[-1].id)
    assert [each.id for each in (*first, *rest)] == sorted(made, reverse=True)
    assert jobs.newest(10, status="running") == []
    assert jobs.newest(10, kind="ingestion") == []


def test_news_stays_until_the_broker_has_it(jobs, database) -> None:
    job = submit(jobs)

    def broken(_):
        raise ConnectionError("the broker is away")

    with PostgresJobOutbox(database) as outbox, pytest.raises(ConnectionError):
        outbox.relay(broken)
    assert waiting(database) == [job]
    assert waiting(database) == []


def test_news_that_nobody_came_for_is_sent_again(jobs, database, postgres_url) -> None:
    job = submit(jobs)
    assert waiting(database) == [job]
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE job_outbox SET due_at = now() - interval '1 ms'")
    assert waiting(database) == [job]
    jobs.claim("w")
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM job_outbox").fetchone() == (0,)


def test_a_submission_that_is_undone_leaves_no_job_and_no_news(jobs, database) -> None:
    def undone():
        with database.connection() as connection, connection.transaction():
            submit(jobs)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert jobs.newest(10) == []
    assert waiting(database) == []


def test_news_wakes_who_waits_for_it(jobs, database) -> None:
    with PostgresJobOutbox(database) as outbox:
        submit(jobs)
        outbox.wait(600.0)  # returns because of the news
        assert outbox.relay(lambda _: None) == 1
