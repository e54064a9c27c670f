-- NULL: no actions were asked for, as with adjusted prices and with runs stored before they were applied.
ALTER TABLE backtest_assets ADD COLUMN actions_as_of TIMESTAMPTZ;
ALTER TABLE backtest_assets DROP CONSTRAINT backtest_assets_role_known;
ALTER TABLE backtest_assets
    ADD CONSTRAINT backtest_assets_role_known CHECK (role IN ('traded', 'finer', 'benchmark'));
