"""AWS Secrets Manager on loopback: GetSecretValue in the JSON 1.1 protocol, with the errors AWS gives."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ACCESS_KEY = "AKIAEXAMPLEEXAMPLE00"
ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:{}-AbCdEf"


class SecretsManager:
    """Knows secrets by name and ARN; gives them to requests signed with the access key."""

    def __init__(self, secrets):
        self.secrets = secrets
        self.asked = []
        self.refuse = None
        """(status, code) of the next answers."""
        manager = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = manager.answer(self.headers, body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def answer(self, headers, body):
        assert headers["X-Amz-Target"] == "secretsmanager.GetSecretValue"
        assert headers["Content-Type"] == "application/x-amz-json-1.1"
        name = body["SecretId"]
        self.asked.append(name)
        if self.refuse is not None:
            status, code = self.refuse
            return status, {"__type": code, "message": f"secret {name} in the message"}
        signed = headers.get("Authorization", "")
        scope = "/eu-central-1/secretsmanager/aws4_request"
        if not (signed.startswith(f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/") and scope in signed):
            return 400, {"__type": "UnrecognizedClientException", "message": "The security token is invalid."}
        for known, value in self.secrets.items():
            if name in (known, ARN.format(known)):
                found = {"ARN": ARN.format(known), "Name": known, "VersionId": "1", "VersionStages": ["AWSCURRENT"]}
                return 200, found | ({"SecretBinary": "AAA="} if value is None else {"SecretString": value})
        message = "Secrets Manager can't find the specified secret."
        return 400, {"__type": "ResourceNotFoundException", "Message": message}

    @property
    def environment(self):
        """What leads the AWS tools here."""
        return {
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": self.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": "x" * 40,
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/nowhere/config",
            "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
        }

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
