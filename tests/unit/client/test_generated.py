"""Both clients say what docs/openapi.json says."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
spec = importlib.util.spec_from_file_location("write_clients", ROOT / "scripts" / "write_clients.py")
write_clients = importlib.util.module_from_spec(spec)
spec.loader.exec_module(write_clients)
OPENAPI = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", write_clients.FILES, ids=lambda each: each.name)
def test_messages_are_current(path):
    assert path.read_text(encoding="utf-8") == write_clients.FILES[path](), "run python scripts/write_clients.py"


def test_the_typescript_client_asks_for_every_path_and_no_other():
    sources = ROOT / "clients" / "typescript" / "src"
    text = (sources / "resources.ts").read_text() + (sources / "transport.ts").read_text()
    asked = {re.sub(r"\$\{[^}]*\}", "{}", each) for each in re.findall(r"""["`](/api/v1/[^"`?]*)["`]""", text)}
    there = {re.sub(r"\{[^}]*\}", "{}", each) for each in OPENAPI["paths"] if each.startswith("/api/v1/")}
    assert asked == there


def test_the_python_client_asks_for_every_path_and_no_other():
    import ast

    folder, asked = ROOT / "src" / "arbitrax" / "client", set()
    for path in folder.glob("*.py"):
        tree, known = ast.parse(path.read_text()), {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                known[node.targets[0].id] = node.value
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
                known |= {name.id: each for name, each in zip(node.targets[0].elts, node.value.elts, strict=True)}

        def text(node, known=known):
            if isinstance(node, ast.Constant):
                return str(node.value)
            if isinstance(node, ast.FormattedValue):
                return text(node.value)
            if isinstance(node, ast.JoinedStr):
                return "".join(text(each) for each in node.values)
            constant = known.get(node.id) if isinstance(node, ast.Name) else None
            return constant.value if isinstance(constant, ast.Constant) else "{}"

        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                asked |= {text(each) for each in node.args if isinstance(each, ast.JoinedStr | ast.Constant | ast.Name)}
            elif isinstance(node, ast.Assign):
                asked.add(text(node.value))
    paths = {each for each in asked if each.startswith("/api/v1/")} - {"/api/v1/auth", "/api/v1/ws"}
    assert paths == {re.sub(r"\{[^}]*\}", "{}", each) for each in OPENAPI["paths"] if each.startswith("/api/v1/")}


def test_the_lock_file_names_no_registry():
    folder = ROOT / "clients" / "typescript"
    assert "omit-lockfile-registry-resolved=true" in (folder / ".npmrc").read_text()
    lock = json.loads((folder / "package-lock.json").read_text())
    assert lock["packages"]
    assert [name for name, each in lock["packages"].items() if "resolved" in each] == []
