"""Each test has a shard of its own on one journal."""

from itertools import count

import pytest

from tests.integration.exchange_service.shard import Shard

_numbers = count(1)


@pytest.fixture(scope="session")
def journal_url(embedded_servers):
    return embedded_servers.journal_url()


@pytest.fixture
def another_shard(journal_url, tmp_path):
    found = Shard(journal_url, next(_numbers), tmp_path)
    yield found
    found.close()


@pytest.fixture
def shard(journal_url, tmp_path):
    found = Shard(journal_url, next(_numbers), tmp_path)
    yield found
    found.close()
