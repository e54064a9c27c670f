-- Symbols of the past too. Without text: all, by symbol.
SELECT id
FROM assets
WHERE
    strpos(lower(symbol), lower(%(text)s::text)) > 0
    OR strpos(lower(coalesce(name, '')), lower(%(text)s::text)) > 0
    OR EXISTS (
        SELECT FROM asset_symbols WHERE asset_id = assets.id AND strpos(lower(asset_symbols.symbol), lower(%(text)s::text)) > 0
    )
ORDER BY
    lower(symbol) = lower(%(text)s::text) AND released_on IS NULL DESC,
    lower(symbol) = lower(%(text)s::text) DESC,
    strpos(lower(symbol), lower(%(text)s::text)) = 1 DESC,
    symbol,
    created_at
LIMIT %(limit)s
