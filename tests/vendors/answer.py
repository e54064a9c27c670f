"""What the stand-in sends: an answer, and the ways to spoil one."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Answer:
    """A status, a body, headers; ``silent``: never a byte; ``sent``: that many bytes of the body, then the line drops;
    ``dripping``: a byte now and then, for ever."""

    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    silent: bool = False
    dripping: bool = False
    sent: int | None = None


Behaviour = Callable[[Answer], Answer]
"""Makes of the good answer the one that is sent."""


def json_answer(document, status=200):
    body = json.dumps(document).encode()
    return Answer(status, body, {"Content-Type": "application/json"})


def good(answer):
    return answer


def hang(answer):
    return replace(answer, silent=True)


def drip(answer):
    return replace(answer, dripping=True)


def cut_off(answer):
    """Half of the announced bytes."""
    return replace(answer, sent=len(answer.body) // 2)


def cut_off_unannounced(answer):
    """Half of the body as if it were all: what a proxy that lost its upstream makes of it."""
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def garbage(answer):
    return replace(answer, body=b'\x00\xff not even {"text"')


def reply(status, body, content_type="application/json", **headers):
    """Return a behaviour: another answer. Headers are written with underscores."""
    sent = {"Content-Type": content_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return lambda _: Answer(status, body if isinstance(body, bytes) else body.encode(), sent)


def page_for_people(status=200):
    return reply(status, "<!DOCTYPE html><html><h1>Will be right back...</h1></html>", "text/html")


def rate_limited(retry_after=None):
    headers = {} if retry_after is None else {"Retry_After": retry_after}
    return reply(429, "Too Many Requests\r\n", "text/plain", **headers)


def edited(change):
    """Return a behaviour: the good document with a change."""
    return lambda answer: json_answer(change(json.loads(answer.body)), answer.status)
