"""RunSpec -> engine -> Result -> metrics -> report.

``ax.backtest(strategy, data, ...)`` runs a strategy over one symbol's bars: the package and the function share the
name that both deserve, so the module is callable. Its arguments are those of `arbitrax.interactive.backtest`.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    """A package that can be called. Whichever of the two a user touches first, the other still works."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return import_module("arbitrax.interactive").backtest(*args, **kwargs)

    @property
    def __signature__(self) -> Any:
        import inspect

        return inspect.signature(import_module("arbitrax.interactive").backtest)


sys.modules[__name__].__class__ = _CallablePackage
