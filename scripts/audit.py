"""Ask the OSV database about every package of requirements.lock; run by `make nightly`.

Exit code 1 when one has a known vulnerability. Without a way to the database nothing is known, and it says so.
"""

import json
import subprocess
import sys

UNREACHABLE = "No advisory service can be reached from here, so requirements.lock was not audited.\n"


def main() -> int:
    """Print what is known against the packages; further words are passed on to pip-audit."""
    words = [
        sys.executable, "-m", "pip_audit", "--requirement", "requirements.lock", "--require-hashes", "--disable-pip",
        "--vulnerability-service", "osv", "--progress-spinner", "off", "--format", "json", *sys.argv[1:],
    ]  # fmt: skip
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        if any(word in done.stderr for word in ("Connect", "connect", "Max retries", "timed out", "resolve")):
            sys.stderr.write(UNREACHABLE)
            return 0
        sys.stderr.write(done.stderr)
        return 1
    found = [(package, each) for package in packages for each in package.get("vulns", ())]
    for package, each in found:
        mended = ", ".join(each["fix_versions"]) or "no version yet"
        sys.stdout.write(f"{package['name']} {package['version']}: {each['id']}, mended in {mended}\n")
    sys.stdout.write(f"requirements.lock: {len(packages)} packages, {len(found)} known vulnerabilities\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
