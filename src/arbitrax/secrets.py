"""Where a secret setting may lie instead of in the environment: in a file, or in AWS Secrets Manager.

Messages name the variable and the place, never the value.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from arbitrax.domain.errors import InputError, StoreUnavailableError

AWS = "aws-secretsmanager:"
"""Such a value is the name or ARN of a secret, then perhaps ``#`` and a key of the JSON object it holds."""
LONGEST = 64 * 1024
SECONDS = 5
"""Patience with AWS: to connect, and to be answered."""


def secret_of_file(variable: str, path: str) -> str:
    """Return the text of a file, without the newline at its end.

    Raises:
        InputError: it cannot be read, or is empty, or is no text.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(LONGEST + 1)
        text = data.decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise InputError(f"{variable} names {path}, which cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{variable} names {path}, which is no UTF-8 text.") from None
    if not text.strip() or len(data) > LONGEST:
        raise InputError(f"{variable} names {path}, which is {'empty' if not text.strip() else 'larger than 64 KB'}.")
    return text


def secret_of_aws(variable: str, reference: str) -> str:
    """Return a secret from AWS Secrets Manager; region and credentials are found as the AWS tools find them.

    Raises:
        InputError: it does not exist or may not be read, or boto3 is missing.
        StoreUnavailableError: AWS does not answer.
    """
    name, _, key = reference.removeprefix(AWS).partition("#")
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
    except ImportError:
        raise InputError(
            f"{variable} is in AWS Secrets Manager, which needs boto3: pip install 'arbitrax[aws]'."
        ) from None
    patience = Config(connect_timeout=SECONDS, read_timeout=SECONDS, retries={"total_max_attempts": 2})
    try:
        answer = boto3.session.Session().client("secretsmanager", config=patience).get_secret_value(SecretId=name)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        raise InputError(f"AWS Secrets Manager refuses '{name}' for {variable}: {code}.") from None
    except (ConnectionError, HTTPClientError) as error:
        raise StoreUnavailableError(
            f"AWS Secrets Manager does not answer for {variable} ({type(error).__name__}); try again, or set "
            f"{variable}_FILE."
        ) from None
    except BotoCoreError as error:  # no region, no credentials
        raise InputError(
            f"AWS Secrets Manager cannot be asked for {variable} ({type(error).__name__}); set AWS_REGION and "
            "credentials as for the AWS tools."
        ) from None
    return _chosen(variable, name, key, answer)


def _chosen(variable: str, name: str, key: str, answer: Any) -> str:
    text = answer.get("SecretString")
    if not isinstance(text, str) or not text:
        raise InputError(f"The secret '{name}' for {variable} is binary or empty; store it as text.")
    if not key:
        return text
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    value = found.get(key) if isinstance(found, dict) else None
    if not isinstance(value, str) or not value:
        raise InputError(f"The secret '{name}' for {variable} has no text under the key '{key}'.")
    return value
