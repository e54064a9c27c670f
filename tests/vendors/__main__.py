"""Run the stand-in until Ctrl-C; the lines printed are settings for a shell."""

import contextlib
import shlex
import threading

from tests.vendors import StandIn

with StandIn() as server, contextlib.suppress(KeyboardInterrupt):
    for name, value in server.environment.items():
        print(f"export {name}={shlex.quote(value)}", flush=True)
    threading.Event().wait()
