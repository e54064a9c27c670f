"""The compiled core refuses to be missing, stale or built without a compiler."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import arbitrax

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path):
    """A copy of the package with its compiled core."""
    shutil.copytree(Path(arbitrax.__file__).parent, tmp_path / "arbitrax", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(folder, *words):
    code = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); sys.argv = ['arbitrax', *{words!r}]\n"
        "from arbitrax.cli.main import main; main()"
    )
    return subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False)


def test_an_untouched_copy_works(copy):
    assert run(copy, "strategy", "list").returncode == 0


def test_a_source_newer_than_its_module_is_refused(copy):
    with (copy / "arbitrax" / "kernels" / "simulate.py").open("a") as file:
        file.write("# edited\n")
    done = run(copy, "strategy", "list")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The compiled core has a stale arbitrax.kernels.simulate")
    assert "pip install -e ." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_module_is_refused_and_the_slow_source_never_runs(copy):
    next((copy / "arbitrax" / "kernels").glob("simulate.*.so")).unlink()
    done = run(copy, "strategy", "list")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The compiled core lacks arbitrax.kernels.simulate")


@pytest.mark.parametrize("edited", ["submission.py", "state.pxd"])
def test_a_stale_exchange_is_refused(copy, edited):
    with (copy / "arbitrax" / "kernels" / "exchange" / edited).open("a") as file:
        file.write("# edited\n")
    done = run(copy, "exchange", "replay", "commands.npy")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The compiled core has a stale arbitrax.kernels.")
    assert "Traceback" not in done.stderr


def test_a_missing_part_of_the_exchange_is_refused_and_the_rest_works(copy):
    next((copy / "arbitrax" / "kernels" / "exchange").glob("submission.*.so")).unlink()
    done = run(copy, "exchange", "replay", "commands.npy")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The compiled core lacks arbitrax.kernels.exchange.submission")
    assert run(copy, "strategy", "list").returncode == 0


def test_doctor_reports_a_stale_core(copy, tmp_path):
    with (copy / "arbitrax" / "kernels" / "ledger.pxd").open("a") as file:
        file.write("# edited\n")
    done = run(copy, "backtest", "list")
    assert done.stderr.startswith("Error: The compiled core has a stale"), done.stderr


@pytest.mark.skipif(not (ROOT / "setup.py").exists(), reason="needs the checkout")
def test_no_compiler_ends_in_one_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, "setup.py", "-q", "build_ext"], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": str(tmp_path), "CC": ""},
    )  # fmt: skip
    assert done.returncode == 1
    assert "found no C compiler" in done.stderr
    assert "install gcc and the Python headers" in done.stderr
