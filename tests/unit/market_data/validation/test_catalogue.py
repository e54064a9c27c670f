"""The catalogue has every rule, and the rules say what the catalogue says."""

import ast
import inspect
from itertools import chain

from arbitrax.market_data.validation import validator
from arbitrax.market_data.validation.catalogue import RULES, rules_by_name
from arbitrax.market_data.validation.findings import Level


def test_there_are_23_rules_in_order_with_names_of_their_own():
    assert [each.number for each in RULES] == list(range(1, 24))
    assert len(rules_by_name()) == 23


def test_every_rule_is_run_and_nothing_else():
    run = set(chain(*validator.AS_RECEIVED, *validator.IN_ORDER, [validator.order.not_in_order]))
    assert run == {function for each in RULES for function in each.functions}


def test_each_function_says_its_number_its_name_and_its_levels():
    for each in RULES:
        assert each.example.endswith(".")
        levels = set()
        for function in each.functions:
            assert (function.__doc__ or "").startswith(f"Rule {each.number}: ")
            tree = ast.parse(inspect.getsource(function))
            levels |= {
                node.attr
                for node in ast.walk(tree)
                if isinstance(node, ast.Attribute) and node.attr in Level.__members__
            }
        if each.number not in {8, 9}:  # which share the code that finds levels
            assert levels == {level.name for level in each.levels}
        assert not each.text.startswith("Rule")
        assert "  " not in each.text
