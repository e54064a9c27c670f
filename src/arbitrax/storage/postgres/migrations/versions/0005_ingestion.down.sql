DROP TABLE ingestion_schedules;
DROP TABLE data_repairs;
DROP TABLE quality_reports;
ALTER TABLE quarantined_rows DROP COLUMN timestamp, DROP COLUMN ts_recv, DROP COLUMN content_hash;
ALTER TABLE quarantined_rows ALTER COLUMN rule TYPE VARCHAR(64) USING left(rule, 64);

ALTER TABLE ingestion_runs
    ADD COLUMN rows_added        BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN rows_updated      BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN rows_unchanged    BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN rows_quarantined  BIGINT NOT NULL DEFAULT 0;
UPDATE ingestion_runs
SET
    rows_added = chunks.added,
    rows_updated = chunks.updated,
    rows_unchanged = chunks.unchanged,
    rows_quarantined = chunks.quarantined
FROM (
    SELECT
        ingestion_run_id, sum(added) AS added, sum(updated) AS updated, sum(unchanged) AS unchanged,
        sum(quarantined) AS quarantined
    FROM ingestion_chunks
    GROUP BY ingestion_run_id
) AS chunks
WHERE chunks.ingestion_run_id = ingestion_runs.id;
DROP TABLE ingestion_chunks;
DROP INDEX ingestion_runs_by_request;
ALTER TABLE ingestion_runs
    DROP COLUMN request,
    DROP COLUMN request_hash,
    DROP COLUMN epoch,
    ADD CONSTRAINT ingestion_runs_counts CHECK (
        rows_added >= 0 AND rows_updated >= 0 AND rows_unchanged >= 0 AND rows_quarantined >= 0
    );

DROP INDEX historical_prices_provisional;
ALTER TABLE backtest_assets DROP COLUMN symbol, DROP COLUMN quality;
DROP FUNCTION asset_then;
DROP FUNCTION asset_of;
DROP INDEX asset_symbols_by_symbol;
DROP INDEX assets_symbol_held;
-- A symbol may belong to one asset only again; the history still has the one it was known by.
UPDATE assets SET symbol = left(symbol, 27) || '~' || id WHERE released_on IS NOT NULL;
ALTER TABLE assets
    DROP COLUMN exchange,
    DROP COLUMN currency,
    DROP COLUMN tick_size,
    DROP COLUMN lot_size,
    DROP COLUMN released_on,
    DROP CONSTRAINT assets_name_has_text,
    DROP CONSTRAINT assets_type_known,
    ADD CONSTRAINT assets_symbol_key UNIQUE (symbol);
UPDATE assets SET asset_type = 'stock' WHERE asset_type = 'equity';
UPDATE assets SET asset_type = 'forex' WHERE asset_type = 'fx';
ALTER TABLE assets
    ADD CONSTRAINT assets_type_known CHECK (
        asset_type IN ('unknown', 'stock', 'etf', 'index', 'crypto', 'forex', 'future', 'option', 'bond', 'fund')
    );
