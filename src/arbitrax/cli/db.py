"""`arbitrax db`: upgrade, check."""

from cyclopts import App

from arbitrax.cli.console import Json, show, show_json
from arbitrax.settings import read_settings

app = App(name="db", help="Upgrade and check the database schema.")


@app.command
def upgrade(*, json: Json = False) -> int:
    """Bring the database schema to this release's; changes nothing when it is there."""
    from arbitrax.bootstrap import upgrade_database

    before, after = upgrade_database(read_settings())
    if json:
        show_json({"before": before, "after": after})
    else:
        show(f"The schema is at {after}" + ("; nothing to do." if before == after else f", from {before or 'nothing'}."))
    return 0


@app.command
def check(*, json: Json = False) -> int:
    """Say whether the database has this release's schema; exit code 1 when not."""
    from arbitrax.bootstrap import check_database

    found, expected, sentence = check_database(read_settings())
    if json:
        show_json({"found": found, "expected": expected, "ok": found == expected, "message": sentence})
    else:
        show(sentence)
    return 0 if found == expected else 1
