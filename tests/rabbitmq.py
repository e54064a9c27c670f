"""A real RabbitMQ with a folder, ports and a name of its own, as a child of the tests."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path

DEBIANS = "/usr/lib/rabbitmq/bin"
"""Where Debian has the program itself; its wrapper in the path wants to be root."""


def rabbitmq_program():
    """Return the server's program, None without one."""
    return shutil.which("rabbitmq-server", path=os.pathsep.join((DEBIANS, os.environ.get("PATH", ""))))


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class RabbitMq:
    """Starts with the block and ends with it; may be killed and started again, and keeps its queues."""

    def __init__(self, program):
        self._program = program
        self._folder = Path(tempfile.mkdtemp(prefix="arbitrax-rabbitmq-"))
        self._port, own, mapper = _free_port(), _free_port(), _free_port()
        self._mapper_port = mapper
        self._environment = {
            **os.environ,
            "HOME": str(self._folder),
            "ERL_EPMD_PORT": str(mapper),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"test{uuid.uuid4().hex[:8]}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(own),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "none"),
            "RABBITMQ_LOGS": "-",
        }
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}/%2F"

    def __enter__(self):
        self._mapper = subprocess.Popen(
            ["epmd", "-port", str(self._mapper_port), "-address", "127.0.0.1"], env=self._environment
        )
        self.start()
        return self

    def start(self):
        self._server = subprocess.Popen(
            [self._program], env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, start_new_session=True, cwd=self._folder,
        )  # fmt: skip
        said = []
        for line in self._server.stdout:
            said.append(line)
            if "Server startup complete" in line:
                break
        else:
            raise AssertionError("".join(said))
        # Read on, so that it never waits for us.
        self._drain = subprocess.Popen(["cat"], stdin=self._server.stdout, stdout=subprocess.DEVNULL)

    def kill(self):
        """Kill all of its processes at once."""
        os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()
        self._server.stdout.close()
        self._drain.wait()

    def __exit__(self, *_):
        self.kill()
        self._mapper.kill()
        self._mapper.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
