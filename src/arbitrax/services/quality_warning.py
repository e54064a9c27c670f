"""What a quality report warns of, in one sentence: short enough to stand in every result that uses the series."""

from arbitrax.market_data.validation.findings import score_text
from arbitrax.services.catalogue_ports import QualityStore

MOST = 4
"""Rules that the sentence names."""


def quality_warning(quality: QualityStore, symbol: str, interval: str) -> str | None:
    """Return what there is to doubt in a stored series; None without a report, or when it doubts nothing."""
    stored = quality.report(symbol, interval)
    if stored is None:
        return None
    report = stored.report
    doubts = [each for each in report.lines if each.level in ("error", "warn")]
    if not doubts:
        return None
    named = ", ".join(f"{each.rule.replace('_', ' ')} {each.count:,}" for each in doubts[:MOST])
    more = f" and {len(doubts) - MOST} more rules" if len(doubts) > MOST else ""
    return (
        f"The {interval} bars of {symbol} have the quality {score_text(report.score)} of 100 ({named}{more}); "
        f"`arbitrax data check {symbol} --interval {interval}` shows the rows."
    )
