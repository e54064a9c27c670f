"""Run the stand-in until Ctrl-C; the lines printed are settings for a shell."""

import contextlib
import shlex
import sys
import threading

from tests.vendors import StandIn

with StandIn() as server, contextlib.suppress(KeyboardInterrupt):
    for name, value in server.environment.items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    sys.stdout.flush()
    threading.Event().wait()
