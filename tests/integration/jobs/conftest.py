"""A home with its servers, and a RabbitMQ, for the tests of workers."""

import shutil
import tempfile
from pathlib import Path

import pytest

from arbitrax.bootstrap import embedded_servers
from tests.job_workers import Jobs, Workers, install_misbehaving
from tests.rabbitmq import RabbitMq, rabbitmq_program


@pytest.fixture(scope="module")
def home():
    # Not pytest's tmp_path: root's servers run as another user, who must reach it.
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-jobs-"))
    folder.chmod(0o755)
    yield folder / "home"
    # Also those that a killed worker had started: nobody else stops them.
    embedded_servers(folder / "home", "process").release()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    return install_misbehaving(tmp_path_factory.mktemp("packages"))


@pytest.fixture
def jobs(home, packages, monkeypatch):
    monkeypatch.syspath_prepend(packages)
    made = Jobs(home)
    yield made
    made.close()


@pytest.fixture
def workers(home, packages):
    made = Workers(home, packages)
    yield made
    made.close()


@pytest.fixture(scope="session")
def rabbitmq():
    """A RabbitMQ of its own; skips where there is none."""
    program = rabbitmq_program()
    if program is None:
        pytest.skip("There is no RabbitMQ on this machine; install Debian's rabbitmq-server to run this test.")
    with RabbitMq(program) as server:
        yield server
