"""Write the messages of both clients from docs/openapi.json. A test compares them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / "src" / "arbitrax" / "client" / "messages.py"
TYPESCRIPT = ROOT / "clients" / "typescript" / "src" / "messages.ts"
Schema = dict[str, Any]
Write = Callable[[Schema], str]

_PYTHON_HEAD = '''"""What goes over the wire. Written by scripts/write_clients.py from docs/openapi.json; do not edit.

Prices, quantities and money are decimal strings; times have their zone.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """A page of a list."""

    data: list[T]
    next_cursor: str | None
    has_more: bool
'''
_TYPESCRIPT_HEAD = """// What goes over the wire. Written by scripts/write_clients.py from openapi.json; do not edit.
// Prices, quantities and money are decimal strings; times are ISO 8601 in UTC.

/** A page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}
"""


def schemas() -> dict[str, Schema]:
    """Return the schemas by name, those of pages left out: both clients have one page for all."""
    found: dict[str, Schema] = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["components"][
        "schemas"
    ]
    return {name: schema for name, schema in found.items() if not name.endswith("Page")}


def python() -> str:
    """Return the module of the Python client."""
    parts = [_PYTHON_HEAD]
    for name, schema in schemas().items():
        lines = [f"class {name}({_python_bases(schema)}):"]
        if "description" in schema:
            lines += [f'    """{schema["description"]}"""', ""]
        for field, its in sorted(schema["properties"].items(), key=lambda item: item[0] not in schema["required"]):
            kind, default = _python_type(its), ""
            if field not in schema["required"]:
                # A field that may be left out, without a default that is said: null.
                default = f" = {_python_default(its)}"
                if default == " = None" and "None" not in kind:
                    kind += " | None"
            lines.append(f"    {field}: {kind}{default}")
        parts.append("\n".join(lines) + "\n")
    return "\n\n".join(parts)


def typescript() -> str:
    """Return the module of the TypeScript client."""
    parts = [_TYPESCRIPT_HEAD]
    for name, schema in schemas().items():
        lines = [f"export interface {name} {{"]
        for field, its in schema["properties"].items():
            # What the server sends always has every field that has no default; what is sent may leave others out.
            optional = "" if field in schema["required"] else "?"
            lines.append(f"  readonly {field}{optional}: {_typescript_type(its)};")
        parts.append("\n".join([*lines, "}"]) + "\n")
    return "\n".join(parts)


def _python_bases(schema: Schema) -> str:
    sent = schema.get("additionalProperties") is False
    return "Struct, frozen=True, kw_only=True" + (", omit_defaults=True" if sent else "")


def _python_default(schema: Schema) -> str:
    if "$ref" in schema or isinstance(schema.get("default"), dict):
        return f"{_python_type(schema)}()" if "$ref" in schema else "{}"
    empty = {"array": "[]", "object": "{}"}.get(str(schema.get("type")))
    text = empty if empty is not None and not schema.get("default") else repr(schema.get("default"))
    return text.replace("'", '"')


def _python_type(schema: Schema) -> str:
    plain = {
        "integer": "int", "number": "float", "boolean": "bool", "null": "None", "string": "str",
    }  # fmt: skip
    formats = {"date-time": "datetime", "date": "date"}
    return _type(
        schema,
        plain=lambda its: formats.get(its.get("format", ""), plain[its["type"]]),
        literal=lambda values: f"Literal[{', '.join('None' if each is None else json.dumps(each) for each in values)}]",
        array=lambda of: f"list[{of}]",
        fixed=lambda of: f"tuple[{', '.join(of)}]",
        mapping=lambda of: f"dict[str, {of}]",
        anything="Any",
        write=_python_type,
    )


def _typescript_type(schema: Schema) -> str:
    plain = {"integer": "number", "number": "number", "boolean": "boolean", "null": "null", "string": "string"}
    return _type(
        schema,
        plain=lambda its: plain[its["type"]],
        literal=lambda values: " | ".join(json.dumps(each) for each in values),
        array=lambda of: f"readonly ({of})[]" if " " in of else f"readonly {of}[]",
        fixed=lambda of: f"readonly [{', '.join(of)}]",
        mapping=lambda of: f"Readonly<Record<string, {of}>>",
        anything="unknown",
        write=_typescript_type,
    )


def _type(
    schema: Schema,
    *,
    plain: Write,
    literal: Callable[[list[Any]], str],
    array: Callable[[str], str],
    fixed: Callable[[list[str]], str],
    mapping: Callable[[str], str],
    anything: str,
    write: Write,
) -> str:
    """Return the type that a schema describes.

    Raises:
        ValueError: one of a kind that the gateway did not have before.
    """
    found = anything
    if "$ref" in schema:
        found = str(schema["$ref"]).rpartition("/")[2]
    elif choices := schema.get("oneOf") or schema.get("anyOf"):
        found = " | ".join(dict.fromkeys(write(each) for each in choices))
    elif "enum" in schema:
        found = literal(schema["enum"])
    elif "const" in schema:
        found = literal([schema["const"]])
    elif "prefixItems" in schema:
        found = fixed([write(each) for each in schema["prefixItems"]])
    elif schema.get("type") == "array" and schema.get("minItems", 0) == schema.get("maxItems"):
        found = fixed([write(schema["items"])] * schema["maxItems"])
    elif schema.get("type") == "array":
        found = array(write(schema.get("items", {})))
    elif schema.get("type") == "object":
        found = mapping(write(schema.get("additionalProperties") or {}))
    elif "type" in schema:
        found = plain(schema)
    return found


FILES = {PYTHON: python, TYPESCRIPT: typescript}

if __name__ == "__main__":
    for path, write in FILES.items():
        path.write_text(write(), encoding="utf-8")
