import pytest

from tests.contract.asking import NOW
from tests.vendors import StandIn


@pytest.fixture
def stand_in():
    with StandIn(now=lambda: NOW) as server:
        yield server
