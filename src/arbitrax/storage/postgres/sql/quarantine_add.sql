INSERT INTO quarantined_rows (
    ingestion_run_id, asset_id, interval, timestamp, row, rule, reason, source, ts_recv, content_hash
)
SELECT %(run)s, %(asset)s, %(interval)s, timestamp, row::jsonb, rule, reason, %(source)s, %(ts_recv)s, content_hash
FROM unnest(
    %(timestamps)s::timestamptz[], %(rows)s::text[], %(rules)s::text[], %(reasons)s::text[], %(hashes)s::text[]
) AS quarantined (timestamp, row, rule, reason, content_hash)
ON CONFLICT (asset_id, interval, source, content_hash) DO NOTHING
