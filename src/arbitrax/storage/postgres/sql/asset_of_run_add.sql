-- A run by an earlier symbol of an asset is a run on that asset.
INSERT INTO assets (id, symbol)
SELECT %(id)s, %(symbol)s::text
WHERE asset_of(%(symbol)s::text) IS NULL
ON CONFLICT (symbol) WHERE released_on IS NULL DO NOTHING
