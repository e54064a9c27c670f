-- NULL: no actions were asked for, as with adjusted prices and with runs stored before they were applied.
ALTER TABLE backtest_assets ADD COLUMN actions_as_of TIMESTAMPTZ;
