"""How commands show things: tables on a terminal, JSON when asked, progress on stderr."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from arbitrax.services.ports import RowsDone

Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON instead of tables.")]

PIPED_WIDTH = 140


def console() -> "Console":
    """Return the console of stdout; a pipe gets wide, plain lines. Texts are shown as they are, brackets and all."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False)


def show(*parts: "RenderableType") -> None:
    """Print tables and texts."""
    out = console()
    for part in parts:
        out.print(part)


def show_json(value: object) -> None:
    """Print one JSON document."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def notice(text: str) -> None:
    """Print a remark where it does not mix with results."""
    sys.stderr.write(f"Note: {text}\n")


def complain(sentence: str) -> None:
    """Print what went wrong."""
    sys.stderr.write(f"Error: {sentence}\n")


def table(
    title: str | None, columns: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1
) -> "RenderableType":
    """Return a table; the first ``left`` columns are text, the others numbers."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    heading = None if title is None else Text(title, style="bold")
    made = Table(title=heading, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(columns):
        made.add_column(
            name, justify="left" if number < left else "right", overflow="fold", no_wrap=number == 0 or number >= left
        )
    for row in rows:
        made.add_row(*row)
    return made


def facts_table(title: str, facts: dict[str, str]) -> "RenderableType":
    """Return facts by name under a title."""
    from rich.table import Table
    from rich.text import Text

    made = Table(title=Text(title, style="bold"), title_justify="left", box=None, show_header=False, pad_edge=False)
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    for fact in facts.items():
        made.add_row(*fact)
    return made


@contextmanager
def progress(label: str, *, shown: bool) -> "Iterator[tuple[RowsDone, RowsDone]]":
    """Draw a bar of rows on stderr while the block runs; nothing on a pipe.

    Yield two functions: one to tell how many rows there are, one to tell how many more are done.
    """
    if not shown or not sys.stderr.isatty():
        yield _ignore, _ignore
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} rows, {task.fields[rate]} rows/s"),
        TimeElapsedColumn(),
        TextColumn("eta"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None, rate="0")

        def found(rows: int) -> None:
            bar.update(task, total=rows)

        def done(rows: int) -> None:
            current = bar.tasks[0]
            elapsed = current.elapsed or 1e-9
            bar.update(task, advance=rows, rate=f"{(current.completed + rows) / elapsed:,.0f}")

        yield found, done


def _ignore(_rows: int) -> None:
    """Draw nothing."""
