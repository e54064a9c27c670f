"""Find rules on absolute price levels in a strategy's source, which adjusted prices give another meaning every time.

An adjusted price changes with each later split and dividend: a rule such as ``close > 150`` fires on other days once
the next dividend is paid, and never did mean the price on the screen.
"""

import re

PRICES = {"open", "high", "low", "close", "price", "adj_close"}
LEVELS = {"limit", "stop", "stop_loss", "take_profit"}
MAYBE = r"\b(?:open|high|low|close|price)\b.*[<>=]|\b(?:limit|stop|stop_loss|take_profit)\s*=\s*[\d.]"
"""Lines worth a closer look."""


def fixed_price_levels(source: str, class_name: str) -> list[str]:
    """Return the expressions of a class, as ``line 12: bars.close > 150``, that hold prices against fixed numbers.

    Found are comparisons of a price with a number above zero, and such numbers given as limit, stop, stop loss or take
    profit that is not relative. A level that is computed elsewhere is not seen.
    """
    if not any(re.search(MAYBE, line) for line in source.splitlines()):
        return []
    import ast

    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []  # of another Python; what runs has been compiled
    own = next((each for each in ast.walk(tree) if isinstance(each, ast.ClassDef) and each.name == class_name), tree)
    found: dict[int, str] = {}

    def is_level(node: ast.AST) -> bool:
        value = node.value if isinstance(node, ast.Constant) else None
        return isinstance(value, int | float) and not isinstance(value, bool) and value > 0

    def is_price(node: ast.AST) -> bool:
        if isinstance(node, ast.Subscript):
            return is_price(node.value)
        return isinstance(node, ast.Attribute) and node.attr in PRICES

    for node in ast.walk(own):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(map(is_price, sides)) and any(map(is_level, sides)):
                found[node.lineno] = ast.unparse(node)
        elif isinstance(node, ast.Call):
            names = {each.arg: each.value for each in node.keywords}
            relative = names.get("relative")
            if isinstance(relative, ast.Constant) and relative.value:
                continue
            fixed = [name for name in names if name in LEVELS and is_level(names[name])]
            # Exits of signals are fractions.
            if fixed and not (isinstance(node.func, ast.Attribute | ast.Name) and _called(node.func) == "Exits"):
                found[node.lineno] = ast.unparse(node)
    return [f"line {line}: {text if len(text) <= 60 else text[:57] + '...'}" for line, text in sorted(found.items())]


def _called(function: object) -> str:
    return str(getattr(function, "attr", None) or getattr(function, "id", ""))
