"""`arbitrax db`: upgrade, check."""

from cyclopts import App

from arbitrax.cli.console import Json, show, show_json
from arbitrax.settings import read_settings

app = App(name="db", help="Upgrade and check the database schema.")

_SENTENCES = {
    "current": "The schema is at {head}, this release's.",
    "empty": "The database has no schema yet; run `arbitrax db upgrade`.",
    "older": "The schema is older than {head}, this release's; run `arbitrax db upgrade`.",
    "newer": "The schema is newer than {head}, this release's; upgrade arbitrax.",
}


@app.command
def upgrade(*, json: Json = False) -> int:
    """Bring the database schema to this release's; changes nothing when it is there."""
    from arbitrax.bootstrap import upgrade_database

    before, head = upgrade_database(read_settings())
    if json:
        show_json({"before": before, "revision": head})
    else:
        show(f"The schema is at {head}; it was {before} before.")
    return 0


@app.command
def check(*, json: Json = False) -> int:
    """Say whether the database has this release's schema; exit code 1 when not."""
    from arbitrax.bootstrap import check_database

    state, head = check_database(read_settings())
    sentence = _SENTENCES[state].format(head=head)
    if json:
        show_json({"state": state, "revision": head, "message": sentence})
    else:
        show(sentence)
    return 0 if state == "current" else 1
