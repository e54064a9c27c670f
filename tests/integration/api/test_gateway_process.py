"""Gateways as processes: two on one set of stores, TLS, refusals at the start, an orderly end."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from arbitrax.settings import Settings

PASSWORD = "a long enough password"  # noqa: S105 - of users of tests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def environment(gateway_settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "ARBITRAX_HOME": str(gateway_settings.home),
        "ARBITRAX_DATABASE_URL": str(gateway_settings.database_url),
        "ARBITRAX_REDIS_URL": str(gateway_settings.redis_url),
        "ARBITRAX_CACHE_URL": str(gateway_settings.cache_url),
    }


def arbitrax(environment: dict[str, str], *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "arbitrax.cli.main", *words],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextmanager
def serving(
    environment: dict[str, str], *words: str, scheme: str = "http"
) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "arbitrax.cli.main", "serve", "api", "--port", str(port), *words],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if "gateway.ready" in line:
                break
        else:
            raise AssertionError("The gateway did not start.")
        yield f"{scheme}://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.communicate()


def test_a_key_revoked_by_the_command_line_is_gone_within_a_second_in_every_gateway(
    environment: dict[str, str],
) -> None:
    arbitrax(environment, "user", "add", "pia", "--role", "trader", "--password-stdin", stdin=PASSWORD)
    made = json.loads(arbitrax(environment, "key", "add", "pia", "bot", "--scope", "read", "--json").stdout)
    headers = {"Authorization": f"Bearer {made['secret']}"}
    with serving(environment) as (one, _), serving(environment) as (other, _), httpx2.Client() as client:
        for url in (one, other):
            assert client.get(f"{url}/ready").json()["status"] == "ready"
            assert client.get(f"{url}/api/v1/auth/me", headers=headers).json()["user"]["name"] == "pia"
        # A token of one is verified by the other.
        signed = client.post(f"{one}/api/v1/auth/login", json={"name": "pia", "password": PASSWORD}).json()
        bearer = {"Authorization": f"Bearer {signed['access_token']}"}
        assert client.get(f"{other}/api/v1/auth/me", headers=bearer).status_code == 200

        done = arbitrax(environment, "key", "revoke", made["id"])
        assert done.returncode == 0, done.stderr
        revoked = time.monotonic()  # it was committed before the command ended
        for url in (one, other):
            while client.get(f"{url}/api/v1/auth/me", headers=headers).status_code == 200:
                assert time.monotonic() - revoked < 1.5
        disabled = arbitrax(environment, "user", "disable", "pia")
        assert disabled.returncode == 0
        revoked = time.monotonic()
        for url in (one, other):
            while client.get(f"{url}/api/v1/auth/me", headers=bearer).status_code == 200:
                assert time.monotonic() - revoked < 1.5


def test_a_gateway_asked_to_end_finishes_what_it_began(environment: dict[str, str]) -> None:
    slow = {**environment, "ARBITRAX_DRAIN_SECONDS": "1"}
    with serving(slow) as (url, process), httpx2.Client() as client:
        assert client.get(f"{url}/ready").status_code == 200
        port = int(url.rpartition(":")[2])
        body = json.dumps({"name": "nobody", "password": PASSWORD}).encode()
        with socket.create_connection(("127.0.0.1", port), timeout=30) as begun:
            begun.sendall(
                b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                + f"connection: close\r\ncontent-length: {len(body)}\r\n\r\n".encode()
                + body[:5]
            )
            process.send_signal(signal.SIGTERM)
            while (answer := client.get(f"{url}/ready")).status_code == 200:
                pass
            assert answer.json()["status"] == "draining"
            begun.sendall(body[5:])
            got = b"".join(iter(lambda: begun.recv(65_536), b""))
        assert got.startswith(b"HTTP/1.1 401")
        assert process.wait(60) == 0


def test_a_host_that_others_reach_needs_tls_or_a_proxy(environment: dict[str, str]) -> None:
    refused = arbitrax(environment, "serve", "api", "--host", "0.0.0.0", "--port", str(free_port()))  # noqa: S104 - refused, which is the test
    assert refused.returncode == 2
    assert "ARBITRAX_TLS_CERTIFICATE" in refused.stderr
    assert "--behind-proxy" in refused.stderr


def test_a_port_that_is_taken_is_named(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = arbitrax(environment, "serve", "api", "--port", port)
    assert refused.returncode == 2
    assert f"Port {port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_behind_a_proxy_the_client_is_whom_the_trusted_proxy_names(environment: dict[str, str]) -> None:
    arbitrax(environment, "user", "add", "rita", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    bound = ("--scope", "admin", "--scope", "read", "--address", "203.0.113.7", "--json")
    made = json.loads(arbitrax(environment, "key", "add", "rita", "bound", *bound).stdout)
    headers = {"Authorization": f"Bearer {made['secret']}"}
    with serving(environment, "--behind-proxy") as (url, _), httpx2.Client() as client:
        path = f"{url}/api/v1/auth/me"
        for forwarded, status in (
            ("203.0.113.7", 200),
            ("198.51.100.1, 203.0.113.7", 200),  # what stands before it the client wrote itself
            ("203.0.113.7, 198.51.100.1", 403),
            ("203.0.113.7, nonsense", 403),
            ("", 403),
        ):
            answer = client.get(path, headers={**headers, "X-Forwarded-For": forwarded})
            assert answer.status_code == status, forwarded
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        signed = client.post(f"{url}/api/v1/auth/login", json={"name": "rita", "password": PASSWORD})
        assert "Secure" in signed.headers["Set-Cookie"]
    with serving(environment) as (url, _), httpx2.Client() as client:
        answer = client.get(f"{url}/api/v1/auth/me", headers={**headers, "X-Forwarded-For": "203.0.113.7"})
        assert answer.status_code == 403, "without --behind-proxy nobody's word is taken"


def test_with_a_certificate_it_speaks_tls_only(environment: dict[str, str], tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    secure = {**environment, "ARBITRAX_TLS_CERTIFICATE": str(certificate)}
    with serving(secure, scheme="https") as (url, _):
        trust = ssl.create_default_context(cafile=certificate)
        with httpx2.Client(verify=trust) as client:
            answer = client.get(f"{url}/health")
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        with httpx2.Client() as plain, pytest.raises(httpx2.TransportError):
            plain.get(url.replace("https", "http") + "/health")
    missing = {**environment, "ARBITRAX_TLS_CERTIFICATE": str(tmp_path / "nothing.pem")}
    refused = arbitrax(missing, "serve", "api", "--port", str(free_port()))
    assert refused.returncode == 2
    assert "certificate" in refused.stderr
    assert "Traceback" not in refused.stderr


def self_signed(folder: Path) -> Path:
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def test_metrics_are_on_a_port_of_their_own(environment: dict[str, str]) -> None:
    port = free_port()
    with serving(environment, "--metrics-port", str(port)) as (url, _), httpx2.Client() as client:
        client.get(f"{url}/health")
        client.get(f"{url}/nowhere/{'x' * 50}")
        assert client.get(f"{url}/metrics").status_code == 404
        text = client.get(f"http://127.0.0.1:{port}/metrics").text
    assert 'arbitrax_api_requests_total{method="GET",route="/health",status="200"} 1.0' in text
    assert "xxxx" not in text, "labels are routes, not paths"


def test_users_and_keys_by_the_command_line(environment: dict[str, str], gateway_settings: Settings) -> None:
    made = json.loads(arbitrax(environment, "user", "add", "olga", "--role", "admin", "--json").stdout)
    file = Path(made["password_file"])
    assert file.stat().st_mode & 0o777 == 0o600
    assert made["must_change_password"] is True
    again = arbitrax(environment, "user", "add", "olga")
    assert again.returncode == 1
    assert "already" in again.stderr
    assert file.exists()
    assert arbitrax(environment, "user", "role", "olga", "viewer", "--json").returncode in (0, 1)
    assert arbitrax(environment, "user", "password", "olga", "--password-stdin", stdin="short").returncode == 2
    assert file.exists()
    assert arbitrax(environment, "user", "password", "olga", "--password-stdin", stdin=PASSWORD).returncode == 0
    assert not file.exists()
    assert "olga" in arbitrax(environment, "user", "list").stdout
    key = json.loads(arbitrax(environment, "key", "add", "olga", "k", "--expires", "2099-01-01", "--json").stdout)
    assert key["scopes"] == ["read"]
    shown = arbitrax(environment, "key", "list", "olga")
    assert key["hint"] in shown.stdout
    assert key["secret"] not in shown.stdout
    assert arbitrax(environment, "key", "add", "nobody", "k").returncode == 2
