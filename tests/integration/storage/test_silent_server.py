"""Connections of a server that hangs, and idle ones that it ended."""

import os
import signal
import threading

import psycopg
import pytest

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.storage.postgres.connection import Database
from tests.stalled import needs_proc, stalled


def pid_of(database):
    with database.connection() as connection:
        return connection.execute("SELECT pg_backend_pid()").fetchone()[0]


def begin_and_stop(database, pid):
    with database.connection() as connection, connection.transaction():
        connection.execute("CREATE TABLE maybe ()")
        os.kill(pid, signal.SIGSTOP)


def test_a_statement_that_is_not_answered_is_given_up_here(postgres_url):
    with Database(postgres_url, patience=0.5) as database:
        before = pid_of(database)
        os.kill(before, signal.SIGSTOP)
        try:
            with pytest.raises(StoreUnavailableError, match="may be done or not"), database.connection() as connection:
                connection.execute("SELECT 1")
            assert pid_of(database) != before
        finally:
            os.kill(before, signal.SIGCONT)


def test_a_transaction_that_is_not_answered_ends_with_its_connection(postgres_url):
    with Database(postgres_url, patience=0.5) as database:
        before = pid_of(database)
        try:
            with pytest.raises(StoreUnavailableError, match="may be done or not"):
                begin_and_stop(database, before)
        finally:
            os.kill(before, signal.SIGCONT)
        assert pid_of(database) != before


def test_the_servers_own_limit_comes_first_and_keeps_the_connection(postgres_url):
    with Database(postgres_url, patience=0.5) as database:
        before = pid_of(database)
        with pytest.raises(StoreUnavailableError, match="took too long"), database.connection() as connection:
            connection.execute("SELECT pg_sleep(60)")
        assert pid_of(database) == before


@needs_proc
def test_many_who_need_a_silent_server_are_refused_and_let_in_when_it_is_back(postgres_url, embedded_servers):
    answers = list[str]()

    def ask():
        try:
            pid_of(database)
        except StoreUnavailableError as error:
            answers.append(str(error))
        else:
            answers.append("")

    def ask_all():
        answers.clear()
        asking = [threading.Thread(target=ask) for _ in range(24)]  # more than there are connections
        for each in asking:
            each.start()
        for each in asking:
            each.join(60)
        return answers

    with Database(postgres_url, patience=0.5) as database:
        assert ask_all() == [""] * 24
        with stalled(embedded_servers, "postgres"):
            for _ in range(2):
                found = ask_all()
                assert len(found) == 24
                assert all("does not answer" in each for each in found)
        pid_of(database)
        assert ask_all() == [""] * 24


def test_an_idle_connection_that_the_server_ended_fails_nobody(postgres_url):
    with Database(postgres_url) as database:
        before = pid_of(database)
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 60000)", [before])
        assert pid_of(database) != before
