"""What is particular to the two Valkeys: the journal keeps everything, the cache may lose all."""

from __future__ import annotations

import signal
import socket
from urllib.parse import quote

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.storage.embedded.account import Account
from arbitrax.storage.embedded.binaries import Binaries
from arbitrax.storage.embedded.credentials import write_private
from arbitrax.storage.embedded.directory import ServersDirectory, make_private
from arbitrax.storage.embedded.locks import FileLock
from arbitrax.storage.embedded.processes import works_in

_JOURNAL = {  # every write in an append-only file, nothing evicted
    "appendonly": "yes",
    "aof-load-truncated": "yes",
    "maxmemory-policy": "noeviction",
    # A rewrite copies all there is while orders come in: not at the default 64 MB, which is half a second of them.
    "auto-aof-rewrite-min-size": "1gb",
}
JOURNAL = {  # by ARBITRAX_DURABILITY
    # Each write reaches the kernel before its reply. Not `everysec`: that holds writes back while a background
    # fsync runs, and a killed server then loses what it acknowledged. The exchange syncs the file itself.
    "process": _JOURNAL | {"appendfsync": "no"},
    "power": _JOURNAL | {"appendfsync": "always"},
}
CACHE = {  # nothing on disk; what expires soonest goes first, and what never expires (queues) never goes
    "appendonly": "no",
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-ttl",
}

_GREETED = b"+OK\r\n"
_PONG = b"+PONG\r\n"


class Valkey:
    """One Valkey of a home."""

    program = "valkey-server"
    stop_signal = signal.SIGTERM  # finishes the append-only file, like SHUTDOWN, and needs no password
    urgent_signal: signal.Signals | None = None  # one that cannot write its file must not be made to lose it

    def __init__(self, place: ServersDirectory, name: str, settings: dict[str, str], password: str) -> None:
        self.name = name
        self.title = f"the {name} Valkey"
        self.place = place
        self.data = place.data(name)
        self.socket = place.sockets / f"{name}.sock"
        self._configuration = place.path / f"{name}.conf"
        self._settings = settings
        self._password = password

    def url(self) -> str:
        """Return the URL for Redis clients."""
        return f"unix://:{self._password}@{quote(str(self.socket))}"

    def is_ready(self) -> bool:
        """Say whether the server answers and has loaded its data."""
        reply = self._ping()
        if reply == _GREETED + _PONG:
            return True
        if reply.startswith((b"-WRONGPASS", b"-NOAUTH")):
            raise StoreUnavailableError(
                f"{self.title.capitalize()} at {self.socket} runs with another password than the one in "
                f"{self.place.credentials}; end the other ArbitraX processes of this home and try again"
            )
        if b"-MISCONF" in reply:
            raise StoreUnavailableError(
                f"{self.title.capitalize()} cannot write to {self.data}; free some space on that disk and try again"
            )
        return False

    def _ping(self) -> bytes:
        """Return the replies to AUTH and PING, or what came of them."""
        password = self._password.encode()
        request = b"*2\r\n$4\r\nAUTH\r\n$%d\r\n%s\r\n*1\r\n$4\r\nPING\r\n" % (len(password), password)
        reply = b""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(2.0)
            try:
                connection.connect(str(self.socket))
                connection.sendall(request)
                while reply.count(b"\r\n") < 2 and (part := connection.recv(4096)):
                    reply += part
            except OSError:
                return reply
        return reply

    def pid(self) -> int | None:
        """Return the server's process id."""
        try:
            text = (self.data / "valkey.pid").read_text(errors="replace").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        number = int(text) if text.isdecimal() else None
        return number if number is not None and works_in(number, self.data, self.program) else None

    def prepare(self, binaries: Binaries, account: Account | None, life: FileLock) -> None:
        """Write the settings."""
        del binaries, life
        make_private(self.data, account)
        (self.data / "valkey.pid").unlink(missing_ok=True)
        settings = {
            "port": "0",
            "unixsocket": _quoted(str(self.socket)),
            "unixsocketperm": "700",
            "requirepass": self._password,
            "dir": _quoted(str(self.data)),
            "pidfile": _quoted(str(self.data / "valkey.pid")),
            "daemonize": "no",
            "save": '""',
            **self._settings,
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        owner = None if account is None else (account.uid, account.gid)
        write_private(self._configuration, text, owner=owner)

    def command(self, binaries: Binaries) -> list[str]:
        """Return the server's command line."""
        return [str(binaries.valkey), str(self._configuration)]


def _quoted(path: str) -> str:
    """Quote a path for valkey.conf."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
