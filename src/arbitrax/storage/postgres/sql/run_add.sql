INSERT INTO backtests (
    id, strategy_id, asset_id, run_hash, result_hash, engine_version, spec, metrics, results,
    total_return, annual_return, cagr, volatility, sharpe_ratio, sortino_ratio, calmar_ratio, max_drawdown, win_rate,
    profit_factor, bars, order_count, trade_count, start_at, end_at, as_of, created_at, created_nanoseconds
)
SELECT
    %(run)s, strategies.id, assets.id, %(run_hash)s, %(result_hash)s, %(engine_version)s, %(spec)s::json,
    %(metrics)s::json, %(results)s::jsonb, %(total_return)s, %(annual_return)s, %(cagr)s, %(volatility)s, %(sharpe)s,
    %(sortino)s, %(calmar)s, %(max_drawdown)s, %(win_rate)s, %(profit_factor)s, %(bars)s, %(order_count)s,
    %(trade_count)s, %(start_at)s, %(end_at)s, %(as_of)s, %(created_at)s, %(created_nanoseconds)s
FROM strategies, assets
WHERE
    strategies.name = %(name)s
    AND strategies.source_hash IS NOT DISTINCT FROM %(source_hash)s
    AND strategies.parameters = %(parameters)s::jsonb
    AND assets.symbol = %(symbol)s
ON CONFLICT (id) DO NOTHING
