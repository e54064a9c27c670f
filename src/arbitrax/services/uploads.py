"""Files of bars that users send: looked at first, then stored by an ingestion of theirs.

A file lies in the home, readable by its owner only, until a worker of the same home has stored what can be trusted of
it.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from arbitrax.domain.errors import DataError, InputError, TooManyBytes
from arbitrax.market_data.columns import ROLES, roles_of, spelling
from arbitrax.market_data.csv_header import BYTE_ORDER_MARK, check_text
from arbitrax.market_data.documents import Document
from arbitrax.market_data.files import read_candidates
from arbitrax.market_data.source import refuse
from arbitrax.services.holders import holder_of
from arbitrax.services.imports import import_document, judge_imported, with_scores
from arbitrax.services.ingestion import IngestionOutcome, SymbolOutcome
from arbitrax.services.jobs import OVER
from arbitrax.services.series_rights import FILE as SOURCE
from arbitrax.services.series_rights import Writer, check_file, check_new_interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from arbitrax.services.catalogue_ports import MarketStores
    from arbitrax.services.jobs import JobStore

SHOWN = 20
"""Rows of a preview."""
LOOKED_AT = 1 << 18
"""Bytes of it."""
KEPT_SECONDS = 2 * 86_400
"""How long a file that no ingestion took stays."""
MAPPED = tuple(role for role in ROLES if role != "tick_volume")
"""What a column can be said to be."""
DELIMITERS = (",", ";", "\t", "|")


class Upload(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an ingestion of a file is about."""

    columns: dict[str, str] = {}
    """By role, such as close, the name of the column that has it, where the names alone do not tell."""
    interval: str | None = None
    """None: as the times tell."""
    timezone: str | None = None
    replace_source: bool = False
    """Whether it takes the place of all bars of another source."""


class Column(Struct, frozen=True):
    """A column of a file."""

    name: str
    role: str | None
    """What it was taken as; None: it is not used."""


class Preview(Struct, frozen=True):
    """The first rows of a file, and what it was taken as."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    symbols: tuple[str, ...]
    """Of a column that has them, among the rows that were looked at."""
    interval: str | None
    """As the times suggest; None: that cannot be told."""
    notices: tuple[str, ...]
    problem: str | None
    """Why it cannot be stored like this."""


def new_path(folder: Path, name: str, owner: UUID) -> Path:
    """Return where a file of a user is to lie: ``name`` is its job's when it is complete, which ends in ``.csv``."""
    return folder / f"{owner.hex}.{name}"


def path_of(folder: Path, job: UUID) -> Path | None:
    """Return where the file of an ingestion lies; None: it is not here."""
    return next(folder.glob(f"*{job.hex}.csv"), None)


def remove_file(folder: Path, job: UUID) -> None:
    """Remove the file of an ingestion, if it is here."""
    path = path_of(folder, job)
    if path is not None:
        path.unlink(missing_ok=True)


def bytes_of(folder: Path, owner: UUID, ending: str = "*") -> int:
    """Return how large the files of a user are together: ``part`` only those on their way, ``csv`` those complete."""
    total = 0
    for each in folder.glob(f"{owner.hex}.*.{ending}"):
        with suppress(FileNotFoundError):  # done meanwhile
            total += each.stat().st_size
    return total


def require_room(folder: Path, jobs: JobStore, owner: UUID, most: int) -> None:
    """See whether the files of a user, those on their way included, take no more bytes than they may.

    Those whose ingestions are over are removed before anything is refused: nobody needs them.

    Raises:
        TooManyBytes: they take more.
    """
    if bytes_of(folder, owner) <= most:
        return
    for each in folder.glob(f"{owner.hex}.*.csv"):
        found = jobs.find(UUID(each.name.split(".")[1]))
        if found is not None and found.status in OVER:
            each.unlink(missing_ok=True)
    if bytes_of(folder, owner) > most:
        raise too_many_bytes(most)


def too_many_bytes(most: int) -> TooManyBytes:
    """Return the refusal of a file for which a user has no room."""
    return TooManyBytes(
        f"Your files that wait to be stored would take more than {most:,} bytes; cancel some of their ingestions, or "
        "try again when they are done.",
        retry_after=5.0,
    )


def remove_old(folder: Path) -> None:
    """Remove files that no ingestion has taken for days."""
    for each in folder.glob("*.*"):
        try:
            if time.time() - each.stat().st_mtime > KEPT_SECONDS:
                each.unlink()
        except FileNotFoundError:
            continue  # another process was first


def look_at(head: bytes, asked: Upload, *, whole: bool) -> Preview:
    """Return what the first bytes of a file look like; ``whole``: there are no more.

    Raises:
        DataError: it is no text, or its lines cannot be split into fields.
        InputError: there is no column of a name that was given.
    """
    if not whole:  # without the row that is cut off
        head = head[: head.rfind(b"\n") + 1] or head
    check_text(head, "the file")
    names, *rest = _first_rows(head)
    shown = tuple(rest)
    head = with_columns(head, asked.columns)
    roles = {at: role for role, at in roles_of(_first_rows(head)[0]).items()}
    # By their own names, whatever they are taken as: that is how a column is named when it is said what it is.
    told = tuple(Column(name, roles.get(at)) for at, name in enumerate(names))
    try:
        found = read_candidates(_document(head), interval=asked.interval, timezone=asked.timezone)
    except (DataError, InputError) as error:
        return Preview(told, shown, (), None, (), str(error))
    has_symbols = "symbol" in roles.values()
    notices = dict.fromkeys(notice for each in found for notice in each.notices)
    return Preview(
        told,
        shown,
        tuple(each.candidate.symbol for each in found) if has_symbols else (),
        found[0].candidate.interval if found else None,
        tuple(notices),
        None,
    )


def with_columns(data: bytes, columns: Mapping[str, str]) -> bytes:
    """Return a text whose header names the columns as they were said to be.

    A column of another name that would be taken for one of these is not used.

    Raises:
        DataError: the header cannot be split into fields.
        InputError: no column has a name, or two roles were given to one.
    """
    if not columns:
        return data
    start = len(data) - len(data.lstrip(BYTE_ORDER_MARK + b"\r\n \t"))
    first, newline, rest = data[start:].partition(b"\n")
    line = first.decode(errors="replace").rstrip("\r")
    delimiter = _delimiter(line)
    names = next(_fields([line], delimiter))
    if len(set(columns.values())) < len(columns):
        raise InputError("One column was said to be two things; name another one.")
    given = {name: role for role, name in columns.items()}
    for name in given:
        if name not in names:
            raise InputError(f"The file has no column '{name}'; it has {', '.join(names)}.")
    taken = roles_of(list(columns))
    made = list[str]()
    for name in names:
        role = given.get(name)
        doubled = role is None and any(each in taken for each in roles_of([name]))
        made.append(role or (f"unused {spelling(name)} {len(made)}" if doubled else name))
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow(made)
    return data[:start] + out.getvalue().encode() + newline + rest


def check_upload(stores: MarketStores, symbol: str, interval: str, writer: Writer, *, replace_source: bool) -> None:
    """See whether a file may go into a series.

    Raises:
        NotYourSeries: the writer may not change it, or others have stored another interval of its symbol.
        OtherSource: it is of another source, whose place was not asked for.
    """
    if writer.everybodys and holder_of(stores, symbol).is_new:
        return  # what reads find is of the asset that had the symbol before, and stays
    held = stores.bars.origins(symbol)
    check_file(held.get(interval), writer, SOURCE, replace_source=replace_source)
    if interval not in held:
        check_new_interval(held.values(), writer)


def do_upload(
    stores: MarketStores,
    folder: Path,
    job: UUID,
    asked: Upload,
    *,
    symbol: str,
    writer: Writer,
    now: int,
    told: Callable[[int, int], None],
) -> list[IngestionOutcome]:
    """Store what can be trusted of a file, and set the rest aside; return what became of it. The file stays.

    Raises:
        InputError: the file is not in this home, or a column that was named is not in it.
        DataError: nothing in it can be trusted; nothing was stored.
        NotYourSeries: the writer may not change the series.
        OtherSource: it is of another source, whose place was not asked for.
    """
    path = path_of(folder, job)
    try:
        data = None if path is None else path.read_bytes()
    except FileNotFoundError:
        data = None
    if data is None:
        raise InputError(
            "The file is not in this worker's home; gateways that take files and workers need one ARBITRAX_HOME."
        )
    document = _document(with_columns(data, asked.columns), symbol)
    rows = [0, 0]

    def found(count: int) -> None:
        rows[1] += count

    def stored(count: int) -> None:
        rows[0] += count
        told(rows[0], max(rows[1], 1))

    outcome = import_document(
        stores,
        document,
        symbol=symbol,
        interval=asked.interval,
        timezone=asked.timezone,
        source=SOURCE,
        received=now,
        told=(found, stored),
        writer=writer,
        replace_source=asked.replace_source,
    )
    scores = judge_imported(stores, outcome.series, now=now)
    outcome = with_scores(outcome, scores)
    name, made = outcome.series[0].rsplit(" ", 1)
    one = SymbolOutcome(
        name,
        SOURCE,
        outcome.added,
        outcome.updated,
        outcome.unchanged,
        outcome.quarantined,
        outcome.score,
        outcome.notices,
    )
    return [IngestionOutcome(SOURCE, made, 1, 0, (one,))]


def _document(data: bytes, symbol: str = "FILE") -> Document:
    return Document("the file", symbol, ".csv", lambda: data)


def _first_rows(head: bytes) -> list[tuple[str, ...]]:
    """Return a text's header and the rows of a preview, as they are.

    Raises:
        DataError: there is no header, or a line cannot be split into fields.
    """
    text = head.removeprefix(BYTE_ORDER_MARK).decode(errors="replace")
    rows = _fields(io.StringIO(text), _delimiter(text))
    found = [tuple(each) for each in rows if any(each)]
    if not found:
        raise refuse("the file", "its lines are empty but for separators", "send a table that begins with its header")
    return found[: SHOWN + 1]


def _fields(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        yield from rows
    except csv.Error:
        said = f"line {rows.line_num} cannot be split into fields: a carriage return is amid it, or a field has no end"
        raise refuse("the file", said, "save the table as CSV anew") from None


def _delimiter(text: str) -> str:
    """Return what separates fields in the first line that is not blank."""
    line = next((each for each in text.splitlines() if each.strip()), "")
    return max(DELIMITERS, key=line.count)
