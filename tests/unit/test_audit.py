"""The audit of the lock: what it says of a database on loopback, and without one."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def osv():
    """An OSV database (its API's query) that knows of one vulnerability, if any."""
    known = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = known.get(asked["package"]["name"])
            data = json.dumps({} if found is None else {"vulns": [found]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1/query", known
    server.shutdown()
    server.server_close()
    thread.join()


def audit(url):
    return subprocess.run(
        [sys.executable, "scripts/audit.py", "--osv-url", url],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def test_a_lock_that_nothing_is_known_against_is_clean(osv):
    url, _ = osv
    done = audit(url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("packages, 0 known vulnerabilities\n")


def test_a_known_vulnerability_fails_and_is_named(osv):
    url, known = osv
    known["msgspec"] = {
        "id": "PYSEC-2026-1",
        "summary": "made up",
        "modified": "2026-01-01T00:00:00Z",
        "affected": [
            {
                "package": {"name": "msgspec", "ecosystem": "PyPI"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0"}]}],
            }
        ],
    }
    done = audit(url)
    assert done.returncode == 1
    assert "PYSEC-2026-1, mended in 99.0" in done.stdout
    assert done.stdout.endswith("1 known vulnerabilities\n")


def test_without_a_way_there_it_is_skipped_in_a_sentence():
    done = audit("http://127.0.0.1:9/v1/query")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "No advisory service can be reached from here, so requirements.lock was not audited.\n"
