"""``--set costs.per_share=0.005``: costs, account and instruments of a run, by the names the Python API has."""

from collections.abc import Iterable
from typing import Any

import msgspec

from arbitrax.backtest.models import Account, Costs, Instrument
from arbitrax.domain.errors import InputError, did_you_mean

MODELS: dict[str, type[msgspec.Struct]] = {"costs": Costs, "account": Account, "instruments": Instrument}
EXAMPLE = "--set costs.per_share=0.005, --set account.kind=cash or --set instruments.AAPL.lot=1 (* for all symbols)"


def read_run_settings(given: Iterable[str]) -> dict[str, Any]:
    """Return ``costs``, ``account`` and ``instruments`` of a `RunSpec`, as far as they were set.

    Raises:
        InputError: a setting that is none, is given twice, or has a value it cannot have.
    """
    values: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in MODELS}
    for text in given:
        name, equals, value = text.partition("=")
        model, dot, rest = name.partition(".")
        if not equals or not dot or model not in MODELS:
            hint = did_you_mean(model, MODELS) if equals and dot else ""
            raise InputError(f"--set {text} is no setting{hint or f'; write it as {EXAMPLE}.'}")
        # A symbol may have dots of its own.
        symbol, _, field = rest.rpartition(".") if model == "instruments" else ("", "", rest)
        if model == "instruments" and not symbol:
            raise InputError(
                f"--set {text} names no symbol; write it as instruments.AAPL.{rest} or instruments.*.{rest}."
            )
        fields = MODELS[model].__struct_fields__
        if field not in fields:
            hint = did_you_mean(field, fields) or f"; it has {', '.join(fields)}."
            raise InputError(f"--set {name}: {model} has no {field or 'setting without a name'}{hint}")
        own = values[model].setdefault(symbol, {})
        if field in own:
            raise InputError(f"--set {name} is given twice; give it once.")
        own[field] = _value(value)
    made: dict[str, Any] = {name: _made(name, values[name][""]) for name in ("costs", "account") if values[name]}
    if values["instruments"]:
        made["instruments"] = {
            symbol: _made(f"instruments.{symbol}", own) for symbol, own in values["instruments"].items()
        }
    return made


def _value(text: str) -> Any:
    """Return a number or list where the text is one, else the text."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _made(name: str, values: dict[str, Any]) -> Any:
    try:
        return MODELS[name.partition(".")[0]](**values)
    except InputError as error:
        raise InputError(f"--set {name}: {error}") from None
