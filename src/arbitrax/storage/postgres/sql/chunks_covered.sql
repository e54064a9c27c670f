-- Bars that may still change are cut out, each by the microsecond of its start.
SELECT lower(span), upper(span)
FROM unnest(
    (
        SELECT range_agg(tstzrange(start, "end"))
        FROM ingestion_chunks
        JOIN ingestion_runs ON ingestion_runs.id = ingestion_chunks.ingestion_run_id
        WHERE
            asset_id = (SELECT asset_of(%(symbol)s))
            AND interval = %(interval)s
            AND ingestion_chunks.status = 'done'
            AND source = %(source)s
    )
    - coalesce(
        (
            SELECT range_agg(tstzrange(timestamp, timestamp + INTERVAL '1 microsecond'))
            FROM historical_prices
            WHERE asset_id = (SELECT asset_of(%(symbol)s)) AND interval = %(interval)s AND NOT is_final
        ),
        '{}'
    )
) AS span
ORDER BY span
