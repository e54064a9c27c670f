INSERT INTO ingestion_chunks (ingestion_run_id, position, symbol, interval, start, "end")
SELECT %(id)s, position - 1, symbol, interval, start, "end"
FROM unnest(
    %(symbols)s::text[], %(intervals)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]
) WITH ORDINALITY AS chunk (symbol, interval, start, "end", position)
