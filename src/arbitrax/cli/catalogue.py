"""`arbitrax data search`, `describe` and `symbol`: what is traded under which symbol."""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, cast

from cyclopts import App, Parameter

from arbitrax.bootstrap import open_store
from arbitrax.cli.console import Json, show, show_json, table
from arbitrax.domain.assets import Asset, AssetType
from arbitrax.domain.dates import canonical_date, start_of_day, to_datetime
from arbitrax.domain.errors import InputError
from arbitrax.services.catalogue_ports import CatalogueEntry
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from rich.console import RenderableType

symbols = App(name="symbol", help="Follow an asset that changes its symbol, or a symbol that changes its asset.")

COLUMNS = ("symbol", "name", "type", "exchange", "currency", "tick", "lot", "stored")


def search(text: str, /, *, json: Json = False) -> int:
    """Search stored assets by symbol and name."""
    from arbitrax.services.catalogue import search_assets

    with open_store(read_settings()) as store:
        found = search_assets(store.assets, text)
    if json:
        show_json(found)
    elif not found:
        show(f"No stored asset has '{text}' in its symbol or name.")
    else:
        show(table(None, COLUMNS, [_row(each) for each in found], left=8))
    return 0


def describe(
    symbol: str,
    /,
    *,
    name: Annotated[str | None, Parameter(help="Full name.")] = None,
    type_: Annotated[
        str | None, Parameter(name="--type", help="equity, etf, fund, index, fx, crypto, future, ...")
    ] = None,
    exchange: Annotated[str | None, Parameter(help="The calendar it trades by, such as XNYS, XLON or 24/7.")] = None,
    currency: Annotated[str | None, Parameter(help="Of its prices, such as USD, or GBX for pence.")] = None,
    tick_size: Annotated[str | None, Parameter(help="Smallest step of a price.")] = None,
    lot_size: Annotated[str | None, Parameter(help="Smallest step of a quantity.")] = None,
    json: Json = False,
) -> int:
    """Show what an asset is and what is stored of it, after changing what is given."""
    from arbitrax.services.catalogue import change_asset, find_asset

    with open_store(read_settings()) as store:
        said = Asset(
            symbol=symbol,
            name=name,
            asset_type=cast("AssetType", type_ or "unknown"),
            exchange=exchange,
            currency=currency,
            tick_size=_size("--tick-size", tick_size),
            lot_size=_size("--lot-size", lot_size),
        )
        changes = said != Asset(symbol=symbol)
        entry = (
            change_asset(store.assets, store.bars, said) if changes else find_asset(store.assets, store.bars, symbol)
        )
    if json:
        show_json(entry)
    else:
        show(table(None, COLUMNS, [_row(entry)], left=8))
        if entry.coverage:
            show(_coverage(entry))
        for each in entry.symbols:
            until = "now" if each.end is None else each.end.isoformat()
            since = "" if each.start.year == 1 else f" from {each.start}"
            show(f"{each.symbol}{since} until {until}")
    return 0


@symbols.command(name="rename")
def rename(
    symbol: str, to: str, /, *, on: Annotated[str, Parameter(help="First day of the new one, as YYYY-MM-DD.")]
) -> int:
    """Give an asset another symbol from a day on, as FB became META; its bars stay with it."""
    from arbitrax.services.catalogue import rename_asset

    with open_store(read_settings()) as store:
        rename_asset(
            store.assets, store.bars, symbol, to, on=to_datetime(start_of_day(canonical_date(on, "--on"))).date()
        )
    show(f"{symbol} is {to} from {on} on; `arbitrax data show {to}` shows its bars.")
    return 0


@symbols.command(name="release")
def release(
    symbol: str, /, *, on: Annotated[str, Parameter(help="First day without the symbol, as YYYY-MM-DD.")]
) -> int:
    """End an asset's right to its symbol, because another company trades under it from a day on."""
    from arbitrax.services.catalogue import find_asset

    with open_store(read_settings()) as store:
        find_asset(store.assets, store.bars, symbol)
        store.assets.release(symbol, on=to_datetime(start_of_day(canonical_date(on, "--on"))).date())
    show(f"{symbol} is free from {on} on; what is ingested under it next belongs to another asset.")
    return 0


def _size(flag: str, text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InputError(f"{flag} '{text}' is not a number; give one above zero, such as 0.01.") from None


def _row(entry: CatalogueEntry) -> tuple[str, ...]:
    asset = entry.asset
    return (
        asset.symbol,
        asset.name or "",
        asset.asset_type,
        asset.exchange or "",
        asset.currency or "",
        "" if asset.tick_size is None else str(asset.tick_size),
        "" if asset.lot_size is None else str(asset.lot_size),
        ", ".join(each.interval for each in entry.coverage),
    )


def _coverage(entry: CatalogueEntry) -> "RenderableType":
    rows = [
        (
            each.interval,
            each.source,
            f"{each.first:%Y-%m-%d}",
            f"{each.last:%Y-%m-%d}",
            f"{each.rows:,}",
            "" if each.score is None else f"{each.score:.2f}",
        )
        for each in entry.coverage
    ]
    return table(None, ("interval", "source", "first", "last", "rows", "quality"), rows, left=4)
