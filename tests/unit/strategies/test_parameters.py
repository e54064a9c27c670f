import numpy as np
import pytest

import arbitrax as ax
from arbitrax.domain.errors import ParameterError


class Knobs(ax.Strategy):
    count: int = ax.parameter(3, low=1, high=9)
    share: float = ax.parameter(0.5, low=0, high=1)
    flag: bool = ax.parameter(False)
    mode: str = ax.parameter("fast", choices=("fast", "slow"))


def test_defaults_and_given_values():
    assert Knobs().values == {"count": 3, "share": 0.5, "flag": False, "mode": "fast"}
    assert Knobs(count=np.int64(4), share=1, flag=True, mode="slow").values == {
        "count": 4, "share": 1.0, "flag": True, "mode": "slow",
    }  # fmt: skip
    assert repr(Knobs(count=9)) == "Knobs(count=9, share=0.5, flag=False, mode='fast')"


def test_text_of_a_command_line_is_converted():
    assert Knobs(count="4", share="0.25", flag="yes", mode="slow").values == {
        "count": 4, "share": 0.25, "flag": True, "mode": "slow",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("count", 0, "a whole number from 1 to 9"),
        ("count", 2.5, "a whole number"),
        ("count", "many", "a whole number"),
        ("count", True, "a whole number"),
        ("share", 1.01, "a number from 0 to 1"),
        ("share", float("nan"), "a number"),
        ("share", float("inf"), "a number"),
        ("flag", "maybe", "true or false"),
        ("flag", 1, "true or false"),
        ("mode", "medium", "one of fast, slow"),
        ("count", None, "a whole number"),
    ],
)
def test_wrong_values_are_refused_with_what_is_allowed(name, value, allowed):
    with pytest.raises(ParameterError, match=f"Knobs: {name} = .* is not allowed; give {allowed}"):
        Knobs(**{name: value})


def test_unknown_parameter_is_named_with_a_guess():
    with pytest.raises(ParameterError, match="no parameter 'cuont'; did you mean 'count'"):
        Knobs(cuont=1)


def test_default_outside_its_bounds_is_refused_when_the_class_is_made():
    with pytest.raises(ParameterError):
        type("Wrong", (ax.Strategy,), {"__annotations__": {"n": int}, "n": ax.parameter(5, high=4)})


def test_parameter_without_an_annotation_has_the_type_of_its_default():
    made = type("Plain", (ax.Strategy,), {"n": ax.parameter(3, high=5), "share": ax.parameter(0.5)})
    assert made(n=4, share=1).values == {"n": 4, "share": 1.0}
    with pytest.raises(ParameterError):
        made(n=6)


def test_array_is_no_parameter():
    with pytest.raises(ParameterError, match="count = array"):
        Knobs(count=np.array([5, 6]))


def test_parameters_are_inherited():
    class More(Knobs):
        extra: int = ax.parameter(1)

    assert list(More.parameters) == ["count", "share", "flag", "mode", "extra"]
    assert list(Knobs.parameters) == ["count", "share", "flag", "mode"]
