SELECT
    current_setting('server_version') AS server,
    (SELECT count(*) FROM assets) AS assets,
    (SELECT count(*) FROM price_series WHERE rows > 0) AS series,
    (SELECT coalesce(sum(rows), 0)::bigint FROM price_series) AS bars,
    (SELECT count(*) FROM backtests) AS runs,
    pg_database_size(current_database()) AS bytes
