"""Code of strangers in its process: what it tries, and that what it computes is what the engine computes."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from arbitrax.backtest.engine import open_market, run_backtest
from arbitrax.backtest.spec import RunSpec, StrategyRef
from arbitrax.backtest.trial import fewest_symbols, waves
from arbitrax.domain.errors import Cancelled, ParameterError, RangeError, SandboxUnavailable, StrategyError
from arbitrax.domain.panel import Panel
from arbitrax.jobs.sandbox.run import Sandbox
from arbitrax.services.run_log import MOST_AT_ONCE
from arbitrax.strategies.registry import BUILT_IN, find_strategy
from arbitrax.strategies.strategy import Strategy, source_of

MEGABYTES = 512
BARS = 500

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere uploaded code does not run.")


def run(source, class_name="Mine", parameters=None, *, symbols=1, watch=None, megabytes=MEGABYTES):
    """Run a source on made-up prices; return what came back and what the engine opened."""
    series = waves(BARS, symbols)
    raw = series[0] if symbols == 1 else Panel.from_bars(series)
    spec = RunSpec(
        strategy=StrategyRef(class_name, class_name, parameters or {}), symbols=tuple(each.symbol for each in series)
    )
    panel = open_market(spec, raw, (), None, strategy=Strategy, jit=False).panel
    return Sandbox(megabytes).simulate(spec, source, raw, finer=None, actions=(), panel=panel, watch=watch)


def signals(body):
    """Return the text of a strategy whose `signals` does this."""
    imports = "import ctypes, os, socket, subprocess, sys, threading\nimport numpy as np\nimport arbitrax as ax\n\n"
    text = textwrap.indent(textwrap.dedent(body), " " * 8)
    return (
        f"{imports}class Mine(ax.Strategy):\n    def signals(self, bars):\n{text}\n        return np.ones(len(bars))\n"
    )


def refusal_of(body, **options):
    with pytest.raises(StrategyError) as caught:
        run(signals(body), **options)
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_a_strategy_does_there_what_it_does_here(name) -> None:
    kind = find_strategy(name)
    symbols = fewest_symbols(kind)
    class_name, parameters, outcome = run(source_of(kind), kind.__name__, symbols=symbols)
    strategy = kind()
    series = waves(BARS, symbols)
    spec = RunSpec(strategy=StrategyRef(name, kind.__name__, {}), symbols=tuple(each.symbol for each in series))
    here = run_backtest(spec, strategy, series[0] if symbols == 1 else Panel.from_bars(series))
    assert (class_name, parameters) == (kind.__name__, strategy.values)
    assert outcome.equity.tobytes() == here.equity_curve.tobytes()
    assert outcome.exposure.tobytes() == here.exposure_curve.tobytes()
    for there, records in (
        (outcome.orders, here.order_records),
        (outcome.fills, here.fill_records),
        (outcome.events, here.event_records),
        (outcome.trades, here.trade_records),
    ):
        assert there.tobytes() == records.tobytes()


EVENTS = """
import arbitrax as ax

class Mine(ax.Strategy):
    size: float = ax.parameter(0.5, low=0.1, high=0.9, doc="share")

    def on_bar(self, ctx):
        if ctx.index % 7 == 0:
            ctx.buy(value=self.size * ctx.cash, stop_loss=0.02, take_profit=0.03, tag="in")
        if ctx.index % 11 == 0:
            ctx.sell(5, limit=ctx.price * 1.01, time_in_force="day")
            ctx.cancel_all()
"""


def test_a_strategy_that_is_called_bar_by_bar_trades_there_too() -> None:
    _, parameters, outcome = run(EVENTS, parameters={"size": 0.3})
    assert parameters == {"size": 0.3}
    assert outcome.tags == ("in",)
    assert len(outcome.trades) > 5
    with pytest.raises(ParameterError, match="size"):
        run(EVENTS, parameters={"size": 7})
    with pytest.raises(RangeError, match="at least"):
        run(EVENTS + "\n    @property\n    def warmup(self):\n        return 100000\n")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("open('/etc/passwd').read()", "Permission"),
        ("open('/proc/self/environ').read()", "Permission"),
        ("os.listdir('/')", "Permission"),
        ("os.listdir(f'/proc/{os.getppid()}/fd')", "Permission"),
        ("open(f'/proc/{os.getppid()}/mem', 'rb')", "Permission"),
        ("open('/dev/shm/mine', 'w')", "Permission"),
        ("open(sys.prefix + '/mine', 'w')", "Permission"),
        ("open(ax.__file__, 'a')", "Permission"),
        ("os.truncate(ax.__file__, 0)", "not permitted"),
        ("os.remove(ax.__file__)", "Permission"),
        ("os.chmod(ax.__file__, 0o777)", "not permitted"),
        ("os.symlink('/etc/passwd', 'mine')", "not permitted"),
        ("os.link('/etc/passwd', 'mine')", "not permitted"),
        ("os.mkfifo('mine')", "not permitted"),
        ("socket.create_connection(('127.0.0.1', 1))", "not permitted"),
        ("socket.getaddrinfo('example.com', 80)", ""),
        ("socket.socketpair()", "not permitted"),
        ("os.fork()", "not permitted"),
        ("subprocess.run(['id'])", "not permitted"),
        ("os.execv(sys.executable, ['python'])", "not permitted"),
        ("threading.Thread(target=print).start()", "new thread"),
        ("os.kill(os.getppid(), 9)", "not permitted"),
        ("os.kill(os.getpid(), 9)", "not permitted"),
        ("os.pidfd_open(os.getppid())", "not permitted"),
        ("os.setuid(0)", "not permitted"),
        ("os.chroot('.')", "not permitted"),
        ("os.memfd_create('mine')", "not permitted"),
        ("import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))", "not allowed"),
        ("import fcntl; fcntl.fcntl(0, 8, os.getppid())", "not permitted"),  # F_SETOWN
        ("import fcntl; fcntl.ioctl(0, 0x5412, b'x')", "not permitted"),  # TIOCSTI types into a terminal
        ("raise SystemExit('gone')", "SystemExit: gone"),
        ("sys.exit()", "SystemExit"),
        ("os._exit(0)", "exit code 0"),
        ("os._exit(9)", "exit code 9"),
        ("os.abort()", "SIGABRT"),
        ("ctypes.string_at(0)", "SIGSEGV"),
        ("1 / 0", "ZeroDivisionError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise type('Wild\\x1b[31m\\n', (BaseException,), {})('x' * 10_000)", "Wild [31m"),
    ],
    ids=lambda text: text[:40],
)
def test_what_it_may_not_fails_with_its_reason(body, reason) -> None:
    said = refusal_of(body)
    assert reason in said
    assert said.isprintable()
    assert len(said) <= 1_000


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("from arbitrax import nothing", "'arbitrax' (__init__.py)"),
        ("from json.decoder import nothing", "'json.decoder' (decoder.py)"),
        ("open(ax.__file__, 'a')", "'__init__.py'"),
        ("raise ValueError(sys.modules['numpy'].__file__ + ': no')", "ValueError: __init__.py: no"),
    ],
)
def test_an_error_names_files_of_the_machine_and_not_where_they_are(body, name) -> None:
    said = refusal_of(body)
    assert name in said
    assert "/" not in said.replace("path/to/", "")


@pytest.mark.parametrize(
    "call", ["ptrace", "process_vm_readv", "io_uring_setup", "bpf", "keyctl", "unshare", "mount", "perf_event_open",
             "userfaultfd", "setns", "clone3", "prctl", "shmget", "kexec_load", "init_module", "quotactl", "add_key"]
)  # fmt: skip
def test_native_code_gets_no_further(call) -> None:
    numbers = {
        "ptrace": 101, "process_vm_readv": 310, "io_uring_setup": 425, "bpf": 321, "keyctl": 250, "unshare": 272,
        "mount": 165, "perf_event_open": 298, "userfaultfd": 323, "setns": 308, "clone3": 435, "prctl": 157,
        "shmget": 29, "kexec_load": 246, "init_module": 175, "quotactl": 179, "add_key": 248,
    }  # fmt: skip
    if os.uname().machine != "x86_64":
        pytest.skip("The numbers are those of x86-64.")
    said = refusal_of(
        f"""
        libc = ctypes.CDLL(None, use_errno=True)
        got = libc.syscall({numbers[call]}, 0, 0, 0, 0, 0)
        raise ValueError(f"{{got}} {{ctypes.get_errno()}}")
        """
    )
    assert "ValueError: -1 1" in said


def test_a_call_by_another_architectures_door_ends_it() -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("Only x86-64 has such doors.")
    said = refusal_of("ctypes.CDLL(None).syscall(0x40000000 | 39)")  # x32
    assert "SIGSYS" in said


def test_its_environment_tells_nothing(monkeypatch) -> None:
    monkeypatch.setenv("ARBITRAX_POLYGON_KEY", "hidden-from-it")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden-from-it")
    said = refusal_of("raise ValueError(sorted(os.environ), sorted(map(repr, os.environ.values())), sys.argv)")
    assert "'HOME'" in said
    assert "hidden" not in said
    assert "ARBITRAX" not in said
    assert "AWS" not in said


def test_it_holds_no_file_but_its_pipe() -> None:
    # 0, 1 and 2 are /dev/null. The pipe for tasks was closed before the strategy ran.
    said = refusal_of(
        """
        found = []
        for number in range(64):
            try:
                os.fstat(number)
            except OSError:
                continue
            found.append(number)
        raise ValueError(len(found), [os.readlink is not None])
        """
    )
    assert "ValueError: (4," in said


def test_a_scratch_folder_is_all_it_can_write_to_and_it_is_small(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    said = refusal_of(
        """
        number = 0
        try:
            while True:
                with open(f"{number}.bin", "wb") as file:
                    file.write(bytes(1 << 20))
                number += 1
        except OSError as error:
            raise ValueError(number, str(error))
        """
    )
    assert "ValueError: (" in said
    assert int(said.partition("ValueError: (")[2].partition(",")[0]) <= 64
    assert list(tmp_path.iterdir()) == [], "nothing is left of it"


def test_what_killed_jobs_left_of_it_is_removed(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, used = (tmp_path / f"arbitrax-scratch-{pid}-abc" for pid in (gone.pid, os.getpid()))
    left.mkdir()
    used.mkdir()
    assert "stop here" in refusal_of("raise ValueError('stop here')")
    assert list(tmp_path.iterdir()) == [used]


def test_memory_is_limited_however_it_is_asked_for() -> None:
    for body in (
        "x = bytearray(1 << 31)",
        "x = []\nwhile True:\n    x.append(bytes(1 << 20))",
        "np.ones(1 << 30)",
    ):
        with pytest.raises(MemoryError):
            run(signals(body))
    assert "Cannot allocate" in refusal_of("import mmap; mmap.mmap(-1, 1 << 31)")


class Watched:
    """Lets a test act once the simulation is seen."""

    def __init__(self, act):
        self._act = act

    def __call__(self, simulation, panel):
        threading.Timer(1.0, self._act, [simulation]).start()


def test_an_endless_one_ends_when_its_job_does() -> None:
    with pytest.raises(Cancelled):
        run(signals("while True: pass"), watch=Watched(lambda seen: seen.cancel()))


def test_what_it_says_is_heard_within_bounds_with_its_bar() -> None:
    source = """
import arbitrax as ax

class Mine(ax.Strategy):
    def on_bar(self, context):
        if context.index in (0, 7):
            print("at", context.index)
        if context.index == 9:
            print("long" * 1_000)
            for each in range(500):
                print("flood", each)
"""
    heard = list[tuple[str, int | None]]()
    (series,) = waves(BARS, 1)
    spec = RunSpec(strategy=StrategyRef("Mine", "Mine", {}), symbols=(series.symbol,))
    panel = open_market(spec, series, (), None, strategy=Strategy, jit=False).panel
    sandbox = Sandbox(MEGABYTES, lambda text, bar: heard.append((text, bar)))
    sandbox.simulate(spec, source, series, finer=None, actions=(), panel=panel)
    assert len(heard) <= 3 * MOST_AT_ONCE
    assert heard[-1] == ("flood 499", int(panel.timestamp[9]))
    assert all(bar in panel.timestamp[[0, 7, 9]] for _, bar in heard)


def test_progress_is_seen_while_it_runs() -> None:
    slow = EVENTS.replace(
        "        if ctx.index % 7", "        import time; time.sleep(0.005)\n        if ctx.index % 7"
    )
    seen = []
    run(slow, watch=lambda simulation, panel: seen.append(simulation))
    (simulation,) = seen
    assert 0 < simulation.bars_done <= BARS
    assert simulation.equity[0] == 100_000
    assert simulation.positions().shape == (1, 3)


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (b"\xff" * 100, "no report"),
        (b"\x05\x00\x00\x00nope!", "no report"),
        (b"\x02\x00\x00\x00[]", "no report"),
        (b"\xff\xff\xff\x7f", "no report"),
        (b"\x00\x00", "exit code 0"),
        (b"", "exit code 0"),
        ({"type": "Ticked", "done": 10**9}, "bars that there are not"),
        ({"type": "Ticked", "done": -1}, "bars that there are not"),
        ({"type": "Ticked", "done": 5}, "exit code 0"),
        ({"type": "Failed", "kind": "KeyboardInterrupt", "detail": "x"}, "x"),
        ({"type": "Failed", "kind": "__builtins__", "detail": "\x1b[2J"}, " [2J"),
        ({"type": "Failed", "kind": "StoreUnavailableError", "detail": "again, please"}, "again"),
        ({"type": "Ran", "records": [0, 0, 0, 2**40]}, "more than"),
        ({"type": "Ran", "records": [-1, 0, 0, 0]}, "more than"),
        ({"type": "Ran", "records": [0, 0, 0, 0]}, "exit code 0"),
        ({"type": "Ran", "records": [0, 0, 0, 0], "class_name": "x" * 300, "zeros": 8_000}, "parameters"),
        ({"type": "Ran", "records": [0, 0, 0, 0], "class_name": "<b>", "zeros": 8_000}, "class"),
        ({"type": "Ran", "records": [0, 0, 0, 0], "parameters": {"a": "\x1b"}, "zeros": 8_000}, "parameters"),
        ({"type": "Ran", "records": [0, 0, 0, 0], "tags": ["\x00"], "zeros": 8_000}, "tags"),
        ({"type": "Ran", "records": [0, 0, 0, 0], "notices": ["n"] * 21, "zeros": 8_000}, "notices"),
        ({"type": "Ran", "records": [0, 0, 0, 0], "bankrupt_bar": BARS, "zeros": 8_000}, "bankrupt"),
        ({"type": "Ran", "records": [0, 0, 0, 0], "ones": 8_000}, "curves"),  # NaN
        ({"type": "Ran", "records": [0, 1, 0, 0], "zeros": 8_048}, "fills.order"),  # of no order
        ({"type": "Ran", "records": [1, 0, 0, 0], "ones": 144, "zeros": 8_000}, "orders."),
    ],
    ids=lambda each: str(each)[:50],
)
def test_what_it_reports_is_not_believed(report, reason) -> None:
    if isinstance(report, dict):
        zeros, ones = report.pop("zeros", 0), report.pop("ones", 0)
        if report["type"] == "Ran":
            report = {
                "class_name": "Mine", "parameters": {}, "tags": [], "notices": [], "bankrupt_bar": None,
            } | report  # fmt: skip
        body = f"""
        import json
        text = json.dumps({report!r}).encode()
        said = len(text).to_bytes(4, "little") + text + bytes({zeros}) + b"\\xff" * {ones}
        """
    else:
        body = f"said = {report!r}"
    said = refusal_of(f"{textwrap.dedent(body)}\nos.write(int(sys.argv[2]), said)\nos._exit(0)")
    assert reason in said


def test_a_source_that_does_not_load_says_where() -> None:
    with pytest.raises(StrategyError, match="line 3"):
        run("import arbitrax as ax\n\nraise ValueError('no')\n")
    with pytest.raises(StrategyError, match="line 1"):
        run("class class")
    with pytest.raises(StrategyError):
        run("(" * 100_000)
    with pytest.raises(Exception, match="no strategy class 'Mine'"):
        run(EVENTS.replace("Mine", "Other"))
    with pytest.raises(StrategyError, match="null bytes"):
        run("x = 1\0")


def test_without_landlock_nothing_runs(monkeypatch, tmp_path) -> None:
    """As on a kernel that lacks it: the call is refused before the program begins."""
    from arbitrax.jobs.sandbox import run as module

    broken = tmp_path / "python"
    text = (
        f"#!{sys.executable}\n"
        "import sys\n"
        "from arbitrax.jobs.sandbox import landlock, process\n"
        "landlock.CREATE_RULESET = 9999\n"
        "sys.argv = sys.argv[sys.argv.index('arbitrax.jobs.sandbox.process'):]\n"
        "process.main()\n"
    )
    broken.write_text(text)
    broken.chmod(0o755)
    monkeypatch.setattr(module.sys, "executable", str(broken))
    with pytest.raises(SandboxUnavailable, match=r"cannot run on this machine: the kernel has no Landlock .*\.$"):
        run(EVENTS)


def test_it_dies_with_the_process_that_started_it() -> None:
    text = f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parents[3])!r})
        from tests.integration.jobs.test_sandbox import run, signals
        run(signals("while True: pass"))
    """
    worker = subprocess.Popen([sys.executable, "-c", textwrap.dedent(text)])
    try:
        child = _child_of(worker.pid)
        # It is the sandbox once its own filter is on.
        while "Seccomp:\t2" not in Path(f"/proc/{child}/status").read_text():
            assert worker.poll() is None
            time.sleep(0.01)
        handle = os.pidfd_open(child)
        worker.send_signal(signal.SIGKILL)
        assert select_readable(handle), "It lives on."
        os.close(handle)
    finally:
        worker.kill()
        worker.wait()


def _child_of(pid):
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    while True:
        found = tasks.read_text().split()
        if found:
            return int(found[0])
        time.sleep(0.01)


def select_readable(handle):
    import select

    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    return bool(waiting.poll(30_000))


def test_nothing_listens_that_it_could_reach() -> None:
    """A socket of the abstract namespace has no file: only the refusal of sockets keeps it away."""
    name = f"\0arbitrax-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        said = refusal_of(f"socket.socket(socket.AF_UNIX).connect({name!r})")
    assert "not permitted" in said


def test_arrays_of_bars_arrive_as_they_were() -> None:
    said = refusal_of("raise ValueError(len(bars), float(bars.close.sum()), bars.symbol)")
    bars = waves(BARS)[0]
    assert f"({BARS}, {float(np.sum(bars.close))}, 'TRIAL')" in said
