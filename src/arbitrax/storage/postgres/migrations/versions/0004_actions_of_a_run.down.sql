DELETE FROM backtests
WHERE EXISTS (
    SELECT FROM backtest_assets
    WHERE
        backtest_assets.backtest_id = backtests.id
        AND (
            backtest_assets.actions_as_of > TIMESTAMPTZ '1970-01-01 00:00:00+00'
            OR backtest_assets.role = 'finer'
        )
);
ALTER TABLE backtest_assets DROP COLUMN actions_as_of;
ALTER TABLE backtest_assets DROP CONSTRAINT backtest_assets_role_known;
ALTER TABLE backtest_assets
    ADD CONSTRAINT backtest_assets_role_known CHECK (role IN ('traded', 'benchmark'));
