"""The page of `/docs`: the OpenAPI document for people, as plain HTML without scripts."""

from __future__ import annotations

import html
import json
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: var(--soft); border-radius: .4rem; overflow: auto; padding: .6rem; }
nav a { margin-right: 1rem; } h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; } summary b { display: inline-block; min-width: 4.2rem; }
table { border-collapse: collapse; width: 100%; } td, th { border-top: 1px solid var(--line); padding: .25rem .5rem;
text-align: left; vertical-align: top; }
"""

_CHOICES = ("oneOf", "anyOf", "allOf")


def documentation_page(document: dict[str, Any]) -> str:
    """Return the page of a document."""
    groups: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation.get("tags", ["other"])[0], []).append(_operation(path, method, operation))
    info = document["info"]
    links = "".join(f'<a href="#{_text(name)}">{_text(name)}</a>' for name in groups)
    body = "".join(f'<h2 id="{_text(name)}">{_text(name)}</h2>{"".join(each)}' for name, each in groups.items())
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{_text(info["title"])} API</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>{_text(info['title'])} {_text(info['version'])}</h1><p>{_text(info.get('description', ''))}</p>"
        '<p>The same for programs: <a href="/openapi.json">/openapi.json</a>. Send '
        "<code>Authorization: Bearer</code> with an access token or an API key.</p>"
        f"<nav>{links}</nav>{body}{_problems(document)}</html>"
    )


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    parts = [f"<p>{_text(operation.get('description', ''))}</p>"]
    rows = "".join(
        f"<tr><td><code>{_text(each['name'])}</code><td>{_text(each['in'])}"
        f"<td>{_text(_kind(each.get('schema', {})))}<td>{_text(each.get('description', ''))}"
        for each in operation.get("parameters", ())
    )
    if rows:
        parts.append(f"<table><tr><th>parameter<th>in<th>type<th>meaning{rows}</table>")
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<p>Body, <code>{_text(kind)}</code>:</p>{_example(content)}")
    for status, response in operation.get("responses", {}).items():
        if not status.startswith("2"):
            continue
        parts.append(f"<p>{_text(status)}: {_text(response.get('description', ''))}</p>")
        for kind, content in response.get("content", {}).items():
            parts.append(f"<p><code>{_text(kind)}</code></p>{_example(content)}")
    return (
        f'<details id="{_text(operation.get("operationId", ""))}"><summary><b>{_text(method.upper())}</b> '
        f"<code>{_text(path)}</code> {_text(operation.get('summary', ''))}</summary>{''.join(parts)}</details>"
    )


def _problems(document: dict[str, Any]) -> str:
    rows = "".join(
        f'<tr id="{_text(each["code"])}"><td><code>{_text(each["code"])}</code><td>{each["status"]}'
        f"<td>{_text(each['meaning'])}"
        for each in document.get("x-problem-codes", ())
    )
    return f"<h2 id='problems'>problems</h2><table><tr><th>code<th>status<th>meaning{rows}</table>" if rows else ""


def _example(content: dict[str, Any]) -> str:
    return f"<pre>{_text(json.dumps(content['example'], indent=2))}</pre>" if "example" in content else ""


def example(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """Return a value that fits a schema, made of its examples."""
    while not schema.get("examples") and ("$ref" in schema or any(key in schema for key in _CHOICES)):
        schema = _resolved(schema, document)
    said = schema.get("examples") or schema.get("enum") or [schema.get("const", schema.get("default"))]
    kind = schema.get("type")
    kind = next((each for each in kind if each != "null"), "null") if isinstance(kind, list) else kind
    if said[0] is not None:
        found = said[0]
    elif kind == "object":
        found = {name: example(each, document) for name, each in schema.get("properties", {}).items()}
    elif kind == "array":
        found = [example(schema.get("items", {}), document)] * max(1, schema.get("minItems", 1))
    elif kind == "string":
        found = {"date-time": "2026-01-02T15:04:05Z", "date": "2026-01-02"}.get(schema.get("format", ""), "text")
    else:
        found = {"integer": 1, "number": 0.5, "boolean": True}.get(kind or "")
    return found


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return what a schema refers to, or the first of its choices that is not null."""
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    choices = next(schema[key] for key in _CHOICES if key in schema)
    return next((each for each in choices if each.get("type") != "null"), choices[0])


def _kind(schema: dict[str, Any]) -> str:
    if "oneOf" in schema or "anyOf" in schema:
        kinds = [_kind(each) for each in schema.get("oneOf", schema.get("anyOf", ()))]
        return " or ".join(each for each in kinds if each != "null")
    kind = schema.get("type", schema.get("$ref", "").rpartition("/")[2])
    if "enum" in schema:
        return "one of " + ", ".join(str(each) for each in schema["enum"])
    return " or ".join(each for each in kind if each != "null") if isinstance(kind, list) else str(kind)


def _text(value: object) -> str:
    return html.escape(str(value))
