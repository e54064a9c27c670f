"""The tree of commands, each by import path, so that a command loads only what it needs."""

from cyclopts import App

import arbitrax

app = App(
    name="arbitrax",
    help="A self-hosted trading stack: research, honest backtests and a paper exchange.",
    version=arbitrax.__version__,
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
app.command("arbitrax.cli.demo:demo", name="demo", help="Run a real strategy on real prices, step by step.")
app.command("arbitrax.cli.up:up", name="up", help="Run everything on this machine until Ctrl-C.")
app.command("arbitrax.cli.doctor:doctor", name="doctor", help="Check versions, compiled core, stores, clock and disk.")
app.command("arbitrax.cli.data:app", name="data", help="Ingest, import, check, mend, list and export market data.")
app.command("arbitrax.cli.strategy:app", name="strategy", help="List, describe, begin and check strategies.")
app.command("arbitrax.cli.backtest:app", name="backtest", help="Run, list, show, report and reproduce backtests.")
app.command("arbitrax.cli.job:app", name="job", help="List, show and cancel jobs of the workers.")
app.command("arbitrax.cli.exchange:app", name="exchange", help="Configure, watch, verify and measure the exchange.")
app.command("arbitrax.cli.serve:app", name="serve", help="Run one process until Ctrl-C.")
app.command("arbitrax.cli.order:app", name="order", help="Send, change, cancel and list orders.")
app.command("arbitrax.cli.user:app", name="user", help="Add, list and change users of the gateway.")
app.command("arbitrax.cli.key:app", name="key", help="Make, list and revoke API keys.")
app.command("arbitrax.cli.login:login", name="login", help="Sign in at a gateway, for commands with --url.")
app.command("arbitrax.cli.login:logout", name="logout", help="Sign out at a gateway.")
app.command("arbitrax.cli.db:app", name="db", help="Upgrade and check the database schema.")
app.register_install_completion_command(help="Install completion for your shell.")
