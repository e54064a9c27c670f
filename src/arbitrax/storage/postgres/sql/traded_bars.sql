-- Bars of a symbol's trades. A trade is one event, recorded as a fill of each side that is an account's (an external
-- market's is not): the taker's has the event's id, the maker's the next one, and they follow each other.
WITH fills_of_symbol AS (
    SELECT
        fills.id,
        fills.price,
        fills.quantity,
        fills.is_maker,
        date_bin(%(length)s * '1 millisecond'::interval, fills.filled_at, 'epoch'::timestamptz) AS start,
        lag(fills.id) OVER (ORDER BY fills.filled_at, fills.id) AS before
    FROM fills
    WHERE
        fills.asset_id = (SELECT asset_id FROM exchange_instruments WHERE shard = %(shard)s AND number = %(number)s)
        AND fills.account_id IS NOT NULL
        AND NOT fills.orphaned
        AND fills.filled_at >= %(start)s
        AND fills.filled_at < %(end)s
), bars AS (
    SELECT
        start,
        min(id::text COLLATE "C")::uuid AS first,
        max(id::text COLLATE "C")::uuid AS last,
        max(price) AS high,
        min(price) AS low,
        sum(abs(quantity)) AS volume,
        count(*) AS trades
    FROM fills_of_symbol
    WHERE
        NOT is_maker
        OR before IS NULL
        OR before::text <> left(id::text, 35) || translate(right(id::text, 1), '13579bdf', '02468ace')
    GROUP BY start
    ORDER BY start
    LIMIT %(limit)s
)
SELECT bars.start, opened.price, bars.high, bars.low, closed.price, bars.volume, bars.trades
FROM bars
JOIN fills AS opened ON opened.id = bars.first
JOIN fills AS closed ON closed.id = bars.last
ORDER BY bars.start
