"""A strategy's file, sent along with what is asked of a gateway."""

from msgspec.structs import replace

from arbitrax.client import NewBacktest
from arbitrax.strategies.registry import load_file, strategy_file


def with_source(asked: NewBacktest) -> NewBacktest:
    """Return it with the text of the file that its strategy names; as it is when that is the name of an installed one.

    The file is loaded here first, as it is without a gateway: what is wrong with it is told before it is sent.

    Raises:
        UnknownNameError: the file cannot be read, or has no such strategy.
        StrategyError: it fails to load.
    """
    file = strategy_file(asked.strategy)
    if file is None:
        return asked
    path, class_name = file
    found = load_file(path, class_name)
    return replace(asked, strategy=found.__name__, source=path.read_text(encoding="utf-8"))
