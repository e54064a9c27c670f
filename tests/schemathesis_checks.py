"""A check of schemathesis: what the document calls valid, the gateway does not call malformed.

Loaded by schemathesis itself (SCHEMATHESIS_HOOKS). Its own check of accepted data cannot tell a value that does not fit
the schema from a strategy that does not exist or a cursor of another list; the codes of problems can.
"""

import os

import schemathesis

STRUCTURE = {"request.value", "request.unknown", "request.missing"}
"""Codes of errors that a schema could have foretold."""


@schemathesis.check
def document_tells_what_is_malformed(ctx, response, case):
    meta = case.meta
    if meta is None or meta.generation.mode.value != "positive" or response.status_code not in (400, 415, 422):
        return
    found = response.json()
    structural = [
        each
        for each in found["errors"]
        # JSON Schema calls 1.0 an integer, where the gateway wants it written as one.
        if each["code"] in STRUCTURE and each["detail"] != "Expected `int`, got `float`"
    ]
    if structural or found["code"] in ("request.malformed", "request.media_type"):
        raise AssertionError(f"The document allows what is refused as {structural or found['code']}")


@schemathesis.hook
def filter_case(context, case):
    """Leave out what would take away the rights of the one who asks."""
    protected = os.environ.get("ARBITRAX_PROTECTED", "").split(",")
    return not any(value in protected for value in (case.path_parameters or {}).values())
