"""The published contract: as committed, complete, and readable without a network."""

import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

from arbitrax.api.documentation import documentation_page, example
from arbitrax.api.openapi import openapi_document, openapi_text
from arbitrax.api.openapi_examples import PLACEHOLDER
from arbitrax.services.identity_ports import User
from tests.gateway import Gateway
from tests.integration.api.test_access import EVERY

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.json"


def test_the_committed_document_is_the_applications() -> None:
    assert COMMITTED.read_bytes() == openapi_text(), "Run `python scripts/write_openapi.py` and commit the change."


def test_the_gateway_serves_it(gateway: Gateway) -> None:
    with gateway.client() as client:
        answer = client.get("/openapi.json")
        page = client.get("/docs")
    assert answer.content == openapi_text()
    assert answer.json()["openapi"].startswith("3.1")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "/api/v1/bars" in page.text


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = documentation_page(openapi_document())
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert "url(" not in page
    assert "@import" not in page


def test_every_route_is_described() -> None:
    document = openapi_document()
    for method, path, handler in EVERY:
        if not handler.resolve_include_in_schema():
            continue
        operation = document["paths"][path][method.lower()]
        assert operation["summary"]
        assert operation["description"]
        assert operation["responses"]["default"]["content"]["application/problem+json"]
        public = handler.opt["access"] == "public"
        assert operation.get("security") == (None if public else [{"bearer": []}])


def test_conditions_of_requests_and_headers_of_answers_are_described() -> None:
    paths = openapi_document()["paths"]
    order, orders = paths["/api/v1/orders/{order}"], paths["/api/v1/orders"]

    def conditions(operation: dict[str, Any]) -> set[str]:
        return {each["name"] for each in operation["parameters"] if each["in"] == "header"}

    assert conditions(order["get"]) == {"If-None-Match"}
    assert conditions(order["patch"]) == conditions(order["delete"]) == {"If-Match"}
    assert "ETag" in order["get"]["responses"]["200"]["headers"]
    assert "ETag" in order["get"]["responses"]["304"]["headers"]
    assert {"Location", "Idempotent-Replayed"} <= orders["post"]["responses"]["201"]["headers"].keys()
    for unknown in (orders["post"], orders["delete"], paths["/api/v1/orders/cancel_all_after"]["post"]):
        assert {"Location", "Retry-After"} <= unknown["responses"]["202"]["headers"].keys()
    for operations in paths.values():
        for operation in operations.values():
            headers = operation["responses"]["default"]["headers"]
            assert {"X-Request-Id", "RateLimit", "RateLimit-Policy", "Retry-After"} <= headers.keys()


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [
        operation["operationId"]
        for operations in openapi_document()["paths"].values()
        for operation in operations.values()
    ]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_examples_of_bodies_fit_what_the_gateway_takes() -> None:
    from arbitrax.api.messages import identity, ingestions, new_backtest, orders, vendor_keys

    document = openapi_document()
    tried = 0
    for operations in document["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            for media, body in content.items():
                if not media.endswith("json"):
                    continue
                name = body["schema"]["$ref"].rpartition("/")[2]
                kinds = [
                    getattr(module, name, None) for module in (identity, new_backtest, ingestions, orders, vendor_keys)
                ]
                kind = next((each for each in kinds if each is not None), None)
                assert kind is not None, f"Look for {name} in its module here."
                msgspec.json.decode(msgspec.json.encode(example(body["schema"], document)), type=kind)
                tried += 1
    assert tried >= 5


def test_every_operation_has_examples_that_fit_its_schemas() -> None:
    document = openapi_document()
    tried = 0

    def check(schema: dict[str, object], value: object) -> None:
        nonlocal tried
        rooted = {**schema, "components": document["components"]}
        jsonschema_rs.Draft202012Validator(rooted, validate_formats=True).validate(value)
        tried += 1

    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for each in operation.get("parameters", ()):
                assert "example" in each, f"{method} {path}: {each['name']}; see PARAMETERS of openapi_examples.py"
                check(each["schema"], each["example"])
            for part in (operation.get("requestBody", {}), *operation["responses"].values()):
                for media, content in part.get("content", {}).items():
                    if media.endswith("json"):
                        check(content["schema"], content["example"])
                        assert PLACEHOLDER not in texts(content["example"]), f"{method} {path}: say it in TEXTS"
    assert tried > 150


def texts(value: object) -> list[str]:
    """Return every text in an example."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return [text for part in parts for text in texts(part)]
    return [value] if isinstance(value, str) else []


def test_the_pages_examples_work(gateway: Gateway, viewer: User) -> None:
    text = COMMITTED.with_name("gateway.md").read_text()
    lines = [line for line in text.splitlines() if line.startswith("curl ")]
    key = gateway.key(viewer, "read")
    for line in lines:
        words = shlex.split(line.replace("$KEY", key))
        url = next(word for word in words if word.startswith("localhost:8080"))
        headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
        with gateway.client() as client:
            answer = client.get(url.removeprefix("localhost:8080"), headers=headers)
        assert answer.status_code == 200, line
        assert answer.content
    assert len(lines) >= 4


def test_every_code_of_a_problem_is_listed_with_its_meaning() -> None:
    codes = openapi_document()["x-problem-codes"]
    names = [each["code"] for each in codes]
    assert names == sorted(set(names))
    assert {"request.invalid", "access.rate_limited", "input.unknown_name", "internal"} <= set(names)
    assert all(each["meaning"].endswith(".") for each in codes)
