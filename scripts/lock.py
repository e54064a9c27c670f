"""Write requirements.lock: universal, hashed, without index addresses; run it with `make lock`.

The first section is what a user needs (with the build tools), the second what developers add, the third Node, which
builds the web page. `make demo` installs the first only.
"""

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

HEADER = (
    "# Every dependency with its hashes, for all platforms and Pythons >= 3.11. Written by `make lock`; do not edit.\n"
)
RUNTIME = "# Runtime and build\n"
DEVELOPMENT = "# Development\n"
PAGE = "# Page\n"


def compile_lock(requirements: list[str], agreeing_with: Iterable[str] = ()) -> dict[str, str]:
    """Return pinned requirement line -> its block of text, in order."""
    given = "\n".join(line.removesuffix(" \\\n") for line in agreeing_with)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraints:
        constraints.write(given)
        constraints.flush()
        return _compiled(requirements, constraints.name)


def _compiled(requirements: list[str], constraints: str) -> dict[str, str]:
    command = (
        "uv pip compile - --quiet --universal --python-version 3.11 --generate-hashes "
        f"--no-emit-index-url --no-emit-find-links --no-annotate --no-header --constraints {constraints}"
    )
    text = subprocess.run(
        command.split(), input="\n".join(requirements), capture_output=True, text=True, check=True
    ).stdout
    blocks: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if not line.startswith(" "):
            name = line
        blocks[name] = blocks.get(name, "") + line
    return blocks


def main() -> None:
    """Resolve runtime and development together, so that both sections agree."""
    project = tomllib.loads(Path("pyproject.toml").read_text())
    runtime = project["project"]["dependencies"] + project["build-system"]["requires"]
    everything = compile_lock(runtime + project["dependency-groups"]["dev"])
    needed = {line.split("==")[0] for line in compile_lock(runtime, agreeing_with=everything)}
    first = "".join(block for name, block in everything.items() if name.split("==")[0] in needed)
    second = "".join(block for name, block in everything.items() if name.split("==")[0] not in needed)
    third = compile_lock(project["dependency-groups"]["page"], agreeing_with=everything)
    page = "".join(third.values())
    Path("requirements.lock").write_text(HEADER + RUNTIME + first + DEVELOPMENT + second + PAGE + page)
    sys.stderr.write(f"requirements.lock: {len(everything) + len(third)} packages\n")


if __name__ == "__main__":
    main()
