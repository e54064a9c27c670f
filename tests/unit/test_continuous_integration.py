"""What `.ci/run` does on a machine where something cannot be installed: it fails, and says what."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / ".ci" / "run"
SCRIPT = "#!/bin/sh\n"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder for PATH with next to nothing; `make` notes that it was called."""
    for name in ("bash", "dirname", "id", "python3", "sh"):
        found = shutil.which(name)
        assert found is not None
        (tmp_path / name).symlink_to(found)
    add(tmp_path, "make", f"echo $* >> '{tmp_path}/made'")
    add(tmp_path, "sudo", 'shift; exec "$@"')
    return tmp_path


def add(machine: Path, name: str, text: str) -> None:
    (machine / name).write_text(SCRIPT + text + "\n")
    (machine / name).chmod(0o755)


def run(machine: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(machine)}
    return subprocess.run(
        [str(machine / "bash"), str(RUN)], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("apt", "reason"),
    [
        (None, "there is no apt-get"),
        ("exit 100", "apt-get could not install them"),
        ('[ "$1" = update ] || exit 100', "apt-get could not install them"),
        ("exit 0", "without what they are for"),
    ],
)
def test_it_does_not_go_on_without_what_tests_need(machine: Path, apt: str | None, reason: str) -> None:
    if apt is not None:
        add(machine, "apt-get", apt)
    done = run(machine)
    assert done.returncode == 1
    assert "chromium" in done.stderr
    assert reason in done.stderr
    assert not (machine / "made").exists(), "it went on"
