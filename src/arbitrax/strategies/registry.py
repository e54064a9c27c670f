"""Find a strategy by name: built in, installed (entry points ``arbitrax.strategies``), or ``path/to/file.py:Class``."""

import hashlib
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from arbitrax.domain.errors import StrategyError, UnknownNameError, did_you_mean
from arbitrax.strategies.strategy import Strategy

BUILT_IN = {
    "bollinger_reversion": "arbitrax.strategies.bollinger_reversion:BollingerReversion",
    "buy_and_hold": "arbitrax.strategies.buy_and_hold:BuyAndHold",
    "calendar_rebalance": "arbitrax.strategies.calendar_rebalance:CalendarRebalance",
    "cross_sectional_momentum": "arbitrax.strategies.cross_sectional_momentum:CrossSectionalMomentum",
    "donchian_breakout": "arbitrax.strategies.donchian_breakout:DonchianBreakout",
    "ema_cross": "arbitrax.strategies.ema_cross:EmaCross",
    "macd_cross": "arbitrax.strategies.macd_cross:MacdCross",
    "pairs_trading": "arbitrax.strategies.pairs_trading:PairsTrading",
    "rsi_reversion": "arbitrax.strategies.rsi_reversion:RsiReversion",
    "sma_cross": "arbitrax.strategies.sma_cross:SmaCross",
    "time_series_momentum": "arbitrax.strategies.time_series_momentum:TimeSeriesMomentum",
}
ENTRY_POINTS = "arbitrax.strategies"


def installed() -> dict[str, str]:
    """Return the strategies other packages offer, name to ``module:Class``."""
    from importlib.metadata import entry_points  # scans the environment: only when asked

    return {point.name: point.value for point in entry_points(group=ENTRY_POINTS)}


def find_strategy(name: str) -> type[Strategy]:
    """Return the strategy class for a name.

    Raises:
        UnknownNameError: nobody knows it.
        StrategyError: its file cannot be loaded.
    """
    if (file := strategy_file(name)) is not None:
        return load_file(*file)
    target = BUILT_IN.get(name) or BUILT_IN.get(_snake_case(name)) or installed().get(name)
    if target is None:
        known = [*BUILT_IN, *installed()]
        raise UnknownNameError(
            f"No strategy is called '{name}'{did_you_mean(name, known)} (there are: {', '.join(sorted(known))}; "
            "your own is given as path/to/file.py:ClassName)."
        )
    module, _, class_name = target.partition(":")
    try:
        return _strategy_in(import_module(module), class_name, name)
    except ImportError as error:
        if error.name == "arbitrax.kernels":
            raise  # the compiled core, not this strategy
        raise StrategyError(f"Strategy '{name}' ({target}) cannot be imported: {error}.") from error


def find_registered(name: str) -> type[Strategy]:
    """Return a strategy that is built in or installed; code of a file or a text never runs through this.

    Raises:
        UnknownNameError: nobody knows it.
        StrategyError: it cannot be imported.
    """
    if strategy_file(name) is not None:
        raise UnknownNameError(f"'{name}' is a file; only strategies that are built in or installed can run here.")
    return find_strategy(name)


def strategy_file(name: str) -> tuple[Path, str] | None:
    """Return the file and the class, maybe empty, that ``path/to/file.py:ClassName`` names; None: it is no file."""
    if ".py:" in name:
        path, _, class_name = name.rpartition(":")
        return Path(path), class_name
    return (Path(name), "") if name.endswith(".py") else None


def load_file(path: Path, class_name: str) -> type[Strategy]:
    """Return a class of a Python file; the only strategy in it when no name is given."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UnknownNameError(
            f"The strategy file {path} cannot be read: {reason}; give path/to/file.py:ClassName."
        ) from error
    return load_source(source, class_name, str(path))


def load_source(source: str, class_name: str, origin: str) -> type[Strategy]:
    """Return a strategy class from source text, as a module of its own."""
    module = ModuleType(f"arbitrax_strategy_{hashlib.sha256(source.encode()).hexdigest()[:16]}")
    module.__file__ = origin
    module.__dict__["__arbitrax_source__"] = source
    try:
        code = compile(source, origin, "exec")
        sys.modules[module.__name__] = module
        exec(code, module.__dict__)  # noqa: S102 - running the user's own strategy is the purpose
    except (Exception, SystemExit) as error:  # a strategy must not end the program
        if isinstance(error, ModuleNotFoundError) and (Path(origin).parent / f"{error.name}.py").exists():
            raise StrategyError(
                f"The strategy file {origin} imports its neighbour '{error.name}'; a strategy file stands alone, so "
                "that its source is all of it: move that code into it or install it as a package."
            ) from error
        line = error.lineno if isinstance(error, SyntaxError) else _line_in(error, origin)
        reason = f"{type(error).__name__}: {error}".rstrip(".")
        raise StrategyError(f"The strategy file {origin} failed to load at line {line}: {reason}.") from error
    return _strategy_in(module, class_name, origin)


def describe(strategy: type[Strategy]) -> str:
    """Return the name by which `find_strategy` finds a class again, or its plain name."""
    target = f"{strategy.__module__}:{strategy.__qualname__}"
    return next((name for name, value in BUILT_IN.items() if value == target), strategy.__qualname__)


def _strategy_in(module: ModuleType, class_name: str, origin: str) -> type[Strategy]:
    found = {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Strategy) and value.__module__ == module.__name__
    }
    named = getattr(module, class_name, None) if class_name else None
    if isinstance(named, type) and issubclass(named, Strategy):
        return named  # also one that the module imports from elsewhere in its package
    if not class_name and len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise UnknownNameError(f"{origin} has no strategy of its own; write one: class Mine(arbitrax.Strategy).")
    wanted = f"no strategy class '{class_name}'" if class_name else f"{len(found)} strategy classes, so name one"
    raise UnknownNameError(f"{origin} has {wanted}{did_you_mean(class_name, found)} (it has: {', '.join(found)}).")


def _snake_case(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _line_in(error: BaseException, origin: str) -> int | str:
    line: int | str = "?"
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == origin:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
