"""Secrets from files and AWS: found where they are said to be, and told to nobody."""

import logging
import os
import subprocess
import sys

import pytest

from arbitrax.domain.errors import InputError, StoreUnavailableError
from arbitrax.settings import SECRETS, Settings, read_settings
from tests.vendors.secrets_manager import ARN, SecretsManager

HIDDEN = "correct-horse-battery"
URL = f"postgresql://desk:{HIDDEN}@localhost:1/desk"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_file_holds_a_secret(tmp_path, end):
    file = tmp_path / "database"
    file.write_bytes((URL + end).encode())
    assert read_settings({"ARBITRAX_DATABASE_URL_FILE": str(file)}).database_url == URL


def test_every_secret_may_lie_in_a_file_and_nothing_else(tmp_path):
    assert {name for name in Settings.__struct_fields__ if name.endswith("_key")} - set(SECRETS) == {
        "tls_key", "rate_limit_key",
    }  # fmt: skip
    file = tmp_path / "secret"
    for name in SECRETS:
        scheme = {"database_url": "postgresql", "database_replica_url": "postgresql"}.get(name, "redis")
        text = f"{scheme}://x:{HIDDEN}@localhost/1" if name.endswith("_url") else HIDDEN
        file.write_text(text)
        assert getattr(read_settings({f"ARBITRAX_{name.upper()}_FILE": str(file)}), name) == text
    with pytest.raises(InputError, match="ARBITRAX_HOME_FILE"):
        read_settings({"ARBITRAX_HOME_FILE": str(file)})


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b"", "empty"), (b" \n", "empty"), (b"\xff\xfe", "UTF-8"), (b"x" * 70_000, "64 KB")],
)
def test_a_file_that_cannot_be_one_is_named(tmp_path, content, reason):
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=f"ARBITRAX_POLYGON_KEY_FILE names .*{reason}"):
        read_settings({"ARBITRAX_POLYGON_KEY_FILE": str(file)})


def test_a_folder_is_no_secret(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_settings({"ARBITRAX_POLYGON_KEY_FILE": str(tmp_path)})


def test_two_places_for_one_secret_are_one_too_many(tmp_path):
    file = tmp_path / "secret"
    file.write_text(HIDDEN)
    with pytest.raises(InputError, match="unset one") as caught:
        read_settings({"ARBITRAX_POLYGON_KEY_FILE": str(file), "ARBITRAX_POLYGON_KEY": HIDDEN})
    assert HIDDEN not in str(caught.value)


def test_what_a_file_says_is_checked_like_any_other_and_not_shown(tmp_path):
    file = tmp_path / "secret"
    file.write_text(f"mysql://desk:{HIDDEN}@localhost/desk")
    with pytest.raises(InputError, match="ARBITRAX_DATABASE_URL must start with") as caught:
        read_settings({"ARBITRAX_DATABASE_URL_FILE": str(file)})
    assert HIDDEN not in str(caught.value)


@pytest.fixture
def aws(monkeypatch):
    secrets = {"desk/database": URL, "desk": f'{{"polygon": "{HIDDEN}", "port": 5, "none": ""}}', "binary": None}
    with SecretsManager(secrets) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTP_PROXY", "http_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield server


def test_a_secret_comes_from_aws_by_name_or_arn(aws):
    for name in ("desk/database", ARN.format("desk/database")):
        assert read_settings({"ARBITRAX_DATABASE_URL": f"aws-secretsmanager:{name}"}).database_url == URL
    assert read_settings({"ARBITRAX_POLYGON_KEY": "aws-secretsmanager:desk#polygon"}).polygon_key == HIDDEN
    assert aws.asked == ["desk/database", ARN.format("desk/database"), "desk"]


def test_where_it_is_may_lie_in_a_file_too(aws, tmp_path):
    file = tmp_path / "where"
    file.write_text("aws-secretsmanager:desk#polygon\n")
    assert read_settings({"ARBITRAX_POLYGON_KEY_FILE": str(file)}).polygon_key == HIDDEN


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("aws-secretsmanager:nope", "refuses 'nope' for ARBITRAX_POLYGON_KEY: ResourceNotFoundException"),
        ("aws-secretsmanager:desk#nope", "no text under the key 'nope'"),
        ("aws-secretsmanager:desk#port", "no text under the key 'port'"),
        ("aws-secretsmanager:desk#none", "no text under the key 'none'"),
        ("aws-secretsmanager:desk/database#x", "no text under the key 'x'"),
        ("aws-secretsmanager:binary", "binary or empty"),
        ("aws-secretsmanager:", "AWS Secrets Manager"),
        ("aws-ssm:desk", "is written aws-secretsmanager:NAME"),
    ],
)
def test_what_aws_does_not_have_is_said_in_a_sentence(aws, reference, reason):
    with pytest.raises(InputError, match=reason) as caught:
        read_settings({"ARBITRAX_POLYGON_KEY": reference})
    assert HIDDEN not in str(caught.value)
    assert caught.value.__cause__ is None


def test_who_may_not_is_told_so(aws, monkeypatch):
    aws.refuse = (400, "AccessDeniedException")
    with pytest.raises(InputError, match="AccessDeniedException"):
        read_settings({"ARBITRAX_POLYGON_KEY": "aws-secretsmanager:desk"})
    aws.refuse = None
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASOMEBODYELSE0000")
    with pytest.raises(InputError, match="UnrecognizedClientException"):
        read_settings({"ARBITRAX_POLYGON_KEY": "aws-secretsmanager:desk"})
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(InputError, match="NoCredentialsError"):
        read_settings({"ARBITRAX_POLYGON_KEY": "aws-secretsmanager:desk"})
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    with pytest.raises(InputError, match="NoRegionError"):
        read_settings({"ARBITRAX_POLYGON_KEY": "aws-secretsmanager:desk"})


def test_aws_that_does_not_answer_is_a_store_that_is_away(aws, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:9")
    with pytest.raises(StoreUnavailableError, match="EndpointConnectionError"):
        read_settings({"ARBITRAX_POLYGON_KEY": "aws-secretsmanager:desk"})


def test_without_boto3_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(InputError, match=r"pip install 'arbitrax\[aws\]'"):
        read_settings({"ARBITRAX_POLYGON_KEY": "aws-secretsmanager:desk"})


def test_settings_do_not_show_what_they_hold(aws, caplog):
    with caplog.at_level(logging.INFO):
        settings = read_settings(
            {"ARBITRAX_DATABASE_URL": "aws-secretsmanager:desk/database", "ARBITRAX_POLYGON_KEY": HIDDEN}
        )
    assert HIDDEN not in f"{settings!r} {settings} {[settings]}"
    assert HIDDEN not in caplog.text


@pytest.mark.parametrize(
    "command", [["doctor"], ["doctor", "--json"], ["db", "check"], ["data", "list"], ["job", "list"]]
)
def test_no_command_shows_a_password_when_a_store_is_away(aws, tmp_path, command):
    """The servers are at a closed port: each command says so, and where, and not with which password."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARBITRAX_")} | {
        "ARBITRAX_HOME": str(tmp_path / "home"),
        "ARBITRAX_DATABASE_URL": "aws-secretsmanager:desk/database",
        "ARBITRAX_REDIS_URL": f"redis://desk:{HIDDEN}@127.0.0.1:9/0",
        "ARBITRAX_CACHE_URL": f"redis://desk:{HIDDEN}@127.0.0.1:9/0",
        "ARBITRAX_POLYGON_KEY": HIDDEN,
    }
    done = subprocess.run(
        [sys.executable, "-m", "arbitrax.cli.main", *command],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert HIDDEN not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
