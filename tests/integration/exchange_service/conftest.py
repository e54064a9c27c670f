"""Each test has a shard of its own on one journal."""

import pytest

from tests.exchange_processes import SHARDS
from tests.integration.exchange_service.shard import Shard


@pytest.fixture(scope="session")
def journal_url(embedded_servers):
    return embedded_servers.journal_url()


@pytest.fixture
def another_shard(journal_url, tmp_path):
    found = Shard(journal_url, next(SHARDS), tmp_path)
    yield found
    found.close()


@pytest.fixture
def shard(journal_url, tmp_path):
    found = Shard(journal_url, next(SHARDS), tmp_path)
    yield found
    found.close()
