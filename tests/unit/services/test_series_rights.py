"""Whose series files and vendors may change."""

from uuid import UUID

import pytest

from arbitrax.domain.errors import NotYourSeries, OtherSource
from arbitrax.services.series_rights import OPERATOR, SeriesOrigin, Writer, check_file, check_new_interval, check_vendor

TOM, UNA = UUID(int=1), UUID(int=2)
TRADER, ADMIN = Writer(TOM, everybodys=False), Writer(UNA, everybodys=True)


def held(source: str, owner: UUID | None = None) -> SeriesOrigin:
    return SeriesOrigin("AAPL", "1d", source, owner)


@pytest.mark.parametrize("writer", [TRADER, ADMIN, OPERATOR])
def test_a_new_series_is_anybodys_to_make(writer: Writer) -> None:
    check_file(None, writer, "file", replace_source=False)
    check_vendor(None, writer, "yahoo", replace_source=False)


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize(
    ("there", "says"),
    [
        (held("sample"), "are the bundled ones"),
        (held("yahoo"), "are those of yahoo"),
        (held("file"), "are not your uploads alone"),
        (held("file", UNA), "are another user's uploads"),
    ],
)
def test_a_users_file_changes_nothing_of_others(there: SeriesOrigin, says: str, replace: bool) -> None:
    with pytest.raises(NotYourSeries, match=f"^The 1d bars of AAPL {says}, .*; store yours under another symbol, or"):
        check_file(there, TRADER, "file", replace_source=replace)


def test_a_users_file_adds_to_uploads_of_their_own() -> None:
    check_file(held("file", TOM), TRADER, "file", replace_source=False)


def test_a_users_file_brings_no_new_interval_of_a_symbol_of_others() -> None:
    check_new_interval([], TRADER)
    check_new_interval([held("file", TOM)], TRADER)
    check_new_interval([held("sample")], ADMIN)
    for there in (held("sample"), held("file"), held("file", UNA)):
        with pytest.raises(NotYourSeries, match=r"^The 1d bars of AAPL are .*, other intervals included; store yours"):
            check_new_interval([held("file", TOM), there], TRADER)


def test_bundled_prices_are_brought_again_by_anybody() -> None:
    check_file(held("sample"), TRADER, "sample", replace_source=False)


@pytest.mark.parametrize("writer", [ADMIN, OPERATOR])
def test_a_file_takes_the_place_of_another_source_only_when_told_to(writer: Writer) -> None:
    for there in (held("sample"), held("yahoo")):
        with pytest.raises(OtherSource, match="a file's do not mix with them"):
            check_file(there, writer, "file", replace_source=False)
        check_file(there, writer, "file", replace_source=True)
    check_file(held("file", TOM), writer, "file", replace_source=False)


@pytest.mark.parametrize(
    ("there", "source", "replace", "may"),
    [
        (held("yahoo"), "yahoo", True, True),
        (held("yahoo"), "auto", False, True),
        (held("yahoo"), "polygon", False, True),
        (held("yahoo"), "polygon", True, False),
        (held("yahoo"), "auto", True, False),
        (held("sample"), "yahoo", False, False),
        (held("file"), "yahoo", False, False),
        (held("file", UNA), "yahoo", False, False),
        (held("file", TOM), "yahoo", True, True),
    ],
)
def test_a_vendor_that_a_user_asks_for_replaces_nothing_of_others(
    there: SeriesOrigin, source: str, replace: bool, may: bool
) -> None:
    check_vendor(there, ADMIN, source, replace_source=replace)
    check_vendor(there, OPERATOR, source, replace_source=replace)
    if may:
        check_vendor(there, TRADER, source, replace_source=replace)
    else:
        with pytest.raises(NotYourSeries, match="only an admin may let another source change them"):
            check_vendor(there, TRADER, source, replace_source=replace)
