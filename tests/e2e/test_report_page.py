"""The report in a real browser; skipped where there is none."""

import re
import shutil
import subprocess

import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.report import render_report
from arbitrax.backtest.spec import RunSpec, StrategyRef
from tests.market import random_walk, sample

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium found")
PROBE = """
addEventListener("load", () => {
  const canvas = document.querySelector("canvas[data-layer=base]");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let drawn = 0;
  for (let k = 3; k < pixels.length; k += 4) drawn += pixels[k] > 0;
  document.body.dataset.drawn = String(drawn);
});
"""
MANY = [replace(random_walk(150, seed=seed), symbol=f"S{seed}") for seed in range(14)]
PAGES = [sample("AAPL"), random_walk(12), [sample("AAPL"), sample("FB"), sample("IBM")], MANY]
PAGES_NAMED = ["years", "days", "few symbols", "many symbols"]


def open_page(path, *options):
    """Return (DOM after scripts ran, lines of the console)."""
    flags = (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr",
        "--virtual-time-budget=2000", "--window-size=1280,1600",
    )  # fmt: skip
    profile = f"--user-data-dir={path.parent / 'profile'}"
    done = subprocess.run(
        [BROWSER, *flags, profile, *options, "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=180, check=True,
    )  # fmt: skip
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def render(bars):
    strategy = ax.SmaCross(fast=2, slow=6)
    if isinstance(bars, list):
        return render_report(ax.backtest(strategy, bars))
    reference = StrategyRef(name="sma_cross", class_name="SmaCross", parameters=strategy.values)
    return render_report(run_backtest(RunSpec(strategy=reference, symbols=(bars.symbol,)), strategy, bars))


@pytest.mark.parametrize("bars", PAGES, ids=PAGES_NAMED)
def test_charts_are_drawn(bars, tmp_path):
    # The policy forbids the probe, so this copy of the page has none.
    html = re.sub(r"<meta http-equiv=[^>]*>", "", render(bars))
    path = tmp_path / "report.html"
    path.write_text(html.replace("</body>", f"<script>{PROBE}</script></body>"), encoding="utf-8")
    dom, console = open_page(path)
    assert console == []
    drawn = re.search(r'data-drawn="(\d+)"', dom)
    assert drawn is not None
    assert int(drawn[1]) > 10_000


@pytest.mark.parametrize("bars", [random_walk(300), MANY[:3]], ids=["one symbol", "few symbols"])
def test_page_runs_under_its_policy_without_errors(bars, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(render(bars), encoding="utf-8")
    dom, console = open_page(path)
    assert console == []
    assert 'class="stage live"' in dom


def test_choosing_a_symbol_shows_its_prices(tmp_path):
    html = re.sub(r"<meta http-equiv=[^>]*>", "", render(MANY[:3]))
    # A browser without a window may skip frames; the drawing must not wait for one.
    choice = """
    window.requestAnimationFrame = (draw) => setTimeout(draw);
    addEventListener("load", () => {
      const chooser = document.getElementById("symbol");
      chooser.value = "2";
      chooser.dispatchEvent(new Event("change"));
    });"""
    path = tmp_path / "report.html"
    path.write_text(html.replace("</body>", f"<script>{choice}</script></body>"), encoding="utf-8")
    dom, console = open_page(path)
    assert console == []
    assert re.search(r"<strong[^>]*>S2</strong><span[^>]*>O ", dom)
