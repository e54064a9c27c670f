SELECT
    backtests.id,
    backtests.created_at,
    strategies.name,
    backtests.spec -> 'strategy' -> 'parameters',
    assets.symbol,
    backtests.start_at,
    backtests.end_at,
    backtests.bars,
    backtests.total_return,
    backtests.sharpe_ratio,
    backtests.max_drawdown,
    backtests.trade_count,
    backtests.run_hash
FROM backtests
JOIN strategies ON strategies.id = backtests.strategy_id
JOIN assets ON assets.id = backtests.asset_id
ORDER BY backtests.created_at DESC, backtests.id DESC
LIMIT %(limit)s
